"""The alert quality table in words."""

import polars as pl

from metrics.dashboard import numbers

ALL_OWNERS = "All owners"
MEANINGS = {
    "Alerts": "How many fired in the week.",
    "Acknowledged in a working day": "Share that somebody took on by the same time of the next working day.",
    "Time to acknowledge": "Half were taken on sooner than this after they fired.",
    "Time to resolve": "Half had recovered sooner than this after they fired.",
    "Flapping": "Share that recovered and came back at least once.",
    "Resolved without action": "Share of the recovered that nobody took on, handed over or gave a cause: perhaps for nothing.",
}


def told(kpis: pl.DataFrame) -> pl.DataFrame:
    """The rows of `alerts.quality` with figures as people read them."""
    rows = [
        (
            row["owner"], numbers.sentence(numbers.period(row["week"], "week")), row["alerts"],
            share(row["acked_in_a_working_day"]), wait(row["hours_to_acknowledge"]), wait(row["hours_to_resolve"]),
            share(row["flapping"]), share(row["resolved_without_action"]),
        )
        for row in kpis.to_dicts()
    ]  # fmt: skip
    names = ["owner", "week", *(name.lower().replace(" ", "_") for name in MEANINGS)]
    return pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"alerts": pl.Int64})


def share(value: float | None) -> str:
    return numbers.ABSENT if value is None else numbers.percent(value)


def wait(hours: float | None) -> str:
    return numbers.ABSENT if hours is None else numbers.wait(hours, "hours")


def summary(kpis: pl.DataFrame) -> str:
    """The newest week's finding in at most ten words: '7 alerts in the week of 1 June 2026'."""
    newest = kpis["week"].max()
    alerts = int(kpis.filter(pl.col("week") == newest)["alerts"].sum())
    when = numbers.period(kpis["week"][0], "week")
    return f"{alerts} alert{'' if alerts == 1 else 's'} fired in the {when}"
