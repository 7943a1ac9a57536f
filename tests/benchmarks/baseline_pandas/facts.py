"""Facts in pandas: each table's rows with their clocks worked out, and what counts in which metric."""

import numpy as np
import pandas as pd

from tests.benchmarks.baseline_pandas.figures import Results
from tests.benchmarks.baseline_pandas.given import Given

SECOND = pd.Timedelta(seconds=1)


def seconds_between(start: pd.Series, stop: pd.Series) -> pd.Series:
    return (stop - start) // SECOND


def add_wait(
    facts: pd.DataFrame, metric: str, where: pd.Series, start: pd.Series, stop: pd.Series, left: pd.Series, as_of: pd.Timestamp,
    wait: pd.Series | None = None,
) -> None:  # fmt: skip
    """Add `<metric>_wait` and `<metric>_end`; elapsed seconds unless the wait is given."""
    finish = stop.fillna(left).fillna(as_of)
    holds = where & (finish >= start)
    measured = seconds_between(start, finish) if wait is None else wait
    ending = np.select([stop.notna(), left.notna()], ["done", "left"], "open")
    facts[f"{metric}_wait"] = measured.where(holds).astype("Int64")
    facts[f"{metric}_end"] = pd.Series(ending, index=facts.index).where(holds).astype("category")


def make_appointments(given: Given, results: Results) -> None:
    facts = given.events("appointments")
    start, status, as_of = facts["scheduled_start"], facts["status"], given.as_of
    facts["day"], facts["booked_day"] = given.local_day(facts, start), given.local_day(facts, facts["booked_at"])
    attended = facts.loc[(status == "fulfilled") & facts["patient_key"].notna(), ["patient_key", "scheduled_start"]]
    following = attended.drop_duplicates().sort_values(["patient_key", "scheduled_start"])
    following["next_visit_at"] = following.groupby("patient_key", sort=False)["scheduled_start"].shift(-1)
    facts = facts.merge(following, on=["patient_key", "scheduled_start"], how="left")
    facts["next_visit_at"] = facts["next_visit_at"].where(status == "fulfilled")
    never = pd.Series(pd.NaT, index=facts.index, dtype=start.dtype)
    here = facts["modality"].fillna("in_person").eq("in_person") & status.ne("entered-in-error")
    stamped = facts["roomed_at"].notna() | facts["seen_at"].isna()
    add_wait(facts, "checkin_to_room", here & stamped, facts["arrived_at"], facts["roomed_at"], facts["ended_at"], as_of)
    add_wait(facts, "room_to_provider", here, facts["roomed_at"], facts["seen_at"], facts["ended_at"], as_of)
    booked = ~facts["walk_in"].astype("boolean").fillna(False).astype(bool)
    made = booked & ~status.isin(["cancelled", "entered-in-error", "proposed", "waitlist"])
    days = (facts["day"] - facts["booked_day"]).dt.days
    add_wait(facts, "lead_time", made, facts["booked_at"], start, never, as_of, wait=days)
    results.take("appointments", "scheduled_start", facts, _appointment_flags(facts, booked, as_of))


def _appointment_flags(facts: pd.DataFrame, booked: pd.Series, as_of: pd.Timestamp) -> dict[str, dict[str, pd.Series]]:
    status, start, booked_at = facts["status"], facts["scheduled_start"], facts["booked_at"]
    due, undecided = status.isin(["arrived", "checked-in", "fulfilled", "noshow"]), status.isin(["booked", "pending"])
    dawn, cancelled = start - pd.Timedelta(hours=24), status == "cancelled"
    known = ~status.isin(["entered-in-error", "proposed", "waitlist"]) & (~cancelled | facts["cancelled_at"].notna())
    standing = booked & known & (booked_at <= dawn) & (~cancelled | (facts["cancelled_at"] > dawn))
    attended, recent = (status == "fulfilled") & facts["patient_key"].notna(), start > as_of - pd.Timedelta(days=90)
    met = status.isin(["arrived", "checked-in", "fulfilled"]) & facts["modality"].notna()
    by_patient = (facts["cancelled_by"] == "patient").fillna(False).astype(bool)
    returned = attended & ~recent & (facts["next_visit_at"] <= start + pd.Timedelta(days=90))
    sameday = booked & booked_at.notna()
    return {
        "no_show_rate": _rate(booked & (status == "noshow"), booked & due, booked & undecided),
        "late_cancellation_rate": _rate(standing & cancelled & by_patient, standing, standing & False),
        "same_day_share": _rate(sameday & due & (facts["booked_day"] == facts["day"]), sameday & due, sameday & undecided),
        "virtual_visit_share": _rate(met & facts["modality"].isin(["video", "phone"]), met, met & False),
        "return_rate_90d": _rate(returned, attended & ~recent, attended & recent),
    }


def _rate(top: pd.Series, bottom: pd.Series, still_open: pd.Series) -> dict[str, pd.Series]:
    parts = {"numerator": top, "denominator": bottom, "completed": bottom, "still_open": still_open}
    return {measure: part.astype(bool) for measure, part in parts.items()}


def make_visits(given: Given, results: Results) -> None:
    facts = given.events("visits")
    facts["day"] = given.local_day(facts, facts["arrived_at"])
    disposition, arrived, left = facts["disposition"].fillna(""), facts["arrived_at"], facts["departed_at"]
    never = pd.Series(pd.NaT, index=facts.index, dtype=arrived.dtype)
    alive = disposition != "dead_on_arrival"
    at_door = alive & (facts["seen_at"].notna() | ~disposition.isin(["discharged", "admitted", "transferred"]))
    add_wait(facts, "door_to_provider", at_door, arrived, facts["seen_at"], left, given.as_of)
    add_wait(facts, "ed_length_of_stay", alive, arrived, left, never, given.as_of)
    decided = left.notna() | facts["disposition"].notna()
    unseen = disposition.isin(["left_before_triage", "left_without_being_seen"])
    unseen |= (disposition == "left_against_advice") & facts["seen_at"].isna()
    flags = {"left_without_being_seen": _rate(alive & decided & unseen, alive & decided, alive & ~decided)}
    results.take("visits", "arrived_at", facts, flags)


def make_contacts(given: Given, results: Results) -> None:
    facts = given.events("contacts")
    facts["day"] = given.local_day(facts, facts["opened_at"])
    phone, queued_at, answered = facts["channel"] == "phone", facts["queued_at"], facts["answered_at"]
    gave_up = facts["abandoned_at"].fillna(facts["callback_requested_at"]).fillna(facts["resolved_at"])
    add_wait(facts, "speed_of_answer", phone, queued_at, answered, gave_up, given.as_of)
    message = (facts["channel"] == "portal") & facts["reply_needed"].astype("boolean").fillna(True).astype(bool)
    theirs = facts.loc[message, ["site_id", "opened_at"]]
    replied = answered.fillna(facts["resolved_at"]).fillna(given.as_of)[message]
    spent = given.open_time(theirs["site_id"], replied) - given.open_time(theirs["site_id"], theirs["opened_at"])
    wait = (spent // SECOND).reindex(facts.index)
    add_wait(facts, "portal_response_time", message, facts["opened_at"], answered, facts["resolved_at"], given.as_of, wait=wait)
    queued = phone & queued_at.notna()
    waiting = queued & answered.isna() & gave_up.isna()
    offered = queued & ~waiting & (answered.notna() | (facts["abandoned_at"] > queued_at + pd.Timedelta(seconds=5)))
    flags = {
        "abandonment_rate": _rate(offered & answered.isna(), offered, waiting),
        "service_level": _rate(offered & (answered <= queued_at + pd.Timedelta(seconds=30)), offered, waiting),
    }
    results.take("contacts", "opened_at", facts, flags)


def make_cases(given: Given, results: Results) -> None:
    facts = given.events("cases")
    site, opened, as_of = facts["site_id"], facts["opened_at"], given.as_of
    facts["day"] = given.local_day(facts, opened)
    never = pd.Series(pd.NaT, index=facts.index, dtype=opened.dtype)
    complaint = facts["kind"] == "complaint"
    told = facts["acknowledged_at"].fillna(facts["resolved_at"])
    final = facts["resolved_at"].mask(facts["reopened_at"] >= facts["resolved_at"])
    before = given.working_days_to(site, facts["day"])
    for metric, stop in {"complaint_acknowledgement_time": told, "complaint_resolution_time": final}.items():
        until = given.working_days_to(site, given.local_day(facts, stop.fillna(as_of)))
        add_wait(facts, metric, complaint, opened, stop, never, as_of, wait=pd.Series(until - before, index=facts.index))
    results.take("cases", "opened_at", facts, {})


def make_the_rest(given: Given, results: Results) -> None:
    """Tables that no metric is computed from yet: facts alone."""
    for table, anchor in {"referrals": "sent_at", "slots": "snapshot_at", "surveys": "sent_at"}.items():
        facts = given.events(table)
        facts["day"] = given.local_day(facts, facts[anchor])
        facts.to_parquet(results.out / f"facts_{table}.parquet", index=False)
