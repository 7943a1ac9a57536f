"""Every limit of the board, once, with its unit and its reason. A test holds those of a metric to the catalogue."""

from datetime import timedelta

DOOR_TO_PROVIDER = timedelta(minutes=60)  # `within` of the metric door_to_provider
DEPARTURE = timedelta(hours=4)  # the four hours of the metric ae_within_4h
ANSWER = timedelta(seconds=30)  # of the metric service_level
SHORT_ABANDON = timedelta(seconds=5)  # of the metric service_level: a caller who gives up sooner did not wait

SOON = timedelta(minutes=30)  # a breach nearer than this can still be prevented, and is listed
LATE = timedelta(minutes=15)  # past its start, an appointment whose patient has not come is late
FORGOTTEN = timedelta(hours=48)  # open for longer than this is a missing stamp, not a person in the department: counted apart
CALL_FORGOTTEN = timedelta(hours=2)  # the same of a call: no caller holds for longer
AGE_BANDS = (60, 120, 240)  # minutes: the first hour, the second, and the four hours of the standard

MESSAGES_OWED = ("portal_response_time", "email_response_time", "sms_response_opening_hours")
CASES_OWED = (
    "complaint_acknowledgement_time", "complaint_resolution_time", "prior_authorisation_expedited", "prior_authorisation_standard",
    "records_request_time", "billing_inquiry_response_time",
)  # fmt: skip
"""Metrics whose `within` is the limit of an answer that is owed, each on its own clock."""
OWED_SOON = {"elapsed": 7200, "business": 7200, "working_days": 0, "calendar_days": 0}
"""What is left of a limit when it is about to pass, in ticks of the clock: two hours, or the last day: an answer takes longer to
write than a patient takes to be called in."""
USUAL_WEEKS = 8  # the same weekday of so many weeks is what is usual: two months, in which a season moves little
LEAST_DAYS = 4  # of those, under which nothing is called usual
