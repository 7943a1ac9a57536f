"""A whole snapshot as the composer would give it: for who draws one."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from metrics.snapshot.content import (
    ABSENT,
    WITHHELD,
    AlertLine,
    Change,
    Chart,
    Gap,
    IconRow,
    OffTarget,
    Point,
    Policy,
    Revision,
    Section,
    Snapshot,
)

WEEK = date(2026, 11, 16)  # a Monday
WAVE = (0.0, 0.31, -0.22, 0.44, -0.35, 0.12, -0.41, 0.27, 0.05, -0.18, 0.38, -0.09)  # spreads, repeated: chance, but fixed


def points(
    mean: float, spread: float, target: float | None, weeks: int = 26, lift: float = 0.0, worse: bool = False
) -> tuple[Point, ...]:
    """Weeks about a mean; the last seven lifted by so many spreads, and flagged when they are."""
    made = []
    for at in range(weeks):
        lifted = lift and at >= weeks - 7
        value = mean + spread * (WAVE[at % len(WAVE)] * 2 + (lift if lifted else 0))
        kind = ("concern" if worse else "improvement") if lifted else "common_cause"
        week = WEEK - timedelta(weeks=weeks - 1 - at)
        made.append(Point(week, round(value, 6), 180 + 7 * (at % 9), mean, mean - 3 * spread, mean + 3 * spread, target, kind))
    return tuple(made)


def icon_row(**changes: Any) -> IconRow:
    row = IconRow(
        "no_show_rate", "No-show rate", "share", "Share", "All sites", "8.4%", "1,204", "8%", "concern_high", "inconsistent",
        date(2026, 10, 5), WEEK, points(0.078, 0.004, 0.08, lift=1.6, worse=True),
    )  # fmt: skip
    return replace(row, **changes)


def rows() -> tuple[IconRow, ...]:
    door = points(64, 3, 60)
    answered = points(0.84, 0.012, 0.8, lift=1.4)
    small = tuple(replace(point, value=None, n=None, withheld=True) if point.week == WEEK else point for point in points(31, 4, 30))
    return (
        icon_row(),
        icon_row(
            metric="door_to_provider", title="Door to provider", statistic="median", statistic_words="Median", value="1 h 4 min",
            n="3,961", target="1 h", variation="common_cause", assurance="consistent_fail", since=None, sparkline=door,
        ),
        icon_row(
            metric="service_level", title="Calls answered in time", statistic="within", statistic_words="Within 30 seconds",
            value="86%", n="9,870", target="80%", variation="improvement_high", assurance="consistent_pass", sparkline=answered,
        ),
        icon_row(
            metric="complaint_resolution_time", title="Complaint resolution", statistic="median", statistic_words="Median",
            value=WITHHELD, n=WITHHELD, target="30 days", variation="not_assessed", assurance="not_assessed", since=None,
            sparkline=small, withheld=True,
        ),
        icon_row(
            metric="return_rate_90d", title="Return within 90 days", value="61%", n="872", target=ABSENT,
            variation="common_cause", assurance="none", since=None, week=WEEK - timedelta(weeks=13),
            sparkline=points(0.61, 0.02, None),
        ),
    )  # fmt: skip


def section(family: str, row: IconRow, title: str, sentences: tuple[str, str]) -> Section:
    unit = "minutes" if row.statistic == "median" else ""
    alt = f"{row.title}, {row.statistic_words.lower()}, by week over 26 weeks: newest {row.value}. {title}."
    subtitle = f"{row.title}, {row.statistic_words.lower()}, all sites, by week"
    chart = Chart(title, subtitle, row.statistic, unit, row.sparkline, row.variation, row.assurance, row.target, alt)
    return Section(family, family.capitalize(), sentences, chart)


def sections() -> tuple[Section, ...]:
    no_show, door, calls, _, returns = rows()
    return (
        section("access", door, "Door to provider will keep missing its target", (
            "Half of 3,961 patients saw a clinician within 1 h 4 min; no significant change.",
            "The target of 1 h lies below the whole range of chance: it will be missed unless something changes.",
        )),
        section("response", calls, "Calls answered in time improved since October", (
            "86% of 9,870 calls were answered within 30 seconds, better since the week of 5 October 2026.",
            "The target of 80% will be met if nothing changes.",
        )),
        section("attendance", no_show, "No-show rate has been worse since October", (
            "8.4% of 1,204 appointments were missed, worse since the week of 5 October 2026.",
            "The target of 8% may be met or missed by chance.",
        )),
        section("retention", returns, "Return within 90 days: no significant change", (
            "61% of 872 patients came back within 90 days; no significant change.",
            "There is no target; the newest closed week began on 17 August 2026.",
        )),
        Section("experience", "Experience", ("No headline figure of experience is measured here yet.",), None),
    )  # fmt: skip


def snapshot(**changes: Any) -> Snapshot:
    """A full, realistic snapshot; any field may be changed."""
    made = Snapshot(
        week=WEEK, edition=1, reason="", as_of=datetime(2026, 11, 24, 2, 0), provider="Riverside Health", audience="board",
        audience_title="Board", title="One figure worse, one better, one off target",
        summary=(
            "Worse: no-show rate at all sites, 8.4% against a mean of 7.8%, since the week of 5 October 2026.",
            "Better: calls answered in time at all sites, 86% against a mean of 84%, since the week of 5 October 2026.",
        ),
        changes=(
            Change("worse", "no_show_rate", "No-show rate at all sites is worse since the week of 5 October 2026: 8.4% (n 1,204).",
                   "concern_high"),
            Change("better", "service_level", "Calls answered in time at all sites improved since 5 October 2026: 86% (n 9,870).",
                   "improvement_high"),
        ),
        off_target=(
            OffTarget("door_to_provider", "Door to provider at all sites will miss its target of 1 h: 1 h 4 min (n 3,961)."),
        ),
        alerts=(
            AlertLine("7f3a2c9d41", "act", "Door to provider, median", "Eastfield Hospital (EAS), emergency", "Emergency",
                      "12 days", date(2026, 11, 9), "open", "J. Okafor"),
            AlertLine("1b9e0d5577", "watch", "The feed of visits from ed_hl7", "all places", "Data team", "under a day",
                      date(2026, 11, 16), "resolved", ""),
        ),
        icon_rows=rows(), sections=sections(),
        gaps=(
            Gap("no_show_rate", "deprivation", "No-show rate is 12% (n 2,310) in the most deprived fifth, else 7.1% (n 11,400)."),
        ),
        revisions=(
            Revision("no_show_rate", "No-show rate", "All sites", WEEK - timedelta(weeks=1), "8.1%", "8.3%", "late data",
                     "No-show rate at all sites, week of 9 November 2026: 8.1% became 8.3% as late data arrived."),
        ),
        previous="2026-W46, edition 1",
        quality="All 9 feeds are on time; 82 of 281,540 rows broke a rule and were kept out.",
        policy=Policy("nhs", "Counts of 1 to 7 are withheld, with what would give them away.", 1),
        how_to_read=(
            "A figure is called better or worse only where a rule of its control chart fired; the rest is chance.",
            "The shaded band holds nearly all that chance does; the line in it is the mean.",
        ),
        program="0.1.0",
    )  # fmt: skip
    return replace(made, **changes)
