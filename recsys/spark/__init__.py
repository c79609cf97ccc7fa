"""The parts of training that grow with the log, on Apache Spark: the engine's own code, on partitions.

A folder that driver and executors both see (``work``) holds the checked log: as Parquet for Spark, and as arrays mapped
into memory for everybody. What comes out is a set of artifacts like any other.
"""

import os
import warnings

# With every process that starts; nothing that this project calls has changed between the two.
_NO_NEWS = "PySpark does not yet fully support pandas"
warnings.filterwarnings("ignore", message=_NO_NEWS)
os.environ.setdefault("PYTHONWARNINGS", f"ignore:{_NO_NEWS}")
