"""Who is there at the end of a day: what a census counts, to the day, and each patient of a panel once."""

from datetime import date, datetime

import pytest

from metrics.definitions import BUILT_IN, load_catalog
from tests.specs.drawn import ENGINES, World, drawn

CATALOG = load_catalog(BUILT_IN)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(params=ENGINES)
def there(request):
    """(metric, rows, as_of, statistic, grain, by) -> {period (and place): (numerator, denominator)}; of a count one number."""

    def of(metric: str, text: str, as_of: datetime, statistic: str = "count", grain: str = "month", by=()) -> dict:
        rows = ENGINES[request.param](CATALOG[metric], statistic, drawn(CATALOG[metric].table, text), World(as_of=as_of), by, grain)
        told = ("numerator",) if statistic == "count" else ("numerator", "denominator")
        keys = ("period_start", *(f"{name}_id" for name in by))
        return {
            tuple(row[key] for key in keys) if by else row["period_start"]: tuple(int(row[name]) for name in told)
            for row in rows.to_dicts()
        }

    return of


LIST = """
    sent_at          | clock_start_at   | clock_stop_at    | close_reason
    2026-03-02 09:00 | 2026-03-02 09:00 |                  |
    2026-03-02 09:00 | 2026-03-31 22:30 | 2026-04-10 09:00 | treated
    2026-03-02 09:00 | 2026-03-31 23:30 |                  |
    2026-03-02 09:00 | 2026-03-10 09:00 | 2026-03-31 22:59 | treated
    2026-03-02 09:00 | 2026-03-10 09:00 | 2026-03-31 23:00 | treated
    2026-03-02 09:00 | 2026-03-10 09:00 | 2026-03-10 15:00 | treated
    2026-03-02 09:00 | 2026-03-10 09:00 |                  | did_not_attend
    2026-03-02 09:00 |                  |                  |
"""


def test_a_list_is_counted_at_the_end_of_the_local_day(there):
    """In London summer time 23:00 UTC is the next day: on 31 March three wait, of whom one is gone on 1 April."""
    assert there("waiting_list", LIST, datetime(2026, 5, 1)) == {MARCH: (3,), APRIL: (2,), date(2026, 5, 1): (2,)}


def test_the_newest_period_is_counted_as_things_stand(there):
    assert there("waiting_list", LIST, datetime(2026, 4, 5, 9)) == {MARCH: (3,), APRIL: (3,)}


@pytest.mark.parametrize(
    ("metric", "last_day", "young"),
    [
        ("waiting_list", datetime(2026, 7, 6, 20), 1), ("waiting_list", datetime(2026, 7, 7, 20), 0),
        ("waiting_list_52_weeks", datetime(2027, 3, 1, 20), 1), ("waiting_list_52_weeks", datetime(2027, 3, 2, 20), 0),
    ],
)  # fmt: skip
def test_golden_vector_11_as_a_list(there, metric, last_day, young):
    """From 2 March 2026 day 126 is 6 July, day 364 is 1 March 2027: within; the day after is not."""
    one = "sent_at | clock_start_at\n2026-03-02 09:00 | 2026-03-02 09:00"
    found = there(metric, one, last_day, "within", "day")
    assert found[last_day.date()] == (young, 1)
    assert found[date(2026, 3, 2)] == (1, 1)


PANEL = """
    patient_key | site_id | scheduled_start  | status
    ann         | CEN     | 2026-03-02 12:00 | fulfilled
    ann         | HAR     | 2026-04-10 12:00 | fulfilled
    ben         | CEN     | 2026-03-03 12:00 | fulfilled
    ben         | CEN     | 2026-03-20 12:00 | fulfilled
    cat         | CEN     | 2026-03-03 12:00 | noshow
                | CEN     | 2026-03-03 12:00 | fulfilled
"""


def test_each_patient_of_a_panel_is_counted_once_where_last_seen(there):
    as_of = datetime(2026, 5, 20)
    assert there("active_panel", PANEL, as_of) == {MARCH: (2,), APRIL: (2,), date(2026, 5, 1): (2,)}
    by_site = there("active_panel", PANEL, as_of, by=("site",))
    assert {key: n for key, n in by_site.items() if key[0] != date(2026, 5, 1)} == {
        (MARCH, "CEN"): (2,), (APRIL, "CEN"): (1,), (APRIL, "HAR"): (1,),
    }  # fmt: skip


@pytest.mark.parametrize(("metric", "days"), [("active_panel", 547), ("active_panel_12_months", 365)])
def test_a_panel_forgets_to_the_day(there, metric, days):
    """Seen on 1 January 2024: there on the last day of the window, and on the day that ends it no more."""
    one = "patient_key | scheduled_start | status\nann | 2024-01-01 12:00 | fulfilled"
    found = there(metric, one, datetime(2026, 1, 1), grain="day")
    assert (len(found), min(found)) == (days, date(2024, 1, 1))


def test_two_visits_at_one_instant_are_one_patient(there):
    """Two clinics, one slot time: the patient counts once, at the visit with the greater key, and once for each later visit."""
    twins = """
        appointment_id | patient_key | site_id | scheduled_start  | status
        a              | ann         | CEN     | 2026-03-02 12:00 | fulfilled
        b              | ann         | HAR     | 2026-03-02 12:00 | fulfilled
        c              | ann         | CEN     | 2026-03-02 12:00 | noshow
        d              | ben         | CEN     | 2026-03-02 12:00 | fulfilled
        e              | ann         | CEN     | 2026-04-02 12:00 | fulfilled
    """
    as_of = datetime(2026, 4, 20)
    assert there("active_panel", twins, as_of) == {MARCH: (2,), APRIL: (2,)}
    assert there("active_panel", twins, as_of, by=("site",)) == {(MARCH, "CEN"): (1,), (MARCH, "HAR"): (1,), (APRIL, "CEN"): (2,)}


LOST = """
    appointment_id | patient_key | scheduled_start  | status
    stays1         | ann         | 2024-03-02 12:00 | fulfilled
    stays2         | ann         | 2025-01-10 12:00 | fulfilled
    late1          | ben         | 2024-03-02 12:00 | fulfilled
    late2          | ben         | 2025-03-03 12:00 | fulfilled
    gone           | cat         | 2024-03-02 12:00 | fulfilled
    missed         | cat         | 2024-09-02 12:00 | noshow
    old            | dan         | 2022-03-02 12:00 | fulfilled
    twin1          | eve         | 2024-03-02 12:00 | fulfilled
    twin2          | eve         | 2024-03-02 12:00 | fulfilled
                   |             | 2024-03-02 12:00 | fulfilled
"""


def test_attrition_asks_a_year_later_who_never_came_back(there):
    """On 2 March 2025 those active on 2 March 2024: ann came back within the year, ben a day after it, cat and eve never."""
    found = there("attrition", LOST, datetime(2025, 6, 1), "share", "day")
    assert date(2025, 3, 1) not in found  # a year after 1 March 2024 nobody had been active
    assert found[date(2025, 3, 2)] == (3, 4)
    assert found[date(2025, 3, 3)] == (2, 4)  # ben has come back late: he is not lost any more
    assert found[date(2025, 6, 1)] == (2, 4)  # the panel of 1 June 2024: ann and ben were in it still


def test_who_was_active_a_year_ago_is_counted_until_the_visit_no_longer_makes_active(there):
    """Seen once on 1 January 2024: active for 547 days, so counted from a year later for as long; dan's three years are over."""
    one = "patient_key | scheduled_start | status\nann | 2024-01-01 12:00 | fulfilled"
    found = there("attrition", one, datetime(2027, 1, 1), "count", "day")
    assert (len(found), min(found)) == (547, date(2024, 12, 31))


def test_owed_work_that_is_open(there):
    complaints = """
        kind      | opened_at        | resolved_at
        complaint | 2026-03-01 09:00 |
        complaint | 2026-03-02 09:00 |
        complaint | 2026-03-02 09:00 | 2026-03-02 17:00
        complaint | 2026-03-02 09:00 | 2026-04-01 09:00
        billing   | 2026-03-02 09:00 |
    """
    as_of = datetime(2026, 4, 2)
    assert there("complaints_open", complaints, as_of)[MARCH] == (3,)
    assert there("complaints_open", complaints, as_of, "within", "day")[date(2026, 4, 1)] == (1, 2)  # days 30 and 31


def test_messages_without_a_reply(there):
    messages = """
        channel | opened_at        | answered_at      | resolved_at      | reply_needed
        portal  | 2026-03-02 09:00 |                  |                  | yes
        portal  | 2026-03-02 09:00 |                  |                  | no
        portal  | 2026-03-03 09:00 | 2026-03-05 09:00 |                  |
        portal  | 2026-03-03 09:00 |                  | 2026-03-06 09:00 |
        email   | 2026-03-02 09:00 |                  |                  | yes
    """
    found = there("portal_unanswered", messages, datetime(2026, 3, 7), "within", "day")
    assert [found[date(2026, 3, day)] for day in (2, 3, 4, 5, 6)] == [(1, 1), (3, 3), (3, 3), (2, 2), (0, 1)]


def test_nobody_there_says_nothing(there):
    assert there("waiting_list", "sent_at\n2026-03-02 09:00", datetime(2026, 4, 1), "within") == {}
