"""Every check by drawn cases: one that it tells of, and one beside it that it is silent about."""

import random
from datetime import datetime, timedelta
from itertools import product

import polars as pl
import pytest

from metrics.quality import CHECKS
from tests.quality.made import AS_OF, MONDAY, counts, feed, feeds, told

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def seen(n: int, **more: object) -> list[dict[str, object]]:
    """Visits one after another, complete, each of its own patient."""
    times = [MONDAY + place * 7 * MINUTE for place in range(n)]
    return [
        {"arrived_at": at, "triaged_at": at + 5 * MINUTE, "seen_at": at + 50 * MINUTE, "departed_at": at + 2 * HOUR,
         "disposition": "discharged", **more} for at in times
    ]  # fmt: skip


def part(rows: list[dict[str, object]], n: int, **changed: object) -> list[dict[str, object]]:
    """The rows, of which the first n are changed; a change that is a length moves the instant."""

    def moved(row: dict[str, object], name: str, value: object) -> object:
        return row[name] + value if isinstance(value, timedelta) else value  # type: ignore[operator]

    return [{**row, **{name: moved(row, name, value) for name, value in changed.items()}} if place < n else row
            for place, row in enumerate(rows)]  # fmt: skip


MISSING = """
    rows  without seen_at  told
    100   6                6 of 100 (6.0 %) finished rows have no such instant
    100   5                -
    40    10               -
    100   100              -
"""


def drawn(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip().split("  ") if cell.strip()] for line in table.strip().splitlines()[1:]]


@pytest.mark.parametrize(("rows", "without", "sentence"), drawn(MISSING))
def test_missing(rows: str, without: str, sentence: str) -> None:
    found = told("missing", counts=counts("visits", part(seen(int(rows)), int(without), seen_at=None)))
    assert [row["sentence"] for row in found] == ([] if sentence == "-" else [sentence])
    if found:
        assert (found[0]["about"], found[0]["examples"]) == ("seen_at", ["e0000"])


REFUSED = """
    check        rule                          of 1,000  told
    negative     departed_at_not_before_seen_at  3       3 of 1000 (0.3 %) rows end before they begin
    negative     departed_at_not_before_seen_at  2       -
    negative     seen_at_is_a_time               90      -
    placeholder  seen_at_is_a_time               6       6 of 1000 (0.6 %) PLACEHOLDERS
    placeholder  seen_at_is_a_time               5       -
"""


@pytest.mark.parametrize(("check", "rule", "rows", "sentence"), drawn(REFUSED))
def test_refused_rows(check: str, rule: str, rows: str, sentence: str) -> None:
    sentence = sentence.replace("PLACEHOLDERS", "rows hold a placeholder (1900-01-01, 9999-12-31) where a time should be")
    rejects = pl.DataFrame(
        {"table_name": "visits", "source": "ehr", "rule": rule, "severity": "reject", "column": "seen_at", "rows": [int(rows)]}
    )
    found = told(check, rejects=rejects, freshness=feeds(feed(rows=1000 - int(rows), rejected=int(rows))))
    assert [row["sentence"] for row in found] == ([] if sentence == "-" else [sentence])


def test_the_same_case_under_two_ids() -> None:
    rows = seen(1000)
    again = [{**row, "visit_id": f"new{place}", "patient_key": f"p{place}"} for place, row in enumerate(rows)]
    assert told("duplicate", counts=counts("visits", rows)) == []
    assert told("duplicate", counts=counts("visits", rows + again[:2])) == [], "two in a thousand happen"
    (some,) = told("duplicate", counts=counts("visits", rows + again[:5]))
    (many,) = told("duplicate", counts=counts("visits", rows + again[:30]))
    assert (some["severity"], some["n"], some["examples"]) == ("warn", 5, ["new0"])
    assert (many["severity"], many["n"]) == ("fail", 30)


def test_a_cancelled_appointment_booked_again_is_no_duplicate() -> None:
    rows = [{"scheduled_start": MONDAY + n * HOUR, "status": "fulfilled", "patient_key": f"p{n}"} for n in range(100)]
    cancelled = [{**row, "status": "cancelled"} for row in rows[:20]]
    assert told("duplicate", counts=counts("appointments", rows + cancelled)) == []


def test_stamps_later_than_the_row_that_tells_of_them() -> None:
    rows = [{**row, "recorded_at": row["departed_at"]} for row in seen(500)]
    assert told("order", counts=counts("visits", part(rows, 50, departed_at=5 * MINUTE))) == [], "clocks differ"
    assert told("order", counts=counts("visits", part(rows, 4, departed_at=2 * HOUR))) == [], "slips"
    (found,) = told("order", counts=counts("visits", part(rows, 6, departed_at=2 * HOUR)))
    assert (found["about"], found["n"], found["total"]) == ("departed_at", 6, 500)


def test_late_recording() -> None:
    rows = [{**row, "recorded_at": row["departed_at"] + 10 * MINUTE} for row in seen(100)]
    assert told("late", counts=counts("visits", part(rows, 15, recorded_at=3 * DAY))) == []
    (found,) = told("late", counts=counts("visits", part(rows, 16, recorded_at=3 * DAY)))
    assert found["sentence"].startswith("half recorded within 15 minutes, nine in ten within 5 days; 16.0 % after ")


def test_that_nobody_came_is_known_from_the_start_that_was_set() -> None:
    rows = [
        {"booked_at": MONDAY, "scheduled_start": MONDAY + 30 * DAY, "status": "noshow", "recorded_at": MONDAY + 30 * DAY + HOUR}
        for _ in range(100)
    ]
    assert told("late", counts=counts("appointments", rows)) == []


def edits(n: int, by: timedelta | None, column: str = "arrived_at") -> pl.DataFrame:
    rows = [
        {"table_name": "visits", "key": f"e{place:04}", "column": column, "source": "ehr", "site_id": "CEN", "was": MONDAY,
         "was_recorded_at": MONDAY, "became": None if by is None else MONDAY + by, "became_recorded_at": MONDAY + HOUR,
         "overtaken": False} for place in range(n)
    ]  # fmt: skip
    instants = dict.fromkeys(("was", "was_recorded_at", "became", "became_recorded_at"), pl.Datetime("us"))
    return pl.DataFrame(rows, schema_overrides=instants)


def test_edited_clock_starts() -> None:
    counted = counts("visits", seen(1000))
    assert told("edited", counts=counted, edits=edits(10, HOUR)) == []
    assert told("edited", counts=counted, edits=edits(11, HOUR, "departed_at")) == [], "no clock starts with leaving"
    (found,) = told("edited", counts=counted, edits=edits(11, 14 * DAY))
    assert found["sentence"] == (
        "11 of 1000 (1.1 %) had arrived_at changed later, in the middle by 14 days; "
        "100.0 % were set later, which makes the wait shorter"
    )
    (erased,) = told("edited", counts=counted, edits=edits(20, None))
    assert "(it was erased)" in erased["sentence"]


def test_an_instant_is_edited_once_from_its_first_word_to_its_last() -> None:
    twice = pl.concat([
        edits(20, DAY),
        edits(20, 3 * DAY).with_columns(was=pl.col("was") + DAY, was_recorded_at=pl.col("was_recorded_at") + HOUR,
                                        became_recorded_at=pl.col("became_recorded_at") + HOUR),
    ])  # fmt: skip
    (found,) = told("edited", counts=counts("visits", seen(1000)), edits=twice)
    assert found["n"] == 20 and "by 3 days" in found["sentence"]


def bins(spike: int) -> pl.DataFrame:
    """Lengths of stay at CEN, falling off smoothly, with so many more in the last five minutes before four hours."""
    rows = [("ed_length_of_stay", "CEN", minute, round(400 * 0.99 ** (minute - 200))) for minute in range(200, 300)]
    lifted = [(*row[:3], row[3] + (spike // 5 if 236 <= row[2] <= 240 else 0)) for row in rows]
    return pl.DataFrame(lifted, schema=["metric", "site_id", "bin", "n"], orient="row")


def test_a_spike_just_under_four_hours() -> None:
    assert told("spike", bins=bins(0)) == [], "a smooth fall"
    (found,) = told("spike", bins=bins(1500))
    assert found["sentence"] == (
        "2866 waits ended in the last 5 minutes before the limit of 240 minutes, "
        "where their neighbours let expect 1367.2 (2.1 times)"
    )
    assert (found["about"], found["site_id"], found["severity"]) == ("ed_length_of_stay", "CEN", "warn")


def test_few_waits_are_no_spike_however_odd() -> None:
    few = pl.DataFrame({"metric": ["ed_length_of_stay"] * 3, "site_id": ["CEN"] * 3, "bin": [220, 239, 255], "n": [1, 19, 1]})
    assert told("spike", bins=few) == []


MIDNIGHTS = """
    column      at midnight  severity
    arrived_at  1            -
    arrived_at  2            -
    arrived_at  40           warn
    arrived_at  600          fail
"""


@pytest.mark.parametrize(("column", "n", "severity"), drawn(MIDNIGHTS))
def test_midnight_of_the_site(column: str, n: str, severity: str) -> None:
    """23:00 UTC is midnight in London in June, and 00:00 UTC is not."""
    rows = seen(1000)
    at = datetime(2026, 6, 2, 23)
    found = told("midnight", counts=counts("visits", part(rows, int(n), **{column: at})))
    assert [row["severity"] for row in found] == ([] if severity == "-" else [severity])
    assert told("midnight", counts=counts("visits", part(rows, int(n), **{column: at + HOUR}))) == []


def test_dates_are_good_enough_for_a_clock_of_days() -> None:
    rows = [{"sent_at": datetime(2026, 6, day, 23), "recorded_at": datetime(2026, 7, 1)} for day in range(1, 29)]
    assert told("midnight", counts=counts("referrals", rows)) == []


def of_days(offset: timedelta, day: datetime = datetime(2026, 10, 25)) -> list[dict[str, object]]:
    """Twenty calls a day from 8 to 18 by London's clock, 21 days before and after the clocks go back; after it `offset` off."""
    dice = random.Random(1)
    rows = []
    for place, _ in product(range(-21, 22), range(20)):
        utc = day + place * DAY + timedelta(hours=8 + 10 * dice.random() ** 2) - (HOUR if place < 0 else -offset)
        rows.append({"opened_at": utc, "channel": "phone", "queued_at": utc})
    return rows


def test_a_day_that_jumps_when_the_clocks_change() -> None:
    assert told("daylight", counts=counts("contacts", of_days(0 * HOUR))) == []
    (late,) = told("daylight", counts=counts("contacts", of_days(HOUR)))
    (early,) = told("daylight", counts=counts("contacts", of_days(-HOUR)))
    assert late["sentence"] == "the day runs an hour later by the clock since the clocks changed on 2026-10-25"
    assert early["sentence"] == "the day runs an hour earlier by the clock since the clocks changed on 2026-10-25"


def test_a_flat_day_fits_as_well_moved_as_not() -> None:
    rows = [{"opened_at": datetime(2026, 10, 4) + n * 30 * MINUTE, "channel": "bot"} for n in range(48 * 42)]
    assert told("daylight", counts=counts("contacts", rows)) == []


def calls(lost: int, day: datetime, n: int = 40) -> pl.DataFrame:
    """n calls a weekday since August; on one day so many fewer."""
    days = [AS_OF.replace(hour=9) - place * DAY for place in range(90)]
    rows = [(at, n - (lost if at == day else 0)) for at in days if at.weekday() < 5]
    return counts("contacts", ({"opened_at": at + k * MINUTE, "channel": "phone"} for at, many in rows for k in range(many)))


VOLUMES = """
    lost of 40  told
    0           -
    22          -
    30          10 rows on 2026-11-17, where 40 are usual on a Tuesday
    40          0 rows on 2026-11-17, where 40 are usual on a Tuesday
    -60         100 rows on 2026-11-17, where 40 are usual on a Tuesday
"""


@pytest.mark.parametrize(("lost", "sentence"), drawn(VOLUMES))
def test_volume_against_the_usual_of_that_weekday(lost: str, sentence: str) -> None:
    heard = feeds(feed("contacts"), feed("contacts", site_id="CEN"))
    found = told("volume", counts=calls(int(lost), datetime(2026, 11, 17, 9)), freshness=heard)
    assert [row["sentence"] for row in found] == ([] if sentence == "-" else [sentence])


def test_a_holiday_of_the_site_is_no_outage() -> None:
    off = pl.DataFrame({"site_id": "CEN", "day": [(AS_OF - place * DAY).date() for place in range(70)]}).with_columns(
        working=(pl.col("day").dt.weekday() < 6) & (pl.col("day") != datetime(2026, 11, 17).date())
    )
    heard = feeds(feed("contacts"), feed("contacts", site_id="CEN"))
    assert told("volume", counts=calls(40, datetime(2026, 11, 17, 9)), freshness=heard, working_days=off) == []


def test_data_that_are_old_altogether() -> None:
    assert told("as of", now=AS_OF + timedelta(hours=36)) == []
    assert [row["sentence"] for row in told("as of", now=AS_OF + timedelta(hours=49))] == ["the data are 2 days old"]


def tallies(*rows: dict[str, object]) -> pl.DataFrame:
    base = {"tally_id": "t", "site_id": "ENG", "service_id": "all", "source": "rtt", "period_start": datetime(2025, 3, 1),
            "day": datetime(2025, 3, 1).date(), "numerator": None, "denominator": None, "bin_lower": None, "bin_upper": None,
            "count": None, "published": None, "published_value": None}  # fmt: skip
    numbers = dict.fromkeys(("numerator", "denominator", "bin_lower", "bin_upper", "count", "published_value"), pl.Float64)
    return pl.DataFrame([{**base, **row} for row in rows], schema_overrides={**numbers, "published": pl.String})


def the_list(closing: int) -> pl.DataFrame:
    """England's list of March 2025 (golden vector 12): clocks stopped by admission and without."""
    parts = [("opening", 7_402_148), ("in", 1_798_503), ("out", 1_207_339), ("out", 327_477), ("closing", closing)]
    return tallies(*({"metric": f"rtt_list_{part}", "count": count, "tally_id": f"{part}{count}"} for part, count in parts))


def test_a_list_that_does_not_add_up() -> None:
    (found,) = told("list", tallies=the_list(7_420_899))
    assert found["sentence"] == "March 2025: 244936 of 7402148 (3.3 %) left the list without a recorded stop"
    assert (found["n"], found["total"], round(100 * found["n"] / found["total"], 2)) == (244_936, 7_402_148, 3.31)
    assert told("list", tallies=the_list(7_665_835)) == []
    (more,) = told("list", tallies=the_list(7_800_000))
    assert "are on it without a recorded start" in more["sentence"]
    assert told("list", tallies=the_list(0).filter(pl.col("metric") != "rtt_list_closing")) == [], "no list without its end"


PUBLISHED = """
    median   told
    1.5      -
    1.4999   1 of 1 published quantiles are not those of their own bins, by up to 0.0
    1.6      1 of 1 published quantiles are not those of their own bins, by up to 0.1
    2        -
    3        1 of 1 published quantiles are not those of their own bins, by up to 1.5
"""


@pytest.mark.parametrize(("median", "sentence"), drawn(PUBLISHED))
def test_published_medians_against_their_own_bins(median: str, sentence: str) -> None:
    """10 within a week, 20 in the second, 10 in the third: the median is 1.5; whole weeks may be rounded."""
    waits = [
        {"metric": "w", "bin_lower": n, "bin_upper": n + 1, "count": count, "tally_id": f"b{n}"}
        for n, count in enumerate((10, 20, 10))
    ]
    stated = {"metric": "w", "published": "median", "published_value": float(median)}
    found = told("published", tallies=tallies(*waits, stated))
    assert [row["sentence"] for row in found] == ([] if sentence == "-" else [sentence])


def test_every_check_says_all_there_is_to_say() -> None:
    assert len({check.code for check in CHECKS}) == len({check.name for check in CHECKS}) == len(CHECKS)
    assert [check.code for check in CHECKS] == sorted(check.code for check in CHECKS)
    for check in CHECKS:
        assert all(text.endswith(".") for text in (check.what, check.why, check.next_step)), check.code
        assert check.thresholds and all(one.reason and one.value for one in check.thresholds), check.code


def test_counts_are_of_rows_that_have_a_name() -> None:
    """A finding's examples are ids of events; the newest months come first, and no patient is named."""
    old = part(seen(60), 10, seen_at=None)
    new = [{**row, **{name: row[name] + 60 * DAY for name in ("arrived_at", "triaged_at", "departed_at")}, "visit_id": f"n{place}",
            "seen_at": None} for place, row in enumerate(seen(60))]  # type: ignore[operator]  # fmt: skip
    (found,) = told("missing", counts=counts("visits", [*old, *new]))
    assert found["examples"] == ["n0", "e0000"]


def test_a_query_that_could_not_be_counted() -> None:
    assert told("counted", broken={}) == []
    (found,) = told("counted", broken={"my_metric": "no column named wiat"})
    assert (found["about"], found["sentence"], found["severity"]) == ("my_metric", "no column named wiat", "fail")
