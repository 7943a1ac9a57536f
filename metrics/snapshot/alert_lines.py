"""The week's alerts as the ledger knew them: whose they are, and how old. Pure.

A person's act after the data's as-of is not in it, nor an alert that fired later; the evaluation of these very data is.
"""

from collections.abc import Mapping
from datetime import date, datetime
from json import loads

import polars as pl

from metrics.alerts.episode import SEVERITIES, Episode
from metrics.alerts.sentences import Names, what, where
from metrics.snapshot.content import AlertLine
from metrics.snapshot.wording import age_words

SCHEMA = pl.Schema({
    **dict.fromkeys(("alert_id", "severity", "what", "where", "owner", "age"), pl.String()), "since": pl.Date(),
    "state": pl.String(), "taken_by": pl.String(), "about": pl.String(),
})  # fmt: skip
MOST = 8  # alerts on the page, which is to be read in two minutes; the rows hold all of them
ENDS = {"resolved": "resolved"}  # how an alert that is over ended; else an edit of the rules ended it


def alert_rows(
    episodes: pl.DataFrame, events: pl.DataFrame, week: date, known_at: datetime, as_of: datetime, places: tuple[str | None, ...],
    names: Names,
) -> pl.DataFrame:  # fmt: skip
    """The alerts that stood in the week or since, columns SCHEMA: the gravest first, then the oldest.

    episodes, events: of the ledger. known_at: nothing that happened later counts. as_of: what ages are counted to. places: the
    audience's sites; (None,) takes every place.
    """
    begin = datetime.combine(week, datetime.min.time())
    stood = pl.col("ended_at").is_null() | (pl.col("ended_at") >= begin)
    fired = episodes.filter(pl.col("fired_at") <= known_at, stood)
    heard = fired if places == (None,) else fired.filter(pl.col("site_id").is_in([site for site in places if site]))
    rows = [line(Episode(**row), events, known_at, as_of, names) for row in heard.iter_rows(named=True)]
    rank = pl.col("severity").replace_strict({one: at for at, one in enumerate(reversed(SEVERITIES))}, return_dtype=pl.Int32)
    return pl.DataFrame(rows, schema=SCHEMA).sort([rank, "since", "alert_id"])


def line(episode: Episode, events: pl.DataFrame, known_at: datetime, as_of: datetime, names: Names) -> dict[str, object]:
    """One alert as it stood at known_at, by its history."""
    happened = events.filter(pl.col("alert_id") == episode.alert_id)
    assert episode.fired_at is not None
    over = episode.ended_at is not None and episode.ended_at <= known_at
    return {
        "alert_id": episode.alert_id, "severity": episode.severity, "what": what(episode, names), "where": where(episode, names),
        "owner": owner_then(episode, happened, known_at), "age": age_words((as_of - episode.fired_at).days),
        "since": episode.first_period, "state": ENDS.get(episode.state, "ended") if over else "open",
        "taken_by": taken_then(happened, known_at), "about": about(episode),
    }  # fmt: skip


def about(episode: Episode) -> str:
    """What makes alerts one matter to an executive: the metric (or feed, or check), whatever figure and place."""
    labels = loads(episode.labels)
    return str(labels.get("metric") or labels.get("table_name") or labels.get("check") or episode.rule_id)


def owner_then(episode: Episode, happened: pl.DataFrame, known_at: datetime) -> str:
    """The owner by the last handing-over before then; by the first after it whoever had it until then."""
    moves = happened.filter(pl.col("type") == "assigned").sort("event_id")
    before, after = moves.filter(pl.col("occurred_at") <= known_at), moves.filter(pl.col("occurred_at") > known_at)
    if not before.is_empty():
        return str(payload(before, -1)["owner"])
    return str(payload(after, 0).get("was", episode.owner)) if not after.is_empty() else episode.owner


def taken_then(happened: pl.DataFrame, known_at: datetime) -> str:
    """Who had taken it on by then; '' for nobody. The first who did has it."""
    taken = ""
    acts = happened.filter(pl.col("occurred_at") <= known_at, pl.col("type").is_in(["acked", "unacked", "escalated"])).sort(
        "event_id"
    )
    for kind, actor in acts.select("type", "actor").iter_rows():
        taken = (taken or actor) if kind == "acked" else ""
    return taken


def payload(rows: pl.DataFrame, at: int) -> Mapping[str, object]:
    read: Mapping[str, object] = loads(rows["payload"][at])
    return read


def lines_of(rows: pl.DataFrame) -> tuple[AlertLine, ...]:
    """What the page shows: of each matter the gravest and oldest alert, and at how many more places; MOST of them.

    Open ones stand before those that are over, and those of a matter that still has an open one are not counted.
    """
    opened = pl.col("state") == "open"
    standing = rows.sort(~opened, maintain_order=True).with_columns(more=pl.col("where").n_unique().over("about", opened) - 1)
    first = standing.unique("about", keep="first", maintain_order=True).head(MOST)
    also = pl.format(" and {} more {}", "more", pl.when(pl.col("more") == 1).then(pl.lit("place")).otherwise(pl.lit("places")))
    told = first.with_columns(pl.col("where") + pl.when(pl.col("more") > 0).then(also).otherwise(pl.lit("")))
    return tuple(AlertLine(**row) for row in told.drop("about", "more").iter_rows(named=True))
