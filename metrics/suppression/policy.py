"""The named policies, as data: each with its reason and who says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from metrics.errors import UserError, did_you_mean


@dataclass(frozen=True)
class Policy:
    """What may be told of few people.

    most_hidden: counts of 1 to so many are withheld; 0 may be told; 0 here withholds nothing. round_to: what is told is rounded to
    the nearest multiple of it, halves up; 1 leaves counts as they are. whole_percent_below: a share of fewer cases than so many
    is told in whole per cent, of more with one decimal; 0 leaves shares as they are.
    """

    name: str
    most_hidden: int
    round_to: int
    whole_percent_below: int
    reason: str
    authority: str

    @property
    def rounds(self) -> bool:
        return self.round_to > 1

    @property
    def words(self) -> str:
        """What it does, for the reader of what was withheld."""
        if not self.most_hidden:
            return "No small numbers are withheld."
        rounded = f" Other counts are rounded to the nearest {self.round_to}." if self.rounds else ""
        return f"Counts of 1 to {self.most_hidden} are withheld, with what would give them away (policy {self.name}).{rounded}"


POLICIES = {
    policy.name: policy
    for policy in (
        Policy(
            "cms", 10, 1, 0,
            "No cell of 1 to 10 is told, and none can be worked out from a percentage, a complement or a total; 0 may be told.",
            "CMS Cell Suppression Policy (Medicare and Medicaid data, January 2020 and the data use agreements)",
        ),
        Policy(
            "nhs", 7, 5, 4_000,
            "Counts of 1 to 7 are withheld, others rounded to the nearest 5; percentages come from the rounded counts, with a "
            "decimal only of 4,000 cases or more; no mean or median of 1 to 7 people.",
            "NHS England disclosure control for HES and ECDS below national level (September 2018)",
        ),
        Policy(
            "ehrql", 7, 5, 4_000,
            "Counts of 1 to 7 are withheld, the rest is rounded to the nearest 5, and where what is withheld adds up to little the "
            "next smallest goes, too.",
            "OpenSAFELY: ehrQL's measures framework, disclosure control on by default",
        ),
        Policy("off", 0, 1, 0, "Nothing is withheld: for eyes that may see every case.", "the home's own decision"),
    )
}  # fmt: skip


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises UserError naming the nearest."""
    if name not in POLICIES:
        raise UserError(f"there is no policy {name!r} for small numbers.{did_you_mean(name, list(POLICIES))}")
    return POLICIES[name]


def named_in(names: Iterable[str]) -> str:
    """'cms', 'nhs' or 'ehrql': for help lines."""
    *most, last = (repr(name) for name in names)
    return f"{', '.join(most)} or {last}"
