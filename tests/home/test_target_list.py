"""What `timely targets` lists: the targets in force on a day, at the place they name or those that count at a place."""

from datetime import date

import pytest

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.errors import UserError
from metrics.home import Home, create_home, open_home
from metrics.home.known_targets import with_known_targets
from metrics.home.packs import pack_names
from metrics.home.packs_page import targets_markdown
from metrics.home.target_list import asks, pack_list, targets_on

CATALOGUE = load_catalog(BUILT_IN)
TARGETS = """
[[target]]
metric = "no_show_rate"
statistic = "share"
value = "8%"
valid_from = 2026-01-01
source = "everywhere"

[[target]]
metric = "no_show_rate"
statistic = "share"
region = "North"
value = "7%"
valid_from = 2026-01-01
source = "the region"

[[target]]
metric = "no_show_rate"
statistic = "share"
service_id = "mental_health"
value = "12%"
valid_from = 2026-01-01
valid_to = 2026-06-30
source = "the service"

[[target]]
metric = "no_show_rate"
statistic = "share"
role = "stretch"
site_id = "CEN"
value = "5%"
valid_from = 2026-01-01
source = "the site"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    path = tmp_path_factory.mktemp("home")
    create_home(path)
    (path / "targets.toml").write_text(TARGETS, encoding="utf-8")
    return with_known_targets(open_home(path), CATALOGUE)


def listed(home: Home, on: date = date(2026, 6, 30), **at: str) -> list[tuple[str, str, str]]:
    return targets_on(home, CATALOGUE, on, **at).select("role", "place", "asks").rows()


def test_without_a_place_each_target_stands_where_it_says(home: Home) -> None:
    assert listed(home) == [
        ("stretch", "site CEN", "at most 5%"), ("target", "everywhere", "at most 8%"), ("target", "region North", "at most 7%"),
        ("target", "service mental_health", "at most 12%"),
    ]  # fmt: skip


def test_at_a_site_those_stand_that_count_there_and_in_its_services(home: Home) -> None:
    assert listed(home, site="CEN") == [
        ("stretch", "site CEN", "at most 5%"), ("target", "region North", "at most 7%"),
        ("target", "service mental_health", "at most 12%"),
    ]  # fmt: skip
    assert listed(home, site="SOU") == [("target", "everywhere", "at most 8%"), ("target", "service mental_health", "at most 12%")]


def test_in_a_service_one_target_counts(home: Home) -> None:
    assert listed(home, service="mental_health") == [("target", "service mental_health", "at most 12%")]
    assert listed(home, site="CEN", service="primary_care") == [
        ("stretch", "site CEN", "at most 5%"), ("target", "region North", "at most 7%"),
    ]  # fmt: skip


def test_a_target_is_in_force_from_its_first_day_to_its_last(home: Home) -> None:
    assert listed(home, date(2025, 12, 31)) == []
    assert len(listed(home, date(2026, 1, 1))) == 4
    assert ("target", "service mental_health", "at most 12%") not in listed(home, date(2026, 7, 1))


def test_a_metric_without_a_target_has_no_row(home: Home) -> None:
    assert listed(home, metric="lead_time") == [] and len(listed(home, metric="no_show_rate")) == 4


def test_what_is_not_there_is_told_with_the_nearest_name(home: Home) -> None:
    with pytest.raises(UserError) as told:
        targets_on(home, CATALOGUE, date(2026, 1, 1), metric="no_sho_rate", site="CENN")
    assert told.value.problems == (
        "unknown metric 'no_sho_rate'. Did you mean no_show_rate?",
        "unknown site 'CENN'. Did you mean CEN?",
    )


ASKED = [
    ("no_show_rate", "share", "ceiling", 0.076, "at most 7.6%"), ("service_level", "share", "floor", 0.8, "at least 80%"),
    ("lead_time", "median", "percentile_at_most", 20.0, "at most 20 days"),
    ("door_to_provider", "within", "share_within", 1.0, "at least 100%"),
    ("speed_of_answer", "p90", "percentile_at_most", 37.5, "at most 37.5 seconds"),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "statistic", "kind", "value", "words"), ASKED)
def test_what_a_target_asks_is_said_in_its_unit(metric: str, statistic: str, kind: str, value: float, words: str) -> None:
    assert asks({"statistic": statistic, "kind": kind, "value": value}, CATALOGUE[metric]) == words


def test_every_pack_is_listed_and_documented() -> None:
    assert pack_list()["pack"].to_list() == pack_names()
    page = targets_markdown(CATALOGUE)
    assert all(f"\n## {name}\n" in page for name in pack_names())
    assert page.count("*Not verified* |") == pack_list()["not_verified"].sum()
