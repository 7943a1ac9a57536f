"""Identifiers at the door: HMAC-SHA256 of the home's key, checked against Python's own."""

import hmac

import polars as pl

from metrics.ingest import pseudonyms
from metrics.ingest.pseudonyms import Pseudonyms

KEY = bytes(range(32))
TEXTS = ["P1", "é", None, "P1", "", "a" * 500, "P2"]


def expected(text: str | None, key: bytes = KEY) -> str | None:
    return None if text is None else hmac.new(key, text.encode(), "sha256").hexdigest()[:32]


def test_a_key_is_the_keyed_hash_and_the_same_every_time():
    door = Pseudonyms(KEY)
    for _ in range(2):
        assert door.keys(pl.Series(TEXTS)).to_list() == [expected(text) for text in TEXTS]


def test_another_key_gives_other_hashes():
    long_key = bytes(100)
    assert Pseudonyms(long_key).keys(pl.Series(["P1"])).to_list() == [expected("P1", long_key)]
    assert expected("P1", long_key) != expected("P1")


def test_what_is_remembered_is_bounded_and_forgetting_changes_nothing(monkeypatch):
    monkeypatch.setattr(pseudonyms, "MOST_KNOWN", 3)
    door = Pseudonyms(KEY)
    for start in range(0, 20, 5):
        texts = [f"P{number}" for number in range(start, start + 5)]
        assert door.keys(pl.Series(texts)).to_list() == [expected(text) for text in texts]
        assert len(door._known) <= 3 + 5


def test_identifiers_that_come_again_among_new_ones_keep_their_keys():
    door, seen = Pseudonyms(KEY), []
    for start in range(0, 3_000, 500):
        seen += [f"P{number}" for number in range(start, start + 500)]
        texts = [*reversed(seen), None, seen[0]]
        assert door.keys(pl.Series(texts)).to_list() == [expected(text) for text in texts]


def test_no_identifier_at_all():
    assert Pseudonyms(KEY).keys(pl.Series([], dtype=pl.String)).to_list() == []
    assert Pseudonyms(KEY).keys(pl.Series([None], dtype=pl.String)).to_list() == [None]
