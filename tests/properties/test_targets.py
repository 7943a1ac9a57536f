"""Whatever targets a home and its packs hold, at most one is in force for a figure, role, place and day: the one that counts."""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.home.packs import in_order
from metrics.home.target import Target, frame_of
from metrics.home.targets import overlap_problems
from metrics.signals.targets import targets_in_force

EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "5"))
SITES = {"ASH": "North", "BRK": "North", "CED": "South", "NEW": None}
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=day) for day in range(-1, 13)]

Drawn = tuple[int, int | None]  # first day, and how many days more (None: without end)


@st.composite
def targets(draw: st.DrawFn) -> list[Target]:
    """Targets of one source, of which no two speak of the same place and role on one day."""
    kept: list[Target] = []
    for _ in range(draw(st.integers(0, 6))):
        first = FIRST + timedelta(days=draw(st.integers(0, 10)))
        lasts = draw(st.none() | st.integers(0, 5))
        place = draw(st.sampled_from([{}, {"region": "North"}, {"region": "South"}, {"site_id": "ASH"}, {"site_id": "CED"}]))
        target = Target(
            metric="wait", statistic="median", role=draw(st.sampled_from(["target", "stretch"])), **place,
            service_id=draw(st.sampled_from([None, "surgery"])), value=float(draw(st.integers(1, 999))), valid_from=first,
            valid_to=None if lasts is None else first + timedelta(days=lasts), source="drawn",
        )  # fmt: skip
        if not overlap_problems("", frame_of([*kept, target])):
            kept.append(target)
    return kept


def counting(sources: Sequence[Sequence[Target]], role: str, site: str | None, service: str | None, day: date) -> float | None:
    """The rule in words, for one place and day: the closest named place, and of it the first source that speaks."""
    found: list[tuple[int, int, float]] = []
    for number, source in enumerate(sources):
        for one in source:
            holds = one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
            around = (
                (one.site_id is None or one.site_id == site)
                and (one.service_id is None or one.service_id == service)
                and (one.region is None or (site is not None and SITES[site] == one.region))
            )
            if one.role == role and holds and around:
                close = (one.service_id is not None, one.site_id is not None, one.region is not None)
                found.append((-sum(weight for weight, named in zip((4, 2, 1), close, strict=True) if named), number, one.value))
    return min(found)[2] if found else None


@settings(max_examples=20 * EXAMPLES, deadline=None)
@given(st.lists(targets(), min_size=1, max_size=3))
def test_at_most_one_target_is_in_force_and_it_is_the_one_that_counts(sources: list[list[Target]]) -> None:
    held = in_order(*(frame_of(source) for source in sources)).with_columns(kind=pl.lit("percentile_at_most"))
    assert overlap_problems("", held) == []
    asked = [(site, service, day) for site in (None, *SITES) for service in (None, "surgery", "medicine") for day in DAYS]
    series = pl.DataFrame(
        asked, schema={"site_id": pl.String, "service_id": pl.String, "period_end": pl.Date}, orient="row"
    ).with_columns(metric=pl.lit("wait"), statistic=pl.lit("median"))
    sites = pl.DataFrame({"site_id": list(SITES), "region": list(SITES.values())})
    found = targets_in_force(series.lazy(), held, sites).collect()
    for role in ("target", "stretch"):
        wanted: list[Any] = [counting(sources, role, *place) for place in asked]
        assert found[role].to_list() == wanted


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    from metrics.home import create_home

    home = create_home(tmp_path)
    held = home.targets.with_columns(kind=pl.lit("ceiling"))
    ends = pl.DataFrame({"period_end": [date(2020, 1, 1) + timedelta(days=91 * quarter) for quarter in range(36)]})
    places = home.sites.select("site_id", service_id=pl.lit("mental_health"))
    series = held.select("metric", "statistic").unique().join(places, how="cross").join(ends, how="cross")
    whole = targets_in_force(series.lazy(), held, home.sites).collect()
    mixed = targets_in_force(series.sample(fraction=1, shuffle=True, seed=1).lazy(), held.reverse(), home.sites).collect()
    by = ["metric", "statistic", "site_id", "service_id", "period_end"]
    assert whole.sort(by).equals(mixed.sort(by))
