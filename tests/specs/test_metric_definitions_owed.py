"""What the metrics of owed work count: complaints by the rules of five regimes, reopening, bills, authorisations, records."""

from datetime import date, datetime

import pytest

from tests.specs.drawn import World

COMPLAINTS = """
    kind      | opened_at        | acknowledged_at  | resolved_at      | reopened_at      | extended
    complaint | 2026-03-06 16:00 | 2026-03-10 09:00 | 2026-03-13 09:00 |                  |
    complaint | 2026-03-06 16:00 | 2026-03-11 09:00 | 2026-03-20 09:00 |                  |
    complaint | 2026-03-06 16:00 | 2026-03-12 09:00 | 2026-03-23 09:00 |                  | no
    complaint | 2026-03-06 16:00 |                  | 2026-04-05 09:00 |                  |
    complaint | 2026-03-06 16:00 | 2026-03-06 17:00 | 2026-04-06 09:00 |                  | yes
    complaint | 2026-03-06 16:00 | 2026-03-09 17:00 | 2026-03-10 09:00 | 2026-03-20 09:00 |
    complaint | 2026-03-06 16:00 | 2026-03-09 17:00 |                  |                  |
    billing   | 2026-03-06 16:00 | 2026-03-06 17:00 | 2026-03-09 09:00 |                  |
"""
APRIL = World(as_of=datetime(2026, 4, 30, 12))


def test_acknowledgement_by_regime(counted):
    # working days to the acknowledgement: 2, 3, 4, none before the answer on a Sunday (20), 0, 1, 1
    assert counted(COMPLAINTS, "complaint_acknowledgement_time", "complaint_acknowledgement_wales", world=APRIL) == {
        "complaint_acknowledgement_time": (5, 7, 0),
        "complaint_acknowledgement_wales": (4, 7, 0),
    }


def test_resolution_by_regime(counted, medians):
    # to the answer: 5, 10, 11, 20 and 21 working days; 7, 14, 17, 30 and 31 calendar days; one reopened, one unanswered, both open
    regimes = (
        "complaint_resolution_northern_ireland", "complaint_resolution_time", "complaint_resolution_wales",
        "grievance_response_time", "plan_grievance_time",
    )  # fmt: skip
    assert counted(COMPLAINTS, *regimes, world=APRIL) == {
        "complaint_resolution_northern_ireland": (2, 7, 2),
        "complaint_resolution_time": (4, 7, 2),
        "complaint_resolution_wales": (5, 7, 2),
        "grievance_response_time": (1, 7, 2),
        "plan_grievance_time": (4, 6, 2),  # the extended one has 44 days
    }
    assert medians(COMPLAINTS, "grievance_response_time", world=APRIL) == {"grievance_response_time": (17.0, 5, 2)}


def test_the_first_answer_stops_its_own_clock(counted):
    assert counted(COMPLAINTS, "complaint_first_answer_time", world=APRIL) == {"complaint_first_answer_time": (5, 7, 1)}


def test_reopened_within_30_days_of_a_matured_answer(counted):
    rows = """
        kind      | opened_at        | resolved_at      | reopened_at
        complaint | 2026-03-02 09:00 | 2026-03-10 09:00 | 2026-04-09 09:00
        complaint | 2026-03-02 09:00 | 2026-03-10 09:00 | 2026-04-09 09:01
        complaint | 2026-03-02 09:00 | 2026-03-20 09:00 | 2026-03-12 09:00
        complaint | 2026-03-02 09:00 | 2026-03-31 12:00 |
        complaint | 2026-03-02 09:00 | 2026-03-31 12:01 | 2026-04-02 09:00
        complaint | 2026-03-02 09:00 |                  |
        billing   | 2026-03-02 09:00 | 2026-03-10 09:00 | 2026-03-11 09:00
    """
    # the third was reopened, and answered once more since
    assert counted(rows, "complaint_reopen_rate", world=APRIL) == {"complaint_reopen_rate": (2, 4, 1)}


def test_complaints_are_counted_by_local_month(figures):
    rows = """
        kind      | opened_at
        complaint | 2026-03-31 22:59
        complaint | 2026-03-31 23:01
        billing   | 2026-03-31 12:00
    """
    found = [figures("complaints_received", "count", rows, month=date(2026, month, 1))["value"] for month in (3, 4)]
    assert found == [1, 1]  # in London summer time 23:01 UTC is April


def test_billing_inquiries(counted, medians):
    rows = """
        kind      | opened_at        | acknowledged_at  | resolved_at      | reopened_at
        billing   | 2026-03-06 16:00 | 2026-03-10 09:00 | 2026-03-20 09:00 |
        billing   | 2026-03-06 16:00 | 2026-03-11 09:00 | 2026-03-11 09:00 |
        billing   | 2026-03-06 16:00 |                  | 2026-03-09 09:00 | 2026-03-12 09:00
        complaint | 2026-03-06 16:00 | 2026-03-06 17:00 | 2026-03-09 09:00 |
    """
    assert counted(rows, "billing_inquiry_response_time") == {"billing_inquiry_response_time": (2, 3, 0)}
    assert medians(rows, "billing_inquiry_resolution_time") == {"billing_inquiry_resolution_time": (6.5, 2, 1)}  # 10 and 3 days


def test_prior_authorisations_by_urgency(counted, medians):
    rows = """
        kind                | urgency   | opened_at        | resolved_at      | outcome
        prior_authorization | routine   | 2026-03-02 23:00 | 2026-03-09 01:00 | approved
        prior_authorization |           | 2026-03-02 09:00 | 2026-03-10 09:00 | denied
        prior_authorization | routine   | 2026-03-02 09:00 |                  |
        prior_authorization | urgent    | 2026-03-02 09:00 | 2026-03-05 09:00 | approved
        prior_authorization | urgent    | 2026-03-02 09:00 | 2026-03-05 09:01 |
        records             | routine   | 2026-03-02 09:00 | 2026-03-03 09:00 | approved
    """
    metrics = ("prior_authorisation_standard", "prior_authorisation_expedited", "prior_authorisation_approved")
    assert counted(rows, *metrics, world=APRIL) == {
        "prior_authorisation_standard": (1, 3, 1),  # 7 and 8 calendar days; the open one is over
        "prior_authorisation_expedited": (1, 2, 0),
        "prior_authorisation_approved": (2, 3, 1),
    }


@pytest.mark.parametrize(
    ("metric", "mean", "n", "still_open"),
    [("prior_authorisation_standard", 7.5, 2, 1), ("prior_authorisation_expedited", 61 + 1 / 60, 2, 0)],
)
def test_the_rule_asks_for_the_mean_of_decisions_too(figures, metric, mean, n, still_open):
    found = figures(metric, "mean_wait", """
        kind                | urgency   | opened_at        | resolved_at
        prior_authorization | routine   | 2026-03-02 23:00 | 2026-03-09 01:00
        prior_authorization | routine   | 2026-03-02 09:00 | 2026-03-10 09:00
        prior_authorization | routine   | 2026-03-02 09:00 |
        prior_authorization | urgent    | 2026-03-02 09:00 | 2026-03-07 09:02
        prior_authorization | urgent    | 2026-03-02 09:00 | 2026-03-02 11:00
    """, APRIL)  # fmt: skip
    assert (found["value"], found["n"], found["still_open"]) == (pytest.approx(mean), n, still_open)
    assert (found["lower"], found["upper"]) == (None, None), "waits are skewed: no interval is told of their mean"


def test_of_nobody_decided_there_is_no_mean(figures):
    found = figures("prior_authorisation_standard", "mean_wait", """
        kind                | urgency | opened_at
        prior_authorization | routine | 2026-03-02 09:00
    """, APRIL)  # fmt: skip
    assert (found["value"], found["n"], found["still_open"]) == (None, 0, 1)


def test_authorisations_denied_and_approved_after_more_time(counted):
    rows = """
        kind                | opened_at        | resolved_at      | outcome  | extended
        prior_authorization | 2026-03-02 09:00 | 2026-03-03 09:00 | approved | yes
        prior_authorization | 2026-03-02 09:00 | 2026-03-03 09:00 | approved | no
        prior_authorization | 2026-03-02 09:00 | 2026-03-03 09:00 | denied   | yes
        prior_authorization | 2026-03-02 09:00 | 2026-03-03 09:00 | approved |
        prior_authorization | 2026-03-02 09:00 | 2026-03-03 09:00 |          |
        prior_authorization | 2026-03-02 09:00 |                  |          |
    """
    assert counted(rows, "prior_authorisation_denied", "prior_authorisation_extended", world=APRIL) == {
        "prior_authorisation_denied": (1, 4, 1),
        "prior_authorisation_extended": (1, 4, 1),
    }


def test_records_are_owed_within_30_calendar_days(counted):
    rows = """
        kind    | opened_at        | resolved_at
        records | 2026-03-02 09:00 | 2026-04-01 20:00
        records | 2026-03-02 09:00 | 2026-04-02 09:00
        records | 2026-03-02 09:00 |
        other   | 2026-03-02 09:00 | 2026-03-03 09:00
    """
    assert counted(rows, "records_request_time", world=APRIL) == {"records_request_time": (1, 3, 1)}
