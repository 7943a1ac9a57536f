"""Which metrics a refresh computes."""

import pytest

from metrics.definitions import BUILT_IN, load_catalog
from metrics.definitions.choice import choice_problems, chosen
from metrics.definitions.metric import QueryMetric
from metrics.workbench.query_metrics import shipped_metrics

METRICS = load_catalog(BUILT_IN)
PLAIN = {name for name, metric in METRICS.items() if metric.variant_of is None}
VARIANTS = {name for name, metric in METRICS.items() if metric.variant_of is not None and not metric.is_tally}
TALLIES = {name for name, metric in METRICS.items() if metric.is_tally}


@pytest.mark.parametrize(
    ("compute", "wanted", "names"),
    [
        (["*"], [], PLAIN | TALLIES),
        (["variants"], [], VARIANTS | TALLIES),
        (["*", "variants"], [], set(METRICS)),
        (["*"], ["no_show_rate_completed"], PLAIN | TALLIES | {"no_show_rate_completed"}),
        (["no_show_rate", "no_show_rate_completed"], [], TALLIES | {"no_show_rate", "no_show_rate_completed"}),
        (["experience"], [], TALLIES | {name for name in PLAIN if METRICS[name].family == "experience"}),
        ([], [], TALLIES),
    ],
)
def test_ids_families_and_two_words(compute: list[str], wanted: list[str], names: set[str]) -> None:
    found = chosen(METRICS, compute, wanted)
    assert set(found) == names
    assert list(found) == [name for name in METRICS if name in names], "in the catalogue's order"


def test_a_query_that_ships_is_computed_when_it_is_named_and_one_of_a_home_always() -> None:
    metrics = shipped_metrics()
    ships = {name for name, metric in metrics.items() if isinstance(metric, QueryMetric)}
    assert ships and not ships & set(chosen(metrics, ["*", "variants"]))
    assert ships <= set(chosen(metrics, ["queries"]))
    assert "refilled_slots" in chosen(metrics, ["attendance"]) and "refilled_slots" in chosen(metrics, [], ["refilled_slots"])
    own = {"mine": metrics["refilled_slots"].model_copy(update={"id": "mine", "built_in": False})}
    assert set(chosen(own, [])) == {"mine"}


def test_every_name_that_is_none_is_told_with_the_nearest() -> None:
    first, second = choice_problems(METRICS, ["no_show_rat", "*", "wait"])
    assert "'no_show_rat'" in first and "Did you mean no_show_rate?" in first
    assert "Did you mean waits?" in second
