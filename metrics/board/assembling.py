"""The tiles of the board, worst first."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

import polars as pl

from metrics.board.appointments import day_so_far
from metrics.board.limits import AGE_BANDS
from metrics.board.phone import phone_queue
from metrics.board.present import STAGES, WAITING, breaching, forgotten, present
from metrics.board.tile import WORDS, Age, Tile, minutes, tile
from metrics.board.usual import NotHere


def tiles_of(
    rows: Mapping[str, pl.DataFrame],
    ages: Mapping[str, Age],
    day: tuple[datetime, datetime],
    now: datetime,
    more: tuple[Tile, ...] = (),
    absent: NotHere | None = None,
) -> tuple[Tile, ...]:
    """Every tile, gravest state first and else in the order of a patient's way, which never changes.

    rows: visits, contacts and appointments with their canonical columns. ages: of the same three. day: the local day of the place,
    from midnight to midnight, and now: UTC. more: tiles that stand behind those of their state. absent: who is
    usually not here by this time of the day.
    """
    tiles = (*stage_tiles(rows["visits"], ages["visits"], now), phone_tile(rows["contacts"], ages["contacts"], day[0], now),
             appointments_tile(rows["appointments"], ages["appointments"], day, now, absent))  # fmt: skip
    return tuple(sorted((*tiles, *more), key=lambda each: WORDS.index(each.state)))  # sorted keeps the order of ties


def stage_tiles(visits: pl.DataFrame, age: Age, now: datetime) -> tuple[Tile, ...]:
    here = present(visits, now)
    tiles = [stage_tile(stage, here.filter(pl.col("stage") == stage), age) for stage in STAGES]
    soon = len(breaching(here))
    verdict = ("Pending", "can still be prevented") if soon else ("OK", "no limit passes in the next 30 minutes")
    left = forgotten(visits, now)
    figures = (people(soon), ("left open for over 48 h", str(left)))
    return (*tiles, tile("breaching", "Breaching in the next 30 minutes", verdict, figures, age))


def stage_tile(stage: str, here: pl.DataFrame, age: Age) -> Tile:
    """People at one stage: alerting once somebody is past the limit, pending when somebody will be within half an hour."""
    over = len(here.filter(pl.col("to_breach") < pl.duration(minutes=0)))
    soon = len(breaching(here))
    limit = "60 minutes to a clinician" if stage in WAITING else "4 hours to departure"
    verdict = (
        ("Alerting", f"{over} past {limit}") if over
        else ("Pending", f"{soon} within 30 minutes of {limit}") if soon
        else ("OK", f"nobody near {limit}")
    )  # fmt: skip
    figures = [people(len(here))]
    if len(here):
        figures.append(("longest", minutes(here["waited"].max())))  # type: ignore[arg-type]
        if len(coming := here.filter(pl.col("to_breach") >= pl.duration(minutes=0))):
            figures.append(("next limit in", minutes(coming["to_breach"].min())))  # type: ignore[arg-type]
    return tile(stage, stage, verdict, tuple(figures), age, bands(here))


def people(count: int) -> tuple[str, str]:
    return "person" if count == 1 else "people", str(count)


def bands(here: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """How many have waited in each band of minutes: the lower edge is in its band, the upper is not. Nothing of nobody."""
    if here.is_empty():
        return ()
    waited = here["waited"].dt.total_seconds() / 60
    counted = [(f"{low}–{high}", waited.is_between(low, high, closed="left").sum()) for low, high in pairwise((0, *AGE_BANDS))]
    counted.append((f"{AGE_BANDS[-1]}+", (waited >= AGE_BANDS[-1]).sum()))
    return tuple((name, int(count)) for name, count in counted)


def phone_tile(contacts: pl.DataFrame, age: Age, day_start: datetime, now: datetime) -> Tile:
    """The telephone queue. A queue has no target of its own; the share of today is told, and judged where targets are."""
    queue = phone_queue(contacts, day_start, now)
    figures = [("waiting", str(queue.waiting))]
    if queue.longest is not None:
        figures.append(("longest", minutes(queue.longest)))
    share = "no call yet" if queue.share is None else f"{queue.share:.0%} of {queue.calls}"
    figures.append(("answered within 30 s today", share))
    return tile("phone", "Telephone queue", ("Not assessed", "no limit is set for the queue"), tuple(figures), age)


def appointments_tile(
    appointments: pl.DataFrame, age: Age, day: tuple[datetime, datetime], now: datetime, absent: NotHere | None = None
) -> Tile:
    so_far = day_so_far(appointments, *day, now)
    usual = None if absent is None else absent.expected
    figures = (
        ("arrived", f"{so_far.arrived} of {so_far.due} due"), ("over 15 minutes late", str(so_far.late)),
        *(() if absent is None or usual is None else ((f"not here by now, usually {usual:.0f}", str(absent.absent)),)),
        ("no-shows recorded", str(so_far.missed)), ("still to come", str(so_far.still_to_come)),
    )  # fmt: skip
    return tile("appointments", "Appointments today", ("Not assessed", "no limit is set for the day so far"), figures, age)
