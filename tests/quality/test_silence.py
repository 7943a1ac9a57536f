"""Silent feeds and rejected rows: each promise passes or fails by itself, and a feed is judged by its own rhythm, at every site."""

from datetime import timedelta

from metrics.check import Finding
from metrics.check import findings as found_by
from tests.quality.made import AS_OF, feed, feeds, material


def findings(*rows: tuple[str, str | None, int | None, float | None, int, int | None]) -> dict[tuple[str, str], Finding]:
    """Of (table, site, hours silent, hours allowed, rows, rejected) of the source `ehr`, by check and subject."""
    made = [
        feed(
            table, rows, site_id=site, allowed_hours=allowed, rejected=rejected,
            recorded_at=None if silent is None else AS_OF - timedelta(hours=silent),
        )
        for table, site, silent, allowed, rows, rejected in rows
    ]  # fmt: skip
    found = found_by(material(freshness=feeds(*made)), ["fresh", "accepted"])
    return {(finding.check, finding.subject): finding for finding in found}


def test_a_weekly_census_is_fresh_for_a_week_and_a_half() -> None:
    weekly = findings(("slots", None, 6 * 24, 252.0, 10, 0))["fresh", "slots from ehr"]
    assert weekly.passed
    assert weekly.sentence == "last heard of 2026-11-14 12:00, 6 days before the newest; up to 10 days is usual"
    assert not findings(("slots", None, 11 * 24, 252.0, 10, 0))["fresh", "slots from ehr"].passed


def test_a_feed_of_unknown_rhythm_is_judged_by_the_setting() -> None:
    assert findings(("visits", None, 36, None, 10, 0))["fresh", "visits from ehr"].passed
    assert not findings(("visits", None, 37, None, 10, 0))["fresh", "visits from ehr"].passed


def test_a_site_for_which_the_feed_fell_silent_is_named() -> None:
    found = findings(
        ("appointments", None, 1, 36.0, 30, 0),
        ("appointments", "ASH", 1, 36.0, 20, None),
        ("appointments", "FER", 120, 36.0, 10, None),
    )
    assert {key: finding.passed for key, finding in found.items() if key[0] == "fresh"} == {
        ("fresh", "appointments from ehr"): True, ("fresh", "appointments from ehr at FER"): False,
    }  # fmt: skip
    assert [subject for check, subject in found if check == "accepted"] == ["appointments from ehr"]


def test_the_sites_of_a_dead_feed_are_not_told_one_by_one() -> None:
    found = findings(("visits", None, 120, 36.0, 30, 0), ("visits", "CEN", 120, 36.0, 30, None))
    assert [subject for check, subject in found if check == "fresh"] == ["visits from ehr"]


def test_a_register_may_be_silent_for_as_long_as_it_likes() -> None:
    assert list(findings(("patients", None, 9000, None, 30, 0))) == [("accepted", "patients from ehr")]


def test_more_than_one_row_in_a_hundred_rejected_fails() -> None:
    assert findings(("visits", None, 1, None, 99, 1))["accepted", "visits from ehr"].passed
    failed = findings(("visits", None, 1, None, 980, 20))["accepted", "visits from ehr"]
    assert not failed.passed and failed.sentence == "20 of 1000 rows rejected (2.0 %)"


def test_a_feed_of_nothing_but_rejected_rows_fails_for_that_alone() -> None:
    found = findings(("visits", None, None, None, 0, 4))
    assert [(check, finding.passed) for (check, _), finding in found.items()] == [("accepted", False)]
