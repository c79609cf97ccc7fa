"""The parts of training that grow with the log, on Apache Spark: the engine's own code, on partitions.

A folder that driver and executors both see (``work``) holds the checked log: as Parquet for Spark, and as arrays mapped
into memory for everybody. What comes out is a set of artifacts like any other.
"""

from recsys.core import process

process.quiet_subprocesses()
