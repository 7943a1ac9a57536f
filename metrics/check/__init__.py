"""Is the data whole and fresh? What the checks of `metrics.quality` are asked of is read here, and their findings handed on."""

from metrics.check.checking import Finding, check, failed, findings
from metrics.check.material import read_material

__all__ = ["Finding", "check", "failed", "findings", "read_material"]
