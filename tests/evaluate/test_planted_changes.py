"""`timely demo`: planted changes raise their alerts at their places, a dead feed is never fine, the rest is quiet."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from metrics.alerts.rule import JudgedRule
from metrics.check import check
from metrics.definitions import BUILT_IN, load_catalog
from metrics.demo import demo
from metrics.home import open_home
from metrics.ledger import open_ledger
from metrics.ledger.evaluations import evaluations
from metrics.ledger.lives import episodes

NOW = datetime(2026, 11, 24, 6)
SCALE = 0.5  # what `timely demo` makes when nothing is said
SOON = timedelta(weeks=16)  # a third more no-shows among those booked ahead: the smallest change, and the last to be seen
FEW_FALSE = 0.005  # alarms a series-week, at most, as in tests/benchmarks/alert_quality.py
JUDGED = ("ok", "breach", "inside_margin")
BETTER = {"up": False, "down": True}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "home"
    demo(path, SCALE, 1, NOW, lambda label, done, total: None)
    return path


@pytest.fixture(scope="module")
def changes(home: Path) -> list[dict[str, str]]:
    return json.loads((home / "raw" / "truth.json").read_text())["changes"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def fired(home: Path) -> pl.DataFrame:
    """Every alert that fired, with its metric."""
    alerts = episodes(open_ledger(open_home(home))).filter(pl.col("fired_at").is_not_null())
    label = pl.col("labels").str.json_decode(pl.Struct({"metric": pl.String, "table_name": pl.String}))
    return alerts.with_columns(label.alias("label")).unnest("label")


def begun(change: dict[str, str]) -> datetime:
    return datetime.fromisoformat(change["from"]).replace(tzinfo=None)


def of_change(fired: pl.DataFrame, change: dict[str, str]) -> pl.DataFrame:
    """The alerts about the change's metric at its place that fired after it began."""
    place = pl.col("service_id").is_null() | (pl.col("service_id") == pl.lit(change["service_id"]))
    service = pl.lit(change["service_id"] is None) | place
    about = fired.filter(service, metric=change["metric"], site_id=change["site_id"])
    return about.filter(pl.col("fired_at").is_between(begun(change), begun(change) + SOON))


def test_every_planted_change_raises_its_alert_at_its_place(fired: pl.DataFrame, changes: list[dict[str, str]]) -> None:
    assert len(changes) == 6
    for change in changes:
        if change["expect"] == "silence":
            continue
        better = pl.col("rule_id") == "changed_for_the_better"
        found = of_change(fired, change).filter(better == BETTER[change["expect"]])
        assert found.height, f"nobody was told of {change['what']}"


def test_the_dead_feed_is_told_at_once_and_its_site_alone(fired: pl.DataFrame, changes: list[dict[str, str]]) -> None:
    (dead,) = [change for change in changes if change["expect"] == "silence"]
    silent = fired.filter(rule_id="silent_feed").select("site_id", "table_name", "state", "severity")
    assert silent.rows() == [(dead["site_id"], "appointments", "firing", "act")]


def test_the_dead_feed_is_never_fine(home: Path, changes: list[dict[str, str]]) -> None:
    """No figure of a period that the feed did not outlive was found to be in order, or out of it."""
    (dead,) = [change for change in changes if change["expect"] == "silence"]
    ledger, site = open_ledger(open_home(home)), f'"site_id":"{dead["site_id"]}"'
    asked = evaluations(ledger).filter(
        pl.col("labels").str.contains(site, literal=True), pl.col("labels").str.contains('"metric"', literal=True),
        pl.col("period_end") >= begun(dead).date(), pl.col("period_end") < NOW.date(),
    )  # fmt: skip
    fed = [metric.id for metric in load_catalog(BUILT_IN).values() if metric.table == "appointments"]
    of_feed = asked.filter(pl.col("labels").str.json_path_match("$.metric").is_in(fed))
    assert of_feed.height and set(of_feed["outcome"]) <= {"no_data", "breach"}
    assert of_feed.filter(outcome="breach")["rule_id"].unique().to_list() in ([], ["no_figure"])


def test_nothing_else_fires_more_than_chance_allows(home: Path, fired: pl.DataFrame, changes: list[dict[str, str]]) -> None:
    """Of the rules about change. A target that a site misses by nature is no false alarm: those rules are held to other tests."""
    opened = open_home(home)
    about_change = [rule.id for rule in opened.alerts.rules if isinstance(rule, JudgedRule) and rule.kind == "spc"]
    asked = evaluations(open_ledger(opened)).filter(pl.col("rule_id").is_in(about_change), pl.col("outcome").is_in(JUDGED))
    explained = [of_change(fired.with_columns(metric=pl.lit(change["metric"])), change)["alert_id"] for change in changes]
    others = fired.filter(pl.col("rule_id").is_in(about_change), ~pl.col("alert_id").is_in(pl.concat(explained)))
    assert asked.height > 20_000
    assert others.height / asked.height < FEW_FALSE


def test_the_checks_tell_of_the_feed_that_died_and_of_nothing_else(home: Path, changes: list[dict[str, str]]) -> None:
    """Six hundred findings on two years of a healthy provider: the planted silence is the only one that fails, none warns."""
    dead = next(change for change in changes if change["metric"] == "freshness")
    found = check(open_home(home), NOW)
    wrong = [(one.check, one.table, one.site) for one in found if one.severity != "pass"]
    assert wrong == [("fresh", "appointments", dead["site_id"])]
    assert {one.check for one in found} >= {"missing", "negative", "placeholder", "duplicate", "order", "late", "spike", "midnight",
                                            "daylight", "volume"}  # fmt: skip
