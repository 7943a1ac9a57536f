"""What changed: only where a rule fired, concerns first, and a question that cannot be answered says why."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from metrics.cli import app
from metrics.errors import UserError
from metrics.home import Home, create_home
from metrics.observe.signals import signals
from metrics.signals.schema import SIGNALS
from metrics.warehouse import publish
from metrics.warehouse.schema import store
from tests.evaluate.weeks import signals as quiet
from tests.warehouse.small import build, manifest

SHARES = {"CEN": 0.05, "NRT": 0.20, "SOU": 0.01, "EAS": 0.05}
VERDICTS = {"NRT": "concern_high", "SOU": "improvement_low", "EAS": "not_assessed"}


def built() -> Callable[[duckdb.DuckDBPyConnection], None]:
    def build_it(connection: duckdb.DuckDBPyConnection) -> None:
        build(3)(connection)
        said = pl.col("site_id").replace_strict(VERDICTS, default="common_cause").alias("variation")
        store(connection, "signals", quiet(0, SHARES).with_columns(said).select(list(SIGNALS)))

    return build_it


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = create_home(tmp_path / "home")
    publish(made.path, built(), manifest(3))
    return made


def test_only_what_changed_concerns_first(home: Home) -> None:
    assert signals(home)["site_id"].to_list() == ["NRT", "SOU"]
    assert signals(home, unchanged=True)["site_id"].to_list() == ["NRT", "SOU", "CEN", "EAS"]


@pytest.mark.parametrize(
    ("asked", "sites"),
    [({"site": "SOU"}, ["SOU"]), ({"site": "CEN"}, []), ({"metric": "no_show_rate"}, ["NRT", "SOU"]), ({"grain": "month"}, [])],
)
def test_any_place_metric_and_grain(home: Home, asked: dict[str, str], sites: list[str]) -> None:
    assert signals(home, **asked)["site_id"].to_list() == sites


def test_a_question_that_cannot_be_answered_says_everything_that_is_wrong(home: Home) -> None:
    with pytest.raises(UserError) as refused:
        signals(home, grain="wek", site="NR")
    assert len(refused.value.problems) == 2
    assert "Did you mean week?" in refused.value.problems[0] and "Did you mean NRT?" in refused.value.problems[1]
    with pytest.raises(UserError, match="no_show_rate"):
        signals(home, metric="no_show_rat")


def test_the_command_prints_words_when_nothing_changed_and_rows_for_a_program(home: Home) -> None:
    asked = ["--home", str(home.path), "signals"]
    told = CliRunner().invoke(app, [*asked, "--site", "CEN"])
    assert told.exit_code == 0 and "no significant change" in told.stderr
    rows = CliRunner().invoke(app, [*asked, "--format", "csv"])
    assert rows.stdout.splitlines()[1].startswith("no_show_rate,share,week,NRT,")
    assert CliRunner().invoke(app, [*asked, "--site", "CEN", "--json"]).stdout.strip() == "[]"
