"""A hybrid news recommender that runs in one process and shows every stage of an answer."""

import os
import warnings

from recsys import memory

# implicit's own threads and a multi-threaded BLAS fight over the cores; this must be set before NumPy loads.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# pandera looks for PySpark, which says this whenever it is loaded; CI runs what is used of both.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)

memory.one_heap()
