"""Small numbers: what may not be told of few people, by a named policy, and what would give it away. Frames in, frames out."""

from metrics.suppression.answers import publishable_answer
from metrics.suppression.policy import POLICIES, Policy, policy_named
from metrics.suppression.publishing import CELLS, publishable

__all__ = ["CELLS", "POLICIES", "Policy", "policy_named", "publishable", "publishable_answer"]
