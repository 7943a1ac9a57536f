"""Silences that people set: kept with who and why, in force between two instants, ended and never erased."""

import json

import pytest

from metrics.alerts.matching import Silence
from metrics.errors import UserError
from metrics.ledger import Ledger
from metrics.ledger.quiet import end_silence, silence, silences, silences_at
from tests.ledger.made import AT, later


def in_force(ledger: Ledger, days: float) -> tuple[Silence, ...]:
    with ledger.reading() as connection:
        return silences_at(connection, later(days=days))


def test_without_a_ledger_nothing_is_silenced(ledger: Ledger) -> None:
    assert silences(ledger).is_empty()
    assert in_force(ledger, 0) == ()


def test_a_silence_holds_from_its_start_until_just_before_its_end(ledger: Ledger) -> None:
    silence(ledger, {"site_id": ["CEN", "NRT"], "metric": ["no_show_rate"]}, AT, later(days=2), " moving house ", "Ann", AT)
    (held,) = in_force(ledger, 0)
    assert (held.asked(), held.reason, held.created_by, held.starts_at, held.ends_at) == (
        {"metric": ("no_show_rate",), "site_id": ("CEN", "NRT")}, "moving house", "Ann", AT, later(days=2),
    )  # fmt: skip
    assert [len(in_force(ledger, days)) for days in (-0.001, 1.999, 2)] == [0, 1, 0]
    (row,) = silences(ledger).rows(named=True)
    assert json.loads(row["matchers"]) == {"metric": ["no_show_rate"], "site_id": ["CEN", "NRT"]}


def test_a_silence_is_ended_by_a_person_and_stays_in_the_list(ledger: Ledger) -> None:
    now = silence(ledger, {"site_id": ["CEN"]}, AT, later(days=2), "works", "Ann", AT)
    planned = silence(ledger, {"site_id": ["NRT"]}, later(days=5), later(days=6), "works", "Ann", AT)
    end_silence(ledger, now, later(days=1))
    end_silence(ledger, planned, later(days=1))
    assert in_force(ledger, 1.5) == ()
    assert in_force(ledger, 5.5) == ()
    assert silences(ledger).height == 2
    for over in (now, planned, "nothing"):
        with pytest.raises(UserError, match=f"no silence '{over}' that goes on"):
            end_silence(ledger, over, later(days=1))


def test_what_cannot_be_a_silence_is_refused_all_at_once(ledger: Ledger) -> None:
    with pytest.raises(UserError) as refused:
        silence(ledger, {"sight_id": ["CEN"]}, AT, later(days=-1), " ", "", AT)
    said = str(refused.value)
    assert len(refused.value.problems) == 3
    assert "Did you mean site_id?" in said
    with pytest.raises(UserError, match="is not after starts_at"):
        silence(ledger, {"site_id": ["CEN"]}, AT, AT, "works", "Ann", AT)
    with pytest.raises(UserError, match="it names no alerts"):
        silence(ledger, {}, AT, later(days=1), "works", "Ann", AT)
