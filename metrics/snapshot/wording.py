"""Titles and sentences, computed from verdicts: nothing is called better or worse unless a rule fired. Pure."""

import re
from datetime import date

from metrics.definitions.metric import Metric
from metrics.definitions.numbers import day, statistic_label
from metrics.snapshot.content import ABSENT, MOST_TITLE_WORDS, WITHHELD, Direction, IconRow

MOST_NAME_WORDS = 5  # leaves five words of a title for what is said of it
DIRECTIONS: dict[str, Direction] = {"improvement": "better", "concern": "worse", "neutral": "changed"}
WORDS = {"improvement": "better", "concern": "worse", "neutral_high": "higher", "neutral_low": "lower"}


def short_name(title: str) -> str:
    """A metric's title without what stands in brackets, at most five words: 'Abandonment rate'."""
    words = re.sub(r"\s*\([^)]*\)", "", title).split()
    return " ".join(words[:MOST_NAME_WORDS]).rstrip(",;:")


def direction(variation: str) -> Direction | None:
    """better, worse or changed; None where no rule fired."""
    return DIRECTIONS.get(variation.split("_", maxsplit=1)[0])


def change_word(variation: str) -> str:
    """better, worse, higher or lower; '' where no rule fired."""
    return WORDS.get(variation) or WORDS.get(variation.split("_", maxsplit=1)[0], "")


def chart_title(row: IconRow) -> str:
    """What the chart shows, in at most MOST_TITLE_WORDS words."""
    name, word = short_name(row.title), change_word(row.variation)
    if row.week is None or row.variation == "not_assessed":
        said = f"{name}: too few figures to judge"
    elif word and row.since:
        said = f"{name} has been {word} since {row.since:%B}"
    elif word:
        said = f"{name} is {word}"
    else:
        said = {
            "consistent_fail": f"{name} will keep missing its target", "consistent_pass": f"{name} will keep meeting its target",
        }.get(row.assurance, f"{name}: no significant change")  # fmt: skip
    assert len(said.split()) <= MOST_TITLE_WORDS, said
    return said


def figure_name(metric: Metric, statistic: str) -> str:
    """'Share', 'Median', 'Within 60 minutes'."""
    return statistic_label(statistic, metric.within_words if metric.within is not None else "")


def named(row: IconRow) -> str:
    """The metric, and which of its figures: 'Door to provider, median'; a share is a metric's only one."""
    return row.title if row.statistic == "share" else f"{row.title}, {row.statistic_words.lower()}"


def value_sentence(row: IconRow) -> str:
    """The newest figure, and whether it changed."""
    what = f"{named(row)} at {place_words(row.place)}"
    if row.withheld:
        return f"{what}: withheld, as the number is small."
    if row.value == ABSENT:
        return f"{what}: no figure of this week."
    return f"{what}: {row.value} (n {row.n}); {variation_words(row)}."


def variation_words(row: IconRow) -> str:
    word = change_word(row.variation)
    if word:
        return f"{word} since the week of {day(row.since)}" if row.since else f"{word} this week"
    return "too few weeks to judge" if row.variation == "not_assessed" else "no significant change"


def assurance_sentence(row: IconRow) -> str:
    """What becomes of the target if nothing changes."""
    if row.target == ABSENT:
        return "No target is set."
    return {
        "consistent_fail": f"The target of {row.target} will be missed unless something changes.",
        "consistent_pass": f"The target of {row.target} will be met if nothing changes.",
        "inconsistent": f"Whether the target of {row.target} is met is a matter of chance.",
    }.get(row.assurance, f"Too little is known to say whether the target of {row.target} will be met.")


def lag_sentence(row: IconRow, week: date) -> str:
    """Why the figure is of an earlier week; '' when it is not."""
    if row.week is None or row.week == week:
        return ""
    return f" It settles slowly: its newest closed week began on {day(row.week)}."


def change_sentence(row: IconRow, mean: str) -> str:
    """One change, whole: what, where, how much, against what, since when."""
    against = f", against a mean of {mean}" if mean not in (ABSENT, WITHHELD) else ""
    said = {"better": "is better", "worse": "is worse", "higher": "is higher", "lower": "is lower"}[change_word(row.variation)]
    since = f" since the week of {day(row.since)}" if row.since else ""
    return f"{row.title} at {place_words(row.place)} {said}{since}: {row.value} (n {row.n}){against}."


def off_target_sentence(row: IconRow) -> str:
    return (
        f"{row.title} at {place_words(row.place)} will miss its target of {row.target} unless something changes: "
        f"{row.value} (n {row.n})."
    )


def place_words(place: str) -> str:
    return "all sites" if place == "All sites" else place


def headline(worse: int, better: int, off_target: int) -> str:
    """The page's title, in at most ten words: '2 figures worse, 1 better, 3 off target'."""
    told = [f"{worse} figure{'' if worse == 1 else 's'} worse"] if worse else []
    told += [f"{better} {'' if worse else 'figure' + ('' if better == 1 else 's') + ' '}better"] if better else []
    told += [f"{off_target} will miss {'its' if off_target == 1 else 'their'} target"] if off_target else []
    return ", ".join(told) or "No significant change"


def age_words(days: int) -> str:
    """'under a day', '1 day', '12 days'."""
    return "under a day" if days < 1 else "1 day" if days == 1 else f"{days:,} days"


def quality_sentence(feeds: int, stale: list[str], rows: int, rejected: int) -> str:
    """Data quality in one line. stale: the feeds that are late."""
    if not feeds:
        return "No feed has sent anything."
    late = f"All {feeds} feeds are on time" if not stale else f"{len(stale)} of {feeds} feeds late: {', '.join(stale)}"
    return f"{late}; {rejected:,} of {rows + rejected:,} rows broke a rule and were kept out."
