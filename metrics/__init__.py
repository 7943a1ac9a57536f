"""Timely: how long patients wait, how fast they are answered, how many do not come and how many come back."""

__version__ = "0.1.0"
