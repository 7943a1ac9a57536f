"""Timely: how long patients wait, how fast they are answered, how many do not come and how many come back."""

import os

__version__ = "0.1.0"

# Nothing here multiplies matrices, and the threads that numpy keeps for it spin as they wait: a third of a short command.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
