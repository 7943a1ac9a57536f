"""Data quality: what is counted in the events of a month, and what each check says of the counts. Frames in, findings out."""

from metrics.quality.check import FINDINGS, Check, Material
from metrics.quality.checks import CHECKS, checked

__all__ = ["CHECKS", "FINDINGS", "Check", "Material", "checked"]
