"""A definition's version changes with its meaning, and with nothing else."""

from datetime import timedelta

import pytest

from metrics.definitions import BUILT_IN, definition_version, load_catalog

CATALOG = load_catalog(BUILT_IN)
METRIC = CATALOG["door_to_provider"]


def test_a_version_is_eight_hexadecimal_digits_and_differs_between_metrics():
    versions = {definition_version(metric) for metric in CATALOG.values()}
    assert all(len(version) == 8 and int(version, 16) >= 0 for version in versions)
    assert len(versions) == len(CATALOG)


@pytest.mark.parametrize(
    "changed",
    [
        {"where": "true"}, {"start": "triaged_at"}, {"stop": "roomed_at"}, {"censor": None}, {"clock": "business"},
        {"within": timedelta(minutes=61)}, {"unit": "hours"},
    ],
)  # fmt: skip
def test_a_change_of_meaning_changes_the_version(changed):
    assert definition_version(METRIC.model_copy(update=changed)) != definition_version(METRIC)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "New"}, {"caveats": ()}, {"owner": "x"}, {"headline": False}, {"matures": timedelta(1)},
        {"history": timedelta(1)}, {"statistics": ("median",)}, {"where": METRIC.where.replace(" and ", "\n  and ")},
    ],
)  # fmt: skip
def test_words_and_spacing_do_not(changed):
    assert definition_version(METRIC.model_copy(update=changed)) == definition_version(METRIC)
