"""EXPLAIN in plain words."""

import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.plans import in_words


def test_what_is_read_joined_grouped_and_sorted_is_told_in_order(home: Home) -> None:
    sql = """select s.name, count(*) as n from facts_visits v join sites s using (site_id) where v.disposition <> 'died'
        group by all order by n, 1"""
    told = in_words(current(home.path), sql)
    words = [
        "Reads facts_visits",
        "Reads sites",
        "Joins on site_id = site_id",
        "Groups them",
        "Sorts",
        "It took",
    ]
    places = [next(place for place, sentence in enumerate(told) if word in sentence) for word in words]
    assert places[2:] == sorted(places[2:])
    assert max(places[:2]) < places[2]
    assert all("\n" not in sentence and "__own" not in sentence for sentence in told)


def test_rows_are_counted_when_it_runs_and_estimated_when_not(home: Home) -> None:
    assert in_words(current(home.path), "explain select 1 from facts_visits where acuity < 0 or true")[0].endswith("320 rows")
    assert in_words(current(home.path), "from facts_visits", run=False)[0] == "Reads facts_visits: about 300 rows"


def test_what_is_slow_is_told_with_what_to_do(home: Home) -> None:
    told = in_words(current(home.path), "select count(*) from range(20000) a, range(6000) b where a.range + b.range <> 3")
    assert "Slowest:" in told[-2]
    assert told[-1] == "A join makes more than a million rows: check that its condition names every key"


def test_it_is_refused_as_running_it_would_be(home: Home) -> None:
    for sql, word in (("drop table sites", "Refused"), ("select $x", "no value for parameter"), ("select nope from sites", "nope")):
        with pytest.raises(UserError, match=word):
            in_words(current(home.path), sql)
    assert in_words(current(home.path), "select name from sites where site_id = $site", {"site": "CEN"})
