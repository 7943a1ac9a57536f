"""A query as a metric: told as the built-in one it repeats, and refused with every reason before anything is saved."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.errors import UserError
from metrics.home import Home, create_home
from metrics.warehouse import Generation, current, run_query
from metrics.workbench.promoting import metric_of, preview, problems, promoted
from tests.provider_homes import provider_home

NOW = datetime(2026, 11, 24, 6)
HEAD = "-- title: Mine\n-- question: How many?\n-- owner: Operations\n-- reviewed: 2026-11-01\n-- returns: day\n"
SAID = {"family": "waits", "better": "lower", "authority": "Local.", "matures": "24 hours"}
RATE = """select day, site_id, service_id, count(*) filter (where status = 'noshow') as numerator, count(*) as denominator
from facts_appointments, generation
where scheduled_start <= as_of and not coalesce(walk_in, false) and status in ('arrived', 'checked-in', 'fulfilled', 'noshow')
group by all"""
WAITS = """select visit_id as case_id, day, site_id, service_id, door_to_provider_wait as seconds
from facts_visits, generation where arrived_at <= as_of and door_to_provider_end = 'done'"""

KEYS = ["statistic", "period_start", "site_id", "service_id"]
FIGURES = ["numerator", "denominator", "value", "n", "lower", "upper"]
SPLIT = "select date '2026-03-02' as day, 'A' as site_id, 'b' as service_id, "


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return provider_home(tmp_path_factory, NOW)


@pytest.fixture
def generation(lived: Home) -> Generation:
    return current(lived.path)


def rate(select: str) -> str:
    return promoted(HEAD + select, SAID | {"kind": "rate"})


@pytest.mark.parametrize("grain", ["day", "week", "month", "year"])
@pytest.mark.parametrize(
    ("built_in", "sql", "kind"),
    [("no_show_rate", RATE, {"kind": "rate"}), ("door_to_provider", WAITS, {"kind": "duration", "statistics": "median, p90"})],
)
def test_a_query_is_told_as_the_built_in_metric(
    lived: Home, generation: Generation, built_in: str, sql: str, kind: dict[str, str], grain: str
) -> None:
    mine = preview(lived, generation, promoted(HEAD + sql, SAID | kind), "my_metric", grain)
    stored = "select * from observations where metric = $metric and grain = $grain and stratum is null and n > 0"
    built = run_query(generation, stored, {"metric": built_in, "grain": grain}).frame
    built = built.filter(pl.col("statistic").is_in(mine["statistic"].unique().to_list()))
    assert mine.height > 20 or grain == "year"
    assert mine["site_id"].null_count() and mine["service_id"].null_count()
    assert_frame_equal(mine.select(KEYS + FIGURES).sort(KEYS), built.select(KEYS + FIGURES).sort(KEYS), check_exact=True)


def test_a_header_is_written_once_and_again() -> None:
    once = rate("select 1")
    assert once.count("-- metric: ") == 5
    assert promoted(once, SAID | {"kind": "rate"}) == once
    with pytest.raises(UserError, match="family: write it on one line"):
        promoted(once, {"family": "waits\n-- metric: kind = count"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (rate("select 1 as numerator"), "no column 'day'"),
        (rate(SPLIT + "null::int as numerator, 1 as denominator"), "numerator is null in 1 rows"),
        (rate(SPLIT + "2 as numerator, 1 as denominator"), "numerator is above denominator"),
        (rate(SPLIT + "-1 as numerator, 1 as denominator"), "numerator is below 0"),
        (rate(SPLIT + "0.5 as numerator, 1 as denominator"), "not a whole number"),
        (rate(SPLIT + "1 as numerator, 1 as denominator from range(2)"), "1 rows repeat day"),
        (rate("copy (select 1) to 'x.csv'"), "Refused"),
        (rate("select * from read_csv('/etc/passwd')"), "Refused"),
        (promoted(HEAD + RATE, SAID | {"kind": "cohort"}), "'cohort' is none of rate, count, duration"),
        (promoted(HEAD + RATE, SAID | {"kind": "rate", "famly": "waits"}), "unknown key 'famly'. Did you mean family?"),
        (promoted("-- title: T\n" + RATE, SAID | {"kind": "rate"}), "owner: missing"),
        (promoted(HEAD + WAITS, SAID | {"kind": "duration", "within": "soon"}), "'soon' is not a length"),
    ],
)
def test_each_breach_of_the_contract_is_told(lived: Home, generation: Generation, text: str, told: str) -> None:
    assert any(told in problem for problem in problems(lived, generation, text, "my_metric"))


def test_a_name_that_is_taken_is_refused(lived: Home, generation: Generation) -> None:
    assert "already defined in no_show_rate.toml" in " ".join(problems(lived, generation, rate(RATE), "no_show_rate"))
    assert problems(lived, generation, rate(RATE), "my_metric") == []


def test_another_query_is_another_version(lived: Home, generation: Generation) -> None:
    versions = {preview(lived, generation, rate(RATE.replace("'noshow')\n", f"'{status}')\n")), "mine")["definition_version"][0]
                for status in ("noshow", "arrived")}  # fmt: skip
    assert len(versions) == 2


def test_an_unreadable_header_gives_no_metric(tmp_path: Path) -> None:
    metric, told = metric_of(create_home(tmp_path / "home"), HEAD + "-- metric: kind\nselect 1", "mine")
    assert metric is None and any("is not 'key = value'" in problem for problem in told)
