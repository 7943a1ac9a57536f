"""The four rules drawn as charts: lines at 0 (centre), 2 and -2 (near), 3 and -3 (limits), and the flag of every point.

O outside, T trend, W two in three, S shift; capitals upwards, small letters downwards; `.` not flagged. `x` is a period without a
value, `|` begins a new segment. Every switch of the profile has its own drawing.
"""

from dataclasses import replace

import polars as pl
import pytest

from metrics.signals.labels import with_labels
from metrics.signals.profile import DEFAULT, NHSR_0_2_2, Profile
from metrics.signals.rules import with_sides

LETTERS = {
    "above_limit": "O", "below_limit": "o", "trend_up": "T", "trend_down": "t",
    "two_in_three_above": "W", "two_in_three_below": "w", "shift_above": "S", "shift_below": "s",
}  # fmt: skip

DRAWN = {
    "a point beyond a limit; one on the limit is within": (
        " 0  3  3.1 -3 -3.1 0",
        " .  .   O   .   o  .",
    ),
    "seven on one side are a shift": (
        "-1  1  1  1  1  1  1  1 -1",
        " .  S  S  S  S  S  S  S  .",
    ),
    "six are not": (
        "-1  1  1  1  1  1  1 -1",
        " .  .  .  .  .  .  .  .",
    ),
    "eight below are": (
        " 1 -1 -1 -1 -1 -1 -1 -1 -1",
        " .  s  s  s  s  s  s  s  s",
    ),
    "a point on the centre ends a run": (
        " 1  1  1  0  1  1  1  1",
        " .  .  .  .  .  .  .  .",
    ),
    "a missing period ends a run": (
        " 1  1  1  x  1  1  1  1",
        " .  .  .  .  .  .  .  .",
    ),
    "a new segment ends a run": (
        " 1  1  1  | 1  1  1  1",
        " .  .  .    .  .  .  .",
    ),
    "seven points that rise are a trend, whatever the side": (
        " 0 -1.5 -1 -.5  .4  .8  1.2 1.6  0",
        " .   T   T   T   T   T   T   T   .",
    ),
    "six points that rise are not": (
        " 0 -1 -.5  0  .5  1  1.5  0",
        " .  .   .  .   .  .   .   .",
    ),
    "a tie ends a trend": (
        " 0 -1.5 -1 -.5 -.5  .4  .8  1.2  0",
        " .   .   .   .   .   .   .   .   .",
    ),
    "a missing period ends a trend": (
        "-1.5 -1 -.5 x  .4  .8  1.2 1.6",
        "  .   .   . .   .   .   .   .",
    ),
    "a point between two trends belongs to the later": (
        "-1.5 -1 -.5  .2  .4  .8  1.2  .9  .6  .3  0 -.2 -.4",
        "  T   T   T   T   T   T   t    t   t   t  t   t   t",
    ),
    "two of three beyond the near line, next to each other": (
        "-1  2.5  2.5  1 -1",
        " .   W    W   .  .",
    ),
    "two of three with one between that is not flagged": (
        "-1  2.5  1  2.5 -1",
        " .   W   .   W   .",
    ),
    "three on different sides are not": (
        " 2.5 -1  2.5 -1 -2.5  1 -2.5",
        "  .   .   .   .   .   .   .",
    ),
    "two alone are not three": (
        " 2.5  2.5",
        "  .    .",
    ),
    "on the near line is not near the limit": (
        "-1  2  2.5  1 -1",
        " .  .   .   .  .",
    ),
    "a missing period is none of the three": (
        "-1  2.5  x  2.5 -1",
        " .   .   .   .   .",
    ),
    "a new segment parts the three": (
        "-1  2.5 | 2.5  1 -1",
        " .   .     .   .  .",
    ),
    "a point beyond the limit is not near it": (
        "-1  2.5  3.5  1 -1",
        " .   .    O   .  .",
    ),
    "outside before trend before two in three before shift": (
        " .5  .6  .7  .8  2.1  2.2  3.5  1   1   .9  .9",
        "  T   T   T   T   T    T    O   S   S    S   S",
    ),
}  # fmt: skip

SWITCHED = {
    "a shift of six": (replace(DEFAULT, run_points=6), "-1  1  1  1  1  1  1 -1", " .  S  S  S  S  S  S  ."),
    "a shift of eight": (replace(DEFAULT, run_points=8), "-1  1  1  1  1  1  1  1 -1", " .  .  .  .  .  .  .  .  ."),
    "a trend of six points": (replace(DEFAULT, trend_points=6), " 0 -1 -.5  0  .5  1  1.5  0", " .  T   T  T   T  T   T   ."),
    "a point beyond the limit counts as near": (replace(DEFAULT, two_sigma="inclusive"),
        "-1  2.5  3.5  1 -1", " .   W    O   .  ."),
    "the step between two trends, as the original reads it": (
        NHSR_0_2_2,
        "1.5 1.2  .9  .6  .3 .1 -.2   0 -.3 -.6 -.9 -1.2 -1.5 -1.8",
        " t   t    t   t   t  t   T   t   t   t   t    t    t    t",
    ),
    "the same by our own reading": (
        DEFAULT,
        "1.5 1.2  .9  .6  .3 .1 -.2   0 -.3 -.6 -.9 -1.2 -1.5 -1.8",
        " t   t    t   t   t  t   t   t   t   t   t    t    t    t",
    ),
}  # fmt: skip


def flags(text: str, profile: Profile = DEFAULT, closed: bool = True) -> str:
    """The letters of the points that the text draws."""
    labels = labelled(text, profile, closed)["label"].to_list()
    return "".join(LETTERS.get(label or "", ".") for label in labels)


def labelled(text: str, profile: Profile = DEFAULT, closed: bool = True) -> pl.DataFrame:
    segment, rows = 0, []
    for word in text.split():
        if word == "|":
            segment += 1
        else:
            rows.append({"series": 0, "segment": segment, "value": None if word == "x" else float(word), "closed": closed})
    lines = {"centre": 0.0, "lower": -3.0, "upper": 3.0, "near_lower": -2.0, "near_upper": 2.0}
    points = pl.DataFrame(rows, schema_overrides={"value": pl.Float64}).with_columns(
        pl.lit(at).alias(name) for name, at in lines.items()
    )
    return with_labels(with_sides(points.lazy()), profile).collect()


@pytest.mark.parametrize(("values", "expected"), DRAWN.values(), ids=DRAWN)
def test_drawn(values: str, expected: str) -> None:
    assert flags(values) == "".join(expected.split())


@pytest.mark.parametrize(("profile", "values", "expected"), SWITCHED.values(), ids=SWITCHED)
def test_switched(profile: Profile, values: str, expected: str) -> None:
    assert flags(values, profile) == "".join(expected.split())


@pytest.mark.parametrize("values", [values for values, _ in DRAWN.values()], ids=DRAWN)
def test_upside_down_the_flags_turn_over(values: str) -> None:
    turned = " ".join(word if word in "x|" else str(-float(word)) for word in values.split())
    assert flags(turned) == flags(values).swapcase()


@pytest.mark.parametrize("values", [values for values, _ in DRAWN.values()], ids=DRAWN)
def test_what_is_not_closed_is_not_flagged(values: str) -> None:
    assert set(flags(values, closed=False)) == {"."}


def test_every_rule_that_holds_is_told_in_order() -> None:
    last = labelled(".5  .6  .7  .8  2.1  2.2  3.5").row(-1, named=True)
    assert (last["label"], last["rules"], last["way"]) == ("above_limit", "above_limit,trend_up,shift_above", 1)


def test_a_chart_without_limits_still_has_runs_and_trends() -> None:
    points = labelled("-1  1  1  1  1  1  1  1").with_columns(pl.lit(None, pl.Float64).alias("upper")).drop("label", "rules", "way")
    found = with_labels(points.lazy(), DEFAULT).collect()
    assert found["label"].to_list() == [None, *["shift_above"] * 7]
