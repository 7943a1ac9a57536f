"""Questions that compare: never crude, with an interval, and each row of drawn patients where it belongs."""

from datetime import date, datetime, timedelta
from math import exp, log, sqrt

import polars as pl
import pytest

from metrics.jobs.intervals import Z
from metrics.workbench.questions import BUILT_IN, load_question
from tests.specs.drawn import World, drawn, generation_of

AS_OF = datetime(2026, 12, 1)


def answer(name: str, texts: dict[str, str], patients: pl.DataFrame | None = None, **given: object) -> list[dict]:
    """The question's rows over drawn events of several tables, each on the UTC day of its anchor."""
    anchors = {"appointments": "scheduled_start", "visits": "arrived_at", "surveys": "sent_at", "referrals": "sent_at",
               "cases": "opened_at", "contacts": "opened_at",
               "tallies": "period_start"}  # fmt: skip
    question = load_question(BUILT_IN / f"{name}.sql")
    events = {table: drawn(table, text) for table, text in texts.items()}
    days = {table: frame.with_columns(day=pl.col(anchors[table]).dt.date()) for table, frame in events.items()}
    if "appointments" in days:
        days["appointments"] = days["appointments"].with_columns(booked_day=pl.col("booked_at").dt.date())
    world = World(as_of=AS_OF) if patients is None else World(as_of=AS_OF, patients=patients)
    with generation_of(days, world) as connection:
        for table in texts:
            connection.execute(f"update facts_{table} set day = {anchors[table]}::date")
        found: pl.DataFrame = connection.sql(question.sql, params=question.bound(given)).pl()
    assert tuple(found.columns) == question.returns
    return found.to_dicts()


# Golden vector 16, bands that have both: days ahead -> reminded (missed, all), others (missed, all)
BANDS = {5: ((40, 173), (29, 62)), 10: ((77, 274), (21, 68)), 20: ((113, 424), (37, 108)), 40: ((91, 359), (35, 92))}


def of_bands(bands: dict[int, tuple[tuple[int, int], tuple[int, int]]]) -> str:
    lines = ["booked_at | scheduled_start | reminder_sent_at | status | walk_in"]
    for days, groups in bands.items():
        booked = date(2026, 7, 31) - timedelta(days=days)
        for sent, (missed, many) in zip(("2026-07-30 09:00", ""), groups, strict=True):
            lines += [f"{booked} 08:00 | 2026-07-31 12:00 | {sent} | noshow |"] * missed
            lines += [f"{booked} 08:00 | 2026-07-31 12:00 | {sent} | fulfilled |"] * (many - missed)
    return "\n".join(lines)


def mantel_haenszel(bands: list[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[float, float, float]:
    """The pooled risk ratio and its interval, worked out band by band as Greenland and Robins wrote it."""
    top = sum(a * n0 / (n1 + n0) for (a, n1), (_, n0) in bands)
    bottom = sum(c * n1 / (n1 + n0) for (_, n1), (c, n0) in bands)
    spread = sum((n1 * n0 * (a + c) - a * c * (n1 + n0)) / (n1 + n0) ** 2 for (a, n1), (c, n0) in bands)
    ratio, off = top / bottom, Z * sqrt(spread / (top * bottom))
    return ratio, exp(log(ratio) - off), exp(log(ratio) + off)


def test_golden_vector_16_reminders_are_compared_among_those_who_booked_equally_far_ahead():
    """Crude, the reminded miss more (26.1 % against 15.1 %); in every band that has both they miss less, and so do all together."""
    alone = {0: ((0, 0), (31, 967)), 2: ((0, 0), (114, 472))}
    found = {row["fewest_days"]: row for row in answer("reminders", {"appointments": of_bands(alone | BANDS)})}
    assert list(found) == [0, 1, 3, 8, 15, 31, None]
    together = found[None]
    assert (together["reminded_missed"], together["reminded"]) == (321, 1230)
    assert (together["others_missed"], together["others"]) == (267, 1769)
    assert together["reminded_missed"] / together["reminded"] > together["others_missed"] / together["others"]
    assert (together["risk_ratio"], together["lower"], together["upper"]) == pytest.approx(mantel_haenszel(list(BANDS.values())))
    assert together["upper"] < 1
    assert all(found[band]["risk_ratio"] < 1 for band in (3, 8, 15, 31))
    assert found[3]["risk_ratio"] == pytest.approx((40 / 173) / (29 / 62))
    assert found[0]["risk_ratio"] is None and found[1]["lower"] is None  # nobody was reminded: nothing to compare


def test_a_band_in_which_the_others_missed_none_has_no_ratio_and_no_interval():
    (band, together) = answer("reminders", {"appointments": of_bands({5: ((1, 4), (0, 4))})})
    assert (band["risk_ratio"], band["lower"], together["risk_ratio"], together["lower"]) == (None, None, None, None)
    assert answer("reminders", {"appointments": "status\nbooked"}) == []


SURVEYS = """
    item    | patient_key | site_id | sent_at          | score | score_min | score_max
    overall | ann         | CEN     | 2026-03-03 09:00 | 5     | 1         | 5
    overall | ben         | CEN     | 2026-03-03 09:00 | 4     | 1         | 5
    overall | cat         | CEN     | 2026-03-03 09:00 | 3     | 1         | 5
    overall | dan         | CEN     | 2026-03-03 09:00 | 1     | 1         | 5
    overall | eve         | CEN     | 2026-03-03 09:00 |       | 1         | 5
    overall | fay         | HAR     | 2026-03-03 09:00 | 5     | 1         | 5
    overall | gus         | CEN     | 2026-03-30 09:00 | 5     | 1         | 5
    staff   | ann         | CEN     | 2026-03-03 09:00 | 1     | 1         | 5
"""
SEEN = """
    patient_key | site_id | scheduled_start  | arrived_at       | seen_at          | status
    ann         | CEN     | 2026-02-27 09:00 | 2026-02-27 09:00 | 2026-02-27 12:00 | fulfilled
    ann         | CEN     | 2026-03-02 09:00 | 2026-03-02 08:30 | 2026-03-02 09:15 | fulfilled
    ben         | CEN     | 2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-02 09:16 | fulfilled
    cat         | CEN     | 2026-03-02 09:00 | 2026-03-02 09:05 | 2026-03-02 09:20 | fulfilled
    eve         | CEN     | 2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-02 09:10 | fulfilled
    fay         | CEN     | 2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-02 09:10 | fulfilled
    gus         | CEN     | 2026-03-02 09:00 | 2026-03-02 09:00 | 2026-03-02 09:10 | fulfilled
"""
ARRIVED = """
    patient_key | site_id | arrived_at       | seen_at
    dan         | CEN     | 2026-03-02 09:00 | 2026-03-02 11:00
"""


def test_satisfaction_stands_beside_the_wait_of_the_newest_visit_before_the_survey():
    """Ann's 15 minutes run from the appointed time; eve said nothing; fay was elsewhere; gus was there four weeks before."""
    rows = answer("satisfaction_by_wait", {"surveys": SURVEYS, "appointments": SEEN, "visits": ARRIVED})
    assert [(row["waited"], row["satisfied"], row["answers"]) for row in rows] == [
        ("up to 15 minutes", 1, 2), ("15 to 30", 1, 1), ("1 to 2 hours", 0, 1),
    ]  # fmt: skip
    assert (rows[2]["share"], rows[2]["lower"]) == (0, 0) and rows[2]["upper"] == pytest.approx(0.7935, abs=1e-4)


def test_who_comes_back_stands_beside_what_they_said():
    visits = """
        patient_key | scheduled_start  | status
        ann         | 2026-03-02 09:00 | fulfilled
        ann         | 2026-08-30 09:00 | fulfilled
        ben         | 2026-08-31 09:00 | fulfilled
        cat         | 2026-03-04 09:00 | noshow
        dan         | 2026-03-04 09:00 | fulfilled
    """
    rows = answer("return_by_satisfaction", {"surveys": SURVEYS, "appointments": visits})
    assert [(row["answer"], row["returned"], row["answers"]) for row in rows] == [
        ("satisfied", 1, 4), ("between", 0, 1), ("dissatisfied", 1, 1),
    ]  # fmt: skip
    assert answer("return_by_satisfaction", {"surveys": SURVEYS, "appointments": visits}, days=365) == []  # not over yet


def test_a_funnel_says_how_far_how_long_and_how_old():
    rows = answer("referral_funnel", {"referrals": """
        sent_at          | accepted_at      | scheduled_at     | seen_at          | note_returned_at | closed_at
        2026-11-01 00:00 | 2026-11-03 00:00 | 2026-11-04 00:00 | 2026-11-14 00:00 | 2026-11-15 00:00 | 2026-11-15 00:00
        2026-11-01 00:00 | 2026-11-05 00:00 |                  | 2026-11-10 00:00 |                  |
        2026-11-01 00:00 | 2026-11-11 00:00 |                  |                  |                  |
        2026-11-01 00:00 |                  |                  |                  |                  | 2026-11-02 00:00
        2026-11-21 00:00 |                  |                  |                  |                  |
    """})  # fmt: skip
    told = {row["stage"]: row for row in rows}
    assert [row["reached"] for row in rows] == [5, 3, 2, 2, 1]
    assert told["accepted"]["share_of_sent"] == 0.6 and told["note returned"]["share_of_stage_before"] == 0.5
    assert told["accepted"]["median_days_from_stage_before"] == 4
    assert [(row["stuck"], row["median_days_stuck"]) for row in rows] == [(1, 10), (1, 20), (0, None), (1, 21), (0, None)]


def test_a_moving_year_holds_only_referrals_old_enough_and_ages_those_not_seen():
    """The week that ends on Sunday 29 November 2026: sent from 2 September 2025 to 31 August 2026."""
    (week,) = answer("days_to_appointment_moving", {"referrals": """
        sent_at          | seen_at          | closed_at
        2026-08-31 09:00 | 2026-09-10 09:00 | 2026-09-10 09:00
        2026-08-31 09:00 |                  |
        2026-08-31 09:00 |                  | 2026-09-10 09:00
        2026-09-01 09:00 | 2026-09-02 09:00 |
        2025-09-01 09:00 | 2025-09-03 09:00 |
        2025-09-02 09:00 | 2025-09-22 09:00 |
        2026-08-30 09:00 | 2026-11-30 09:00 | 2026-11-30 09:00
    """}, weeks=1)  # fmt: skip
    assert (week["week_ending"], week["referrals"], week["not_seen"]) == (date(2026, 11, 29), 4, 2)
    assert week["median_days"] == 55  # 10, 20, 90 and 91 days
    assert week["share_within_90_days"] == 0.75


def test_ecat_is_standardised_within_sites_of_a_size_and_stratum_by_stratum():
    """Two sites of one size: 1 of 2 and 0 of 2 late; z is 0.707 either side. The one with children's visits stands alone there."""
    visits = """
        visit_id | patient_key | site_id | arrived_at       | roomed_at        | departed_at      | disposition | observation_stay
        a        | ann         | CEN     | 2025-03-02 09:00 | 2025-03-02 10:01 | 2025-03-02 11:00 |             |
        b        | ann         | CEN     | 2025-03-02 09:00 | 2025-03-02 10:00 | 2025-03-02 11:00 |             |
        c        | ann         | HAR     | 2025-03-02 09:00 | 2025-03-02 09:10 | 2025-03-02 17:00 |             |
        d        | ann         | HAR     | 2025-03-02 09:00 | 2025-03-02 09:10 | 2025-03-02 19:00 |             | yes
        e        | kid         | HAR     | 2025-03-02 09:00 | 2025-03-02 09:10 | 2025-03-02 18:00 |             |
        f        | ann         | HAR     | 2025-03-02 09:00 |                  |                  |             |
        g        | ann         | HAR     | 2026-03-02 09:00 | 2026-03-02 12:00 | 2026-03-02 18:00 |             |
    """
    ages = [{"patient_key": "ann", "age_band": "35-49"}, {"patient_key": "kid", "age_band": "0-17"}]
    patients = pl.DataFrame(ages, schema=World().patients.schema)
    rows = answer("ecat_by_volume", {"visits": visits}, patients)
    told = [(row["stratum"], row["site_id"], row["late"], row["visits"], row["sites_in_band"]) for row in rows]
    assert told == [("18 and over", "CEN", 1, 2, 2), ("18 and over", "HAR", 0, 2, 2), ("under 18", "HAR", 1, 1, 1)]
    assert [row["z"] for row in rows] == [pytest.approx(sqrt(0.5)), pytest.approx(-sqrt(0.5)), None]


def test_authorisations_are_reported_with_the_mean_beside_the_median():
    """Standard: 2, 7 and 8 calendar days and one undecided past its week; expedited: 72 hours exactly, and a second more."""
    rows = answer("prior_authorisations", {"cases": """
        kind                | urgency | opened_at        | resolved_at         | outcome  | extended
        prior_authorization |         | 2026-03-02 09:00 | 2026-03-04 09:00:00 | approved |
        prior_authorization | routine | 2026-03-02 09:00 | 2026-03-09 23:00:00 | approved | yes
        prior_authorization | routine | 2026-03-02 09:00 | 2026-03-10 09:00:00 | denied   |
        prior_authorization | routine | 2026-11-01 09:00 |                     |          |
        prior_authorization | routine | 2026-11-30 09:00 |                     |          |
        prior_authorization | urgent  | 2026-03-02 09:00 | 2026-03-05 09:00:00 | approved |
        prior_authorization | urgent  | 2026-03-02 09:00 | 2026-03-05 09:00:01 | denied   |
        prior_authorization | urgent  | 2025-12-31 09:00 | 2026-01-05 09:00:00 | denied   |
        billing             | urgent  | 2026-03-02 09:00 | 2026-03-05 09:00:00 | approved |
    """}, since=date(2026, 1, 1), until=date(2026, 12, 31))  # fmt: skip
    standard, expedited = rows
    assert [standard[name] for name in ("requests", "decided", "approved", "denied", "approved_after_extension")] == [5, 3, 2, 1, 1]
    assert (standard["share_approved"], standard["decided_in_time"], standard["share_in_time"]) == (pytest.approx(2 / 3), 2, 0.5)
    assert standard["median_days"] == pytest.approx(7 + 14 / 24)
    assert standard["mean_days"] == pytest.approx((2 + 7 + 14 / 24 + 8) / 3)
    assert (expedited["requests"], expedited["decided_in_time"], expedited["share_in_time"]) == (2, 1, 0.5)


def test_after_hours_is_when_the_site_is_closed():
    """Monday 2 March 2026, nine to five in London; Saturday is closed, and so is the moment of closing."""
    contacts = """
        channel | site_id | opened_at
        phone   | CEN     | 2026-03-02 08:59:59
        phone   | CEN     | 2026-03-02 09:00:00
        phone   | CEN     | 2026-03-02 16:59:59
        phone   | CEN     | 2026-03-02 17:00:00
        portal  | CEN     | 2026-03-07 12:00:00
        portal  | HAR     | 2026-03-02 17:00:00
        portal  | XYZ     | 2026-03-07 12:00:00
    """
    rows = answer("after_hours", {"contacts": contacts}, since=date(2026, 1, 1))
    assert [(row["channel"], row["after_hours"], row["contacts"]) for row in rows] == [("phone", 2, 4), ("portal", 1, 2)]
    assert rows[0]["lower"] == pytest.approx(0.1500, abs=1e-4)


def test_a_mean_from_sums_divides_the_sums():
    """10 calls that waited 100 seconds together and 90 that waited 4,500: 46 seconds, not the average of 10 and 50."""
    sums = """
        metric                  | service_id | period_start     | count
        acd_answered            | main       | 2026-03-02 09:00 | 10
        acd_answer_wait_seconds | main       | 2026-03-02 09:00 | 100
        acd_answered            | main       | 2026-03-02 09:30 | 90
        acd_answer_wait_seconds | main       | 2026-03-02 09:30 | 4500
        acd_answered            | spare      | 2026-03-02 09:30 | 5
        acd_answer_wait_seconds | empty      | 2026-03-02 09:30 | 0
    """
    (row,) = answer("mean_speed_of_answer", {"tallies": sums})
    assert (row["queue"], row["answered"], row["mean_seconds"]) == ("main", 100, 46)
