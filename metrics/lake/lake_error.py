"""What is wrong with the lake or its disk, told apart from what is wrong with a file that was given."""

from metrics.errors import UserError


class LakeError(UserError):
    """The lake is not whole, its disk fails, or somebody else keeps writing it. What was given may be in order: try it again."""
