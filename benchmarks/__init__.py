"""Scripts that print the figures of the documentation."""

import recsys  # noqa: F401  # before NumPy loads: it sets how many threads BLAS has
