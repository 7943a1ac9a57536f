"""A metric that a query counts, through refreshes: like any other, and never in the way of the others."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.check import check
from metrics.errors import UserError
from metrics.home import Home, create_home, open_home
from metrics.observe import Slice, observe
from metrics.observe.signals import signals
from metrics.refresh import RefreshReport, refresh
from metrics.warehouse import current, run_query
from metrics.workbench.promoting import promoted
from tests.properties.awkward_events import frame_of
from tests.properties.test_refresh import assert_same, contents, ingest_frames

NOW = datetime(2026, 5, 1)
WORDS = "-- title: {title}\n-- question: How many?\n-- owner: Operations\n-- reviewed: 2026-04-01\n-- returns: day\n"
SAID = {"family": "waits", "better": "lower", "authority": "Local.", "matures": "24 hours"}
WAITS = """select visit_id as case_id, day, site_id, service_id, door_to_provider_wait as seconds
from facts_visits where door_to_provider_end = 'done'"""
LEFT = """with v as (select * from facts_visits)
select day, site_id, service_id, count(*) filter (where disposition = 'left_without_being_seen') as numerator,
  count(*) as denominator
from v, generation where arrived_at <= as_of group by all"""
VISITS = "select day, site_id, service_id, count(*) as numerator from facts_visits group by all"
FILES = {
    "my_wait": (WAITS, {"kind": "duration", "statistics": "median, p90, within", "within": "60 minutes"}),
    "my_left": (LEFT, {"kind": "rate", "headline": "true"}),
    "my_visits": (VISITS, {"kind": "count", "better": "neither"}),
}
ENDED = ("discharged", "left_without_being_seen")


def visits(first: int, n: int) -> pl.DataFrame:
    """n visits of two sites, one every five hours, the first on the first-th of these days."""
    begun = [datetime(2026, 1, 5) + timedelta(hours=5 * at) for at in range(first, first + n)]
    rows = [
        {
            "visit_id": f"v{at}", "site_id": ("CEN", "ASH")[at % 2], "service_id": "ed", "arrived_at": begun[at - first],
            "seen_at": begun[at - first] + timedelta(minutes=7 * (at % 13)) if at % 5 else None,
            "departed_at": begun[at - first] + timedelta(hours=4), "disposition": ENDED[at % 5 == 0],
            "recorded_at": begun[at - first] + timedelta(hours=6),
        }
        for at in range(first, first + n)
    ]  # fmt: skip
    return frame_of("visits", rows)


def write(home: Home, name: str, sql: str, **said: str) -> Path:
    home.queries.mkdir(exist_ok=True)
    path = home.queries / f"{name}.sql"
    path.write_text(promoted(WORDS.format(title=name.replace("_", " ")) + sql, SAID | said) + "\n")
    return path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, RefreshReport]:
    """A home whose three queries were metrics when it was refreshed first, and again after more events."""
    base = tmp_path_factory.mktemp("query_metrics")
    home = create_home(base / "home")
    for name, (sql, said) in FILES.items():
        write(home, name, sql, **said)
    ingest_frames(home, {"visits": visits(0, 400)}, base)
    refresh(home, NOW)
    ingest_frames(home, {"visits": visits(390, 100)}, base)
    return home, refresh(home, NOW)


def figures(home: Home, metric: str, **asked: str) -> pl.DataFrame:
    return observe(home, Slice(metric, **asked))  # type: ignore[arg-type]


def test_an_incremental_refresh_equals_a_full_one(lived: tuple[Home, RefreshReport]) -> None:
    home, report = lived
    assert not report.full and report.problems == ()
    incremental = contents(home)
    mine = incremental["observations"].filter(pl.col("metric").is_in(list(FILES)))
    assert set(mine["grain"]) == {"day", "week", "month", "quarter", "year"} and mine["site_id"].null_count()
    assert set(incremental["wait_bins"]["metric"]) >= {"my_wait"} and set(incremental["day_counts"]["metric"]) >= set(FILES)
    refresh(home, NOW, full=True)
    assert_same(incremental, contents(home))


def test_it_is_told_as_the_built_in_one(lived: tuple[Home, RefreshReport]) -> None:
    home, _ = lived
    columns = ["statistic", "period_start", "site_id", "service_id", "value", "n", "lower", "upper", "mature"]
    mine = figures(home, "my_wait", grain="week").filter(pl.col("statistic") != "within").select(columns)
    built_in = figures(home, "door_to_provider", grain="week").select(columns)
    assert mine.height > 20
    assert mine.equals(built_in.join(mine.select("statistic").unique(), on="statistic", how="semi", maintain_order="left"))


@pytest.mark.parametrize("metric", list(FILES))
def test_the_sql_form_gives_the_figures(lived: tuple[Home, RefreshReport], metric: str) -> None:
    """A period cut by the days asked for is worked out by the SQL form; whole ones are stored."""
    home, _ = lived
    first, last = date(2026, 1, 12), date(2026, 2, 1)
    stored = observe(home, Slice(metric, by=("site",), grain="week", since=first, until=last))
    cut = observe(home, Slice(metric, by=("site",), grain="week", since=first, until=last + timedelta(days=1)))
    assert stored.height >= 6
    assert_frame_equal(cut.filter(pl.col("period_start") <= last), stored, rel_tol=1e-9)
    whole = observe(home, Slice(metric, grain="all", since=first, until=last))
    weeks = observe(home, Slice(metric, grain="week", since=first, until=last))
    assert dict(whole.select("statistic", "n").rows()) == dict(weeks.group_by("statistic").agg(pl.col("n").sum()).rows())


def test_signals_and_definitions_take_it(lived: tuple[Home, RefreshReport]) -> None:
    home, _ = lived
    assert not signals(home, metric="my_left", unchanged=True).is_empty()
    told = run_query(current(home.path), "select metric, headline, toml from definitions where metric = 'my_left'").frame
    assert told.row(0)[:2] == ("my_left", True) and told["toml"][0].endswith("group by all\n")


TARGET = '\n[[target]]\nmetric = "my_left"\nstatistic = "share"\nvalue = 0.05\nvalid_from = 2026-01-01\nsource = "Board"\n'
BOMB = "select count(*) as numerator from range(1000000) a, range(1000000) b where a.range <> b.range"
BROKEN = {  # name -> its query, its kind, what is told of it
    "my_visits": ("select no_such_column as day from facts_visits", "count", "no_such_column"),
    "my_left": (LEFT, "rat", "'rat' is none of"),
    "my_wait": ("select * from read_csv('/etc/passwd')", "duration", "Refused"),
    "my_bomb": (BOMB, "count", "second"),
    "my_odd": (VISITS.replace("count(*) as", "1e300::double as"), "count", "not a whole number"),
    "my_ages": (VISITS.replace("select day", "select date '2999-01-01' as day"), "count", "or after the data"),
}


@pytest.fixture
def mended(lived: tuple[Home, RefreshReport]) -> Iterator[Home]:
    """The home, put back as it was."""
    home, _ = lived
    paths = [home.path / "timely.toml", home.path / "targets.toml", *(home.queries / f"{name}.sql" for name in FILES)]
    kept = {path: path.read_text() for path in paths}
    yield home
    for path in home.queries.glob("my_*.sql"):
        path.unlink()
    for path, text in kept.items():
        path.write_text(text)


def test_a_query_that_fails_is_told_and_stops_nobody(mended: Home) -> None:
    home = mended
    refresh(home, NOW)
    before = contents(home)["observations"]
    (home.path / "targets.toml").write_text((home.path / "targets.toml").read_text() + TARGET)  # of one that is no metric any more
    (home.path / "timely.toml").write_text((home.path / "timely.toml").read_text().replace("seconds = 30", "seconds = 1"))
    for name, (sql, kind, _) in BROKEN.items():
        write(home, name, sql, kind=kind)
    home = open_home(home.path)
    report = refresh(home, NOW)
    assert report.published and not report.full and len(report.problems) == len(BROKEN)
    for name, (_, _, why) in BROKEN.items():
        assert any(
            problem.startswith(f"{name} has no figures: queries/{name}.sql") and why in problem for problem in report.problems
        )
    after = contents(home)["observations"]
    assert after.equals(before.filter(~pl.col("metric").is_in(list(FILES))))  # the last figures are not used again
    assert {finding.subject for finding in check(home, NOW) if finding.check == "counted"} == set(BROKEN)
    with pytest.raises(UserError, match=r"my_visits has no figure.*no_such_column"):
        figures(home, "my_visits")
    with pytest.raises(UserError, match="'rat' is none of"):
        figures(home, "my_left")
    assert refresh(home, NOW).problems == report.problems  # nothing new, and told again


def test_another_query_is_another_version_without_a_full_refresh(mended: Home) -> None:
    home = mended
    assert refresh(home, NOW).problems == ()
    was = figures(home, "my_visits")["definition_version"].unique().to_list()
    write(home, "my_visits", VISITS.replace("count(*)", "2 * count(*)"), kind="count", better="neither")
    report = refresh(home, NOW)
    now = figures(home, "my_visits")["definition_version"].unique().to_list()
    assert report.published and not report.full and len(was) == len(now) == 1 and was != now


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (VISITS + ";", "take away the semicolon"),
        ("explain " + VISITS, "take away the semicolon, or the EXPLAIN"),
        (VISITS.replace("group by", "where day < current_date group by"), "current_date gives another answer each time"),
        (VISITS.replace("facts_visits", "facts_visits, signals"), "signals is made after the metrics are counted"),
    ],
)
def test_what_a_metric_s_query_may_not_do(lived: tuple[Home, RefreshReport], sql: str, told: str) -> None:
    from metrics.workbench.query_metrics import metric_in

    text = promoted(WORDS.format(title="Mine") + sql, SAID | {"kind": "count"})
    metric, problems = metric_in(text, "mine")
    assert metric is None and any(told in problem for problem in problems)
