"""The tiles of answers that are owed."""

from datetime import datetime

import polars as pl

from metrics.board.tile import Age, Tile, minutes, tile


def owed_tile(key: str, title: str, owed: pl.DataFrame, age: Age, now: datetime) -> Tile:
    """Alerting once one is past its limit, pending when one will be soon. A case under two limits counts once, by its worst.

    owed: as `owed` gives, at `now` (UTC). The longest is of the patient's own time, nights and weekends too.
    """
    each = owed.unique("id", keep="first", maintain_order=True)
    over, soon = int(each["over"].sum()), int(each["soon"].sum())
    verdict = (
        ("Alerting", f"{over} past their limit") if over
        else ("Pending", f"{soon} about to pass their limit") if soon
        else ("OK", "none is near its limit")
    )  # fmt: skip
    figures = [("open", str(len(each)))]
    if len(each):
        figures += [("past the limit", str(over)), ("about to pass it", str(soon))]
        figures.append(("longest", minutes(now - each["since"].min())))  # type: ignore[operator, arg-type]
    return tile(key, title, verdict, tuple(figures), age)
