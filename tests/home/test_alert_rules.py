"""alerts.toml in a home: a broken rule is told and stops nothing; a file that cannot be read is a mistake like any other."""

import tomllib
from pathlib import Path

import pytest

from metrics.alerts.rulebook import fitted
from metrics.definitions import BUILT_IN, load_catalog
from metrics.errors import UserError
from metrics.home import create_home, open_home
from metrics.home.templates import example, template_files


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return create_home(tmp_path / "home").path


def test_the_rules_of_a_new_home_are_in_order_and_fit_the_catalogue(home: Path) -> None:
    book = fitted(open_home(home).alerts, load_catalog(BUILT_IN))
    assert not book.problems and len(book.rules) == len(tomllib.loads(example("alerts.toml"))["rule"]) + 1
    assert all(rule.runbook for rule in book.rules), "a message without a word on what to do"


def test_the_home_of_the_repository_has_them_too() -> None:
    data = Path(__file__).parents[2] / "data"
    assert (data / "alerts.toml").read_text(encoding="utf-8") == template_files()["alerts.toml"]


def test_a_broken_rule_is_carried_and_the_home_opens(home: Path) -> None:
    with (home / "alerts.toml").open("a") as file:
        file.write('\n[[rule]]\nid = "b"\nname = "B"\nkind = "cusum"\nsites = ["CENN"]\n')
    alerts = open_home(home).alerts
    assert [problem.sentence for problem in alerts.problems] == [
        "alerts.toml: rule b: site 'CENN' is not in sites.csv. Did you mean CEN?"
    ]
    assert "b" not in alerts.by_id and "misses_add_up" in alerts.by_id


@pytest.mark.parametrize(("text", "told"), [
    ("[[rule", "alerts.toml: not TOML: "), (None, "alerts.toml is missing. Write it back with: timely init"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_mistake(home: Path, text: str | None, told: str) -> None:
    (home / "alerts.toml").unlink()
    if text is not None:
        (home / "alerts.toml").write_text(text)
    with pytest.raises(UserError) as refused:
        open_home(home)
    assert len(refused.value.problems) == 1 and told in refused.value.problems[0]


def test_where_sites_are_wrong_the_rules_are_not_blamed(home: Path) -> None:
    (home / "sites.csv").write_text("nothing")
    with pytest.raises(UserError) as refused:
        open_home(home)
    assert not any("alerts.toml" in problem for problem in refused.value.problems)
