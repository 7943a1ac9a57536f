"""The tile of the wait to expect now, with how often its band held."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.board.expected import Expected
from metrics.board.tile import Age, Tile, minutes, tile

LONG = 120  # minutes from which hours are told
LEAST_HELD = 30  # arrivals under which a share covered is not told: one of them would move it by over three points


def expected_tile(told: Expected | None, held: pl.DataFrame, age: Age, zone: ZoneInfo) -> Tile:
    """The band of one site and the wait it stands on; clock times in its zone. held: as `realised` gives, of every site."""
    title, verdict = "Expected wait to a clinician", ("Not assessed", "an estimate; no limit is set for it")
    if told is None:
        return tile("expected", title, ("Not assessed", "nobody was seen in the last days"), (("minutes", "unknown"),), age)
    entered = told.entered.replace(tzinfo=UTC).astimezone(zone)
    figures = [(f"the last, seen at {entered:%H:%M}", in_minutes(told.last))]
    if told.low is not None and told.high is not None:  # else too few came at such an hour, and only the last wait is told
        figures = [("half are seen within this", in_minutes(told.low)), ("9 in 10 within", in_minutes(told.high)), *figures]
    if len(held) >= LEAST_HELD:
        figures.append(("held in 28 days", f"{held['covered'].sum() / len(held):.0%} of {len(held):,}"))
    return tile("expected", title, verdict, tuple(figures), age)


def in_minutes(wait: float) -> str:
    """'29 min', and '7 h 12 min' of a long one; an estimate is not told to the second."""
    return minutes(timedelta(minutes=round(wait))) if round(wait) >= LONG else f"{round(wait)} min"
