"""What anybody's retriever is tested with: a conformance suite, and a small log to fit it on.

It needs pytest and Hypothesis, which come with the extra ``dev``; nothing else in the package imports it.
"""

from recsys.testing.conformance import RetrieverConformance
from recsys.testing.logs import engine_of, small_log

__all__ = ["RetrieverConformance", "engine_of", "small_log"]
