"""What the simulated provider's systems say as it happens: HL7 v2 messages, ADT of emergency visits and SIU of appointments."""

import numpy as np
import polars as pl

from metrics.simulate import emergency
from metrics.simulate.appointments import CLINIC_CLOSES, Booked
from metrics.simulate.bookings import CANCELLED_BY_PATIENT, MISSED
from metrics.simulate.days import HOUR
from metrics.simulate.extracts import seconds
from metrics.simulate.people import hospital_numbers
from metrics.simulate.places import EMERGENCY, department
from metrics.simulate.queues import Floats
from metrics.simulate.writing import utc

MESSAGES = {"at": pl.Int64(), "turn": pl.Int32(), "text": pl.String()}
"""at: UTC seconds at which it happened. turn: the order of what happens to a case in one second."""
STAMP = "%Y%m%d%H%M%S+0000"
MODES = {"1": "F", "2": "A", "3": "H", "4": "O", "9": "U"}  # the EHR's arrival modes in table 0430
ENDINGS = {emergency.DISCHARGED: "1", emergency.TRANSFERRED: "2", emergency.ADVICE: "7", emergency.DIED: "20", emergency.DOA: "20"}
"""The EHR's dispositions in table 0112; the extract tells the others, for which the table has no word."""


def of_visits(visits: pl.DataFrame, site: str) -> pl.DataFrame:
    """A04, A02, A03 and, of the admitted, A06 of class I. visits: rows of the department's extract with every stamp."""
    admitted = pl.col("DISP_CD") == emergency.ADMITTED
    ending = pl.col("DISP_CD").cast(pl.Int64).replace_strict(ENDINGS, default="0", return_dtype=pl.String)
    mode = pl.col("ARR_MODE").cast(pl.String).replace_strict(MODES, default="U", return_dtype=pl.String)
    parts = [
        adt(visits, "A04", "E", "ARRIVE_TM", site, pl.lit(""), pl.concat_str(pl.lit("\rPV2" + 38 * "|"), mode), 0),
        adt(visits, "A02", "E", "BED_TM", site, pl.lit(""), pl.lit(""), 1),
        adt(visits.filter(~admitted), "A03", "E", "DEPART_TM", site, ending, pl.lit(""), 2),
        adt(visits.filter(admitted), "A06", "I", "DEPART_TM", site, pl.lit(""), pl.lit(""), 2),
    ]
    return pl.concat(parts)


def adt(
    visits: pl.DataFrame, event: str, visit_class: str, stamp: str, site: str, ending: pl.Expr, more: pl.Expr, turn: int
) -> pl.DataFrame:
    at = pl.col(stamp).dt.convert_time_zone("UTC").dt.strftime(STAMP)
    pv1 = f"PV1|1|{visit_class}|ED^^^{site}{7 * '|'}{EMERGENCY}{9 * '|'}"
    text = pl.concat_str(
        pl.format(f"MSH|^~\\&|PAS|{site}|TIMELY||{{}}||ADT^{event}|{{}}-{event}|P|2.5.1\rEVN|{event}|{{}}\r", at, "VISIT_NO", at),
        pl.format("PID|1||{}^^^PAS^MR\r", "PAT_ID"), pl.lit(pv1), "VISIT_NO", pl.lit(17 * "|"), ending, more,
    )  # fmt: skip
    happened = visits.filter(pl.col(stamp).is_not_null())
    return happened.select(at=seconds(stamp), turn=pl.lit(turn, pl.Int32), text=text)


def of_appointments(booked: Booked) -> pl.DataFrame:
    """S12, then S14 with what has become of it, S15 or S26; of those that survive the thinning."""
    kept = booked.where(booked.rows.kept)
    rows, flow, clinic = kept.rows, kept.flow, kept.clinic
    keyed = clinic.world.dice("missed", clinic.place.site_id).random(len(rows)) * HOUR
    missed_at = clinic.midnight[rows.day] + CLINIC_CLOSES + keyed
    cancelled = np.where(rows.outcome >= CANCELLED_BY_PATIENT, rows.cancelled, np.nan)
    said: list[tuple[str, str, Floats]] = [
        ("S12", "Booked", rows.booked), ("S14", "Arrived", flow.arrived), ("S14", "Started", flow.seen),
        ("S14", "Complete", np.where(flow.left_unseen, np.nan, flow.ended)), ("S15", "Cancelled", cancelled),
        ("S26", "Noshow", np.where(rows.outcome == MISSED, missed_at, np.nan)),
    ]  # fmt: skip
    dept = department(clinic.place.site_id, clinic.service_id)
    stamps = {f"at{n}": utc(at) for n, (_, _, at) in enumerate(said)}
    cases = pl.DataFrame({"n": kept.numbers, "patient": hospital_numbers(rows.patient), "start": utc(flow.scheduled),
                          "provider": rows.provider + dept * 1000, **stamps})  # fmt: skip
    place = (clinic.place.site_id, clinic.service_id, clinic.service.minutes)
    return pl.concat([siu(cases, event, word, turn, place) for turn, (event, word, _) in enumerate(said)])


def siu(cases: pl.DataFrame, event: str, word: str, turn: int, place: tuple[str, str, int]) -> pl.DataFrame:
    """place: the site, the service and the minutes of its appointments."""
    (site, service, minutes), at = place, pl.col(f"at{turn}")
    text = pl.format(
        f"MSH|^~\\&|SCHED|{site}|TIMELY||{{}}||SIU^{event}|A{{}}-{turn}|P|2.5.1\r"
        f"SCH||A{{}}{7 * '|'}{minutes}|MIN|^^^{{}}{14 * '|'}{word}\rPID|1||{{}}^^^PAS^MR\r"
        f"PV1|1|O|^^^{site}{7 * '|'}{service}\rAIP|1||{{}}",
        at.dt.strftime(STAMP), "n", "n", pl.col("start").dt.strftime(STAMP), "patient", "provider",
    )  # fmt: skip
    return cases.filter(at.is_not_null()).select(at=at.dt.epoch("s"), turn=pl.lit(turn, pl.Int32), text=text)
