"""Every view is a URL."""

from metrics.dashboard import urls


def test_two_sites_of_one_name_are_told_apart_by_their_ids() -> None:
    assert urls.distinct_labels({"A": "North", "B": "North", "C": "South"}) == {"A": "North (A)", "B": "North (B)", "C": "South"}


def test_a_service_is_named_in_words() -> None:
    assert urls.service_label("outpatient_cardiology") == "Outpatient cardiology"


def test_a_link_carries_the_place_and_what_it_changes() -> None:
    state = {"site": "Central Hospital", "service": urls.ALL_SERVICES}
    assert urls.query(state, metric="No-show rate") == {"site": "Central Hospital", "metric": "No-show rate"}


def test_a_link_before_any_choice_carries_only_what_it_changes() -> None:
    assert urls.query({}, metric="No-show rate", grain=None) == {"metric": "No-show rate"}
