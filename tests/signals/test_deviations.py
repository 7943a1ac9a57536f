"""Each entry of docs/deviations.md: the original's answer by its profile, ours, and the one switch that is between them."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from metrics.signals.profile import DEFAULT, NHSR_0_2_2, Profile
from tests.signals.observed import ABSENT, Value, day_of, decided, icon, judge, weeks

PAGE = Path(__file__).parents[2] / "docs" / "deviations.md"
ALL_POINTS = replace(DEFAULT, baseline_points=None)  # ours but for the baseline, so that one switch at a time is seen

LEVEL: list[Value] = [10, 12, 11, 9, 10, 11, 12, 10, 9, 11, 10, 12, 11]
ABOVE: list[Value] = [12.5, 12.0, 12.5, 12.0, 12.5, 12.0, 12.5]
SHARE: list[Value] = [0.9, 0.92, 0.91, 0.89, 0.9, 0.91, 0.92, 0.9, 0.89, 0.91, 0.9, 0.92, 0.91]


def labels(values: list[Value], profile: Profile) -> list[str | None]:
    return judge(weeks(values), profile=profile)[0]["label"].to_list()


def a_value_is_missing() -> None:
    values = [*LEVEL, *ABOVE[:4], None, *ABOVE[4:]]
    assert labels(values, ALL_POINTS)[13:] == [None] * 8
    assert labels(values, NHSR_0_2_2)[13:] == [None] * 8  # the original stops here: na_mid of the made cases
    assert judge(weeks(values), profile=ALL_POINTS)[1]["missing"].to_list() == [1]


def the_newest_value_is_missing() -> None:
    values = [*LEVEL, None]
    assert icon(values, profile=ALL_POINTS)[0] == "not_assessed"
    assert icon(values, profile=NHSR_0_2_2)[0] == "common_cause"
    assert icon(values, profile=replace(ALL_POINTS, gaps="closed"))[0] == "common_cause"


def a_period_is_missing() -> None:
    values = [*LEVEL, *ABOVE[:4], ABSENT, *ABOVE[4:]]
    points, signals = judge(weeks(values), profile=ALL_POINTS)
    assert points["period_start"].to_list() == [day_of(week) for week in range(21)]
    assert points["label"].drop_nulls().is_empty()
    assert signals["missing"].to_list() == [1]
    for profile in (NHSR_0_2_2, replace(ALL_POINTS, gaps="closed")):
        points, signals = judge(weeks(values), profile=profile)
        assert points["label"].to_list()[13:] == ["shift_above"] * 7
        assert signals["missing"].to_list() == [0]


def a_series_does_not_move() -> None:
    values: list[Value] = [0.1] * 20
    for target, verdict in ((0.1, "consistent_pass"), (0.05, "consistent_pass"), (0.2, "consistent_fail")):
        assert icon(values, target=target, profile=ALL_POINTS) == ("common_cause", verdict)
        assert icon(values, target=target, profile=NHSR_0_2_2) == ("common_cause", "inconsistent")
        assert icon(values, target=target, profile=replace(ALL_POINTS, constant="undefined")) == ("common_cause", "inconsistent")
    points, _ = judge(weeks(values))
    assert set(points.select("centre", "lower", "upper").row(-1)) == {0.1}


def a_series_moves_once() -> None:
    values: list[Value] = [3.0] * 11 + [4.0] + [3.0] * 2
    assert labels(values, ALL_POINTS) == ["shift_below"] * 11 + ["above_limit"] + [None] * 2
    assert set(labels(values, NHSR_0_2_2)) == {"below_limit", "above_limit"}
    assert labels(values, replace(ALL_POINTS, constant="undefined")) == labels(values, NHSR_0_2_2)


def fewer_than_13_points() -> None:
    values: list[Value] = [*LEVEL[:11], 40]
    points, signals = judge(weeks(values), target=5, profile=ALL_POINTS)
    assert points.select("lower", "upper", "label", "point_type").unique().rows() == [(None, None, None, None)]
    assert signals.select("variation", "assurance", "trial").rows() == [("not_assessed", "not_assessed", True)]
    for profile in (NHSR_0_2_2, replace(ALL_POINTS, least_points=0)):
        assert judge(weeks(values), target=5, profile=profile)[1].select("label", "trial").rows() == [("above_limit", False)]
    assert judge(weeks([*LEVEL[:12], 40]), profile=ALL_POINTS)[1]["label"].to_list() == ["above_limit"]


def limits_move_with_every_point() -> None:
    first, later = [*LEVEL, *LEVEL[:11]], [*LEVEL, *LEVEL[:11], *[20.0] * 30]
    limits = ["centre", "lower", "upper"]
    frozen = [judge(weeks(values))[1].select(limits).row(0) for values in (first, later)]
    moving = [judge(weeks(values), profile=NHSR_0_2_2)[1].select(limits).row(0) for values in (first, later)]
    assert frozen[0] == frozen[1] == moving[0] != moving[1]
    assert judge(weeks(later), profile=ALL_POINTS)[1].select(limits).row(0) == moving[1]


def a_re_base_falls_between_two_periods() -> None:
    values, wednesday = [*LEVEL, *ABOVE, *ABOVE], day_of(13) - timedelta(days=5)
    for profile, segments in ((ALL_POINTS, [0] * 13 + [1] * 14), (NHSR_0_2_2, [0] * 27)):
        points, _ = judge(weeks(values), profile=profile, decisions=decided((wednesday, None, None)))
        assert points["segment"].to_list() == segments
    points, _ = judge(weeks(values), profile=replace(ALL_POINTS, rebase="exact"), decisions=decided((wednesday, None, None)))
    assert points["segment"].max() == 0


def two_trends_meet() -> None:
    values: list[Value] = [16, 15, 14, 13, 12, 11, 10, 10.5, 9.5, 9, 8, 7, 6, 5]
    ours, theirs = labels(values, ALL_POINTS), labels(values, NHSR_0_2_2)
    assert (ours[6], theirs[6]) == ("trend_down", "trend_up")
    assert labels(values, replace(ALL_POINTS, joints="slope")) == theirs
    assert [at for at in range(14) if ours[at] != theirs[at]] == [6]


def every_figure_is_on_an_xmr_chart() -> None:
    share = weeks(SHARE, statistic="share", denominator=100.0)
    skewed = weeks([float(2**at) for at in (1, 2, 1, 2, 1, 3, 1, 2, 1, 6, 1, 2, 1)], statistic="p90")
    for observations, chart in ((share, "p_prime"), (skewed, "xmr_log"), (weeks(LEVEL), "xmr")):
        assert judge(observations)[1]["chart"].to_list() == [chart]
        for profile in (NHSR_0_2_2, replace(DEFAULT, charts="xmr")):
            assert judge(observations, profile=profile)[1]["chart"].to_list() == ["xmr"]


CASES = (
    a_value_is_missing, the_newest_value_is_missing, a_period_is_missing, a_series_does_not_move, a_series_moves_once,
    fewer_than_13_points, limits_move_with_every_point, a_re_base_falls_between_two_periods, two_trends_meet,
    every_figure_is_on_an_xmr_chart,
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_deviation(case) -> None:  # type: ignore[no-untyped-def]
    case()


def test_every_entry_of_the_page_has_a_case_and_every_case_an_entry() -> None:
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    entries = [re.sub(r"[ -]", "_", heading.lower()) for heading in headings if heading != "What is the same on purpose"]
    assert entries == [case.__name__ for case in CASES]


def test_the_two_profiles_differ_in_nothing_but_what_the_page_names() -> None:
    text = PAGE.read_text(encoding="utf-8")
    differing = {name for name in vars(DEFAULT) if name != "name" and getattr(DEFAULT, name) != getattr(NHSR_0_2_2, name)}
    named = set(re.findall(r"\*Original\s+back:\*\s+`(\w+)=", text))
    assert differing == named
