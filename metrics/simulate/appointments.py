"""Booked appointments as the EHR exports them: one row an appointment, its state at the data's now."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from metrics.simulate import bookings, rates, sessions
from metrics.simulate.bookings import ATTENDED, MISSED, Bookings, Clinic
from metrics.simulate.days import DAY, HOUR, MINUTE
from metrics.simulate.people import hospital_numbers, yes_no
from metrics.simulate.places import Site, department
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.sessions import Flow
from metrics.simulate.world import World
from metrics.simulate.writing import local, utc
from metrics.simulate.wrong import with_wrong_rows

SOURCE = "ehr_appointments"
STAMPS = "%Y-%m-%d %H:%M"  # local, to the minute, without an offset
SCHEDULED, COMPLETED, CANCELLED, NO_SHOW, LEFT_UNSEEN, ARRIVED = 1, 2, 3, 4, 5, 6  # the EHR's status codes
CHANNELS = ("PORTAL", "PHONE", "DESK", "OTHER", "REF")
MODALITIES = ("F2F", "VID", "TEL")
CANCELLED_BY = ("", "", "PAT", "PROV")
CLINIC_CLOSES = 18.5 * HOUR


@dataclass(frozen=True)
class Booked:
    """The appointments of one service at one site, everything that will happen included, and the feed's own now."""

    clinic: Clinic
    rows: Bookings
    flow: Flow
    now: float

    def where(self, wanted: np.ndarray) -> "Booked":
        flow = Flow(*(column[wanted] for column in vars(self.flow).values()))
        return Booked(self.clinic, self.rows.where(wanted), flow, self.now)

    @property
    def numbers(self) -> Ints:
        """Appointment numbers, unique over all departments."""
        return department(self.clinic.place.site_id, self.clinic.service_id) * 10**8 + self.rows.number


def booked_at(world: World, place: Site, service_id: str) -> Booked:
    """Runs the bookings and the clinic days of one service at one site; those that are made by now."""
    booked = all_booked(world, place, service_id)
    return booked.where(booked.rows.booked <= booked.now)


def all_booked(world: World, place: Site, service_id: str) -> Booked:
    """Every booking, those made after now too. The feed's own now is earlier where it died."""
    clinic = Clinic.of(world, place, service_id)
    rows, slot = sessions.in_slots(clinic, bookings.all_bookings(clinic))
    flow = sessions.flow(clinic, rows, slot)
    opens = clinic.midnight[rows.day] + 8 * HOUR
    today = opens + clinic.dice.random(len(rows)) * np.maximum(flow.scheduled - 10 * MINUTE - opens, 0)
    booked = np.where(rows.walk_in, flow.arrived, np.where(rows.lead == 0, today, rows.booked))
    rows = replace(rows, booked=booked, requested=np.where(np.isfinite(rows.requested), rows.requested, booked))
    dead = world.plan.named("dead_feed", place.site_id, service_id)
    now = dead.begins if dead else world.now
    return Booked(clinic, rows, flow, now)


def write(booked: Booked) -> None:
    """Adds the appointments that survive the thinning to the site's yearly files."""
    kept = booked.where(booked.rows.kept)
    place = booked.clinic.place
    dice = booked.clinic.world.dice("appointments_raw", place.site_id, booked.clinic.service_id)
    before = {"STATUS": SCHEDULED, "LAST_UPDATE_UTC": pl.col("_said"), **dict.fromkeys(OUTCOME_COLUMNS)}
    raw = with_wrong_rows(
        _raw(kept, dice), dice, late="VISIT_END_DTTM", early="CHECKIN_DTTM", empty="ROOMED_DTTM", status="STATUS", before=before
    )
    booked.clinic.world.files.add_by_year(SOURCE, f"appointments_{place.site_id}", raw.drop("_said"), STAMPS, "APPT_DTTM")


OUTCOME_COLUMNS = ("CANC_DTTM", "CANC_BY", "REMINDER_DTTM", "CHECKIN_DTTM", "ROOMED_DTTM", "PROV_ENTER_DTTM", "VISIT_END_DTTM")


def _raw(booked: Booked, dice: np.random.Generator) -> pl.DataFrame:
    rows, flow, clinic, now = booked.rows, booked.flow, booked.clinic, booked.now
    dept, zone = department(clinic.place.site_id, clinic.service_id), clinic.place.zone
    known, status = _known(booked, dice)
    stamps = {"CANC_DTTM": rows.cancelled, "REMINDER_DTTM": rows.reminded, "CHECKIN_DTTM": flow.arrived,
              "ROOMED_DTTM": flow.roomed, "PROV_ENTER_DTTM": flow.seen, "VISIT_END_DTTM": flow.ended}  # fmt: skip
    stamps = {name: np.where(at <= now, at, np.nan) for name, at in stamps.items()}
    last = np.fmax.reduce([rows.booked, *stamps.values()]) + dice.uniform(0, 3 * MINUTE, len(rows))
    said = np.minimum(np.where(known <= now, np.fmax(known, last), last), now)
    text = {name: local(at, zone) for name, at in stamps.items()}
    replaces = np.where(rows.replaces < 0, np.nan, dept * 10.0**8 + rows.replaces)
    numbers = pl.DataFrame({"n": booked.numbers, "old": replaces}).select(
        id=pl.format("A{}", "n"), old=pl.format("A{}", pl.col("old").fill_nan(None).cast(pl.Int64))
    )
    return pl.DataFrame({
        "APPT_ID": numbers["id"], "PAT_ID": hospital_numbers(rows.patient), "DEPT_ID": np.full(len(rows), dept),
        "PROV_ID": rows.provider + dept * 1000, "VISIT_TYPE": np.where(rows.new, "NEW", "FU"),
        "MODE_CD": _words(MODALITIES, rows.modality), "SCHED_SOURCE": _words(CHANNELS, rows.channel),
        "REQUEST_DTTM": local(rows.requested, zone), "APPT_MADE_DTTM": local(rows.booked, zone),
        "APPT_DTTM": local(flow.scheduled, zone), "APPT_LENGTH": np.full(len(rows), clinic.service.minutes),
        "STATUS": status, "CANC_DTTM": text["CANC_DTTM"],
        "CANC_BY": _words(CANCELLED_BY, np.where(np.isfinite(stamps["CANC_DTTM"]), rows.outcome, 0)),
        "RESCHED_FROM_ID": numbers["old"], "REMINDER_DTTM": text["REMINDER_DTTM"], "WALK_IN_YN": yes_no(rows.walk_in),
        **{name: text[name] for name in OUTCOME_COLUMNS[3:]}, "LAST_UPDATE_UTC": utc(said),
        "_said": utc(np.minimum(rows.booked, said)),
    })  # fmt: skip


def _known(booked: Booked, dice: np.random.Generator) -> tuple[Floats, Ints]:
    """When the final status was keyed, and the status as it stands now. A few are keyed days later."""
    rows, flow, many = booked.rows, booked.flow, len(booked.rows)
    closed = booked.clinic.midnight[rows.day] + CLINIC_CLOSES + dice.uniform(0, HOUR, many)
    known = np.select([rows.outcome == ATTENDED, rows.outcome == MISSED], [flow.ended + dice.uniform(0, 5 * MINUTE, many), closed],
                      rows.cancelled + 30)  # fmt: skip
    late = (dice.random(many) < rates.LATE_STATUS) & (rows.outcome <= MISSED)
    known = known + late * dice.exponential(rates.LATE_STATUS_DAYS * DAY, many)
    outcomes = [flow.left_unseen, rows.outcome == ATTENDED, rows.outcome == MISSED]
    final = np.select(outcomes, [LEFT_UNSEEN, COMPLETED, NO_SHOW], CANCELLED)
    so_far = np.where(flow.arrived <= booked.now, ARRIVED, SCHEDULED)
    return known, np.where(known <= booked.now, final, so_far)


def _words(words: tuple[str, ...], codes: Ints) -> pl.Series:
    """Code words by number; empty words are null."""
    return pl.Series(codes).replace_strict(dict(enumerate(word or None for word in words)), return_dtype=pl.String)
