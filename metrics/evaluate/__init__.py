"""Evaluating: what the rules find in the newest figures, and what that does to every alert, written in one transaction."""

from metrics.evaluate.catching_up import CatchUpReport, catch_up
from metrics.evaluate.evaluating import EvaluateReport, evaluate

__all__ = ["CatchUpReport", "EvaluateReport", "catch_up", "evaluate"]
