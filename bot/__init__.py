"""Millet 小米, the community bot."""

import os

# Numpy reads it when imported, so it is set before anything of ours can do that: with more threads than idle cores
# OpenBLAS takes a hundred times longer for small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
