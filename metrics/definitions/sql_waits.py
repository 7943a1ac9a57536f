"""The middle steps of a metric's query: each case with what the statistics need of it."""

from metrics.definitions.metric import Metric
from metrics.definitions.sql_rows import ALL, Place, local_day, selected, step, where_clause


def waits_of(metric: Metric, place: Place) -> list[str]:
    """The steps that end in `cases` (rates, counts, scores, tallies) or in `waits` (durations)."""
    if metric.is_tally:
        return [_tally_cases(metric, place)]
    if metric.kind == "duration":
        return [_duration_cases(metric, place), _waits(metric, place)]
    if metric.kind == "score":
        return [_scores(metric, place)]
    return [_flag_cases(metric, place)]


def _from_events(place: Place) -> str:
    return "from events\ncross join span" if place.grain == ALL else "from events"


def _flag_cases(metric: Metric, place: Place) -> str:
    flags = (
        f"coalesce({metric.open or 'false'}, false) as undecided",
        f"coalesce({metric.denominator}, false) as counted",
        f"coalesce({metric.numerator}, false) as met",
    )
    columns = (f"{place.period_start} as period_start", *place.columns, *(flags if metric.kind == "rate" else ()))
    select = f"select\n{selected(*columns)}\n{_from_events(place)}{where_clause(metric.where)}"
    return step("the population, and what counts in it; a condition that is null does not hold", "cases", select)


def _scores(metric: Metric, place: Place) -> str:
    columns = (f"{place.period_start} as period_start", *place.columns, f"({metric.value})::bigint as score")
    select = f"select\n{selected(*columns)}\n{_from_events(place)}{where_clause(metric.where)}"
    return step("the population, and what each one counts; null counts nothing", "cases", select)


def _duration_cases(metric: Metric, place: Place) -> str:
    ends = [metric.stop, metric.censor] if metric.censor else [metric.stop]
    left = f"when ({metric.censor}) is not null then 'left' " if metric.censor else ""
    needed = [] if metric.clock == "elapsed" else ["site_id"]
    columns = (
        f"{place.period_start} as period_start",
        *dict.fromkeys((*place.columns, *needed)),
        *(["time_zone"] if metric.clock in ("calendar_days", "working_days") else []),
        f"{metric.start} as started_at",
        f"coalesce({', '.join(map(str, ends))}, as_of) as ended_at",
        f"case when ({metric.stop}) is not null then 'done' {left}else 'open' end as ending",
    )
    comment = "where the clock starts and stops: done; left, having waited at least so long; or open until the as-of instant"
    return step(comment, "cases", f"select\n{selected(*columns)}\n{_from_events(place)}{where_clause(metric.where)}")


def _waits(metric: Metric, place: Place) -> str:
    comment, wait, joins = CLOCKS[metric.clock]
    groups = ", ".join(f"cases.{name}" for name in ("period_start", *place.columns))
    select = "\n".join(
        (f"select {groups}, cases.ending,", f"  {wait} as wait", "from cases", *joins, "where cases.ended_at >= cases.started_at")
    )
    return step(comment, "waits", select)


def _open_time(hours: str, instant: str) -> str:
    """Microseconds that the site was open before an instant, since its calendar began; null before that."""
    return f"({hours}.seconds_before * 1000000 + epoch_us(least({instant}, {hours}.closes_at)) - epoch_us({hours}.opens_at))"


def _hours_join(hours: str, instant: str) -> str:
    return f"asof left join opening_hours as {hours} on {hours}.site_id = cases.site_id and {hours}.opens_at <= {instant}"


def _days_join(days: str, instant: str) -> str:
    day = local_day(instant, "cases.time_zone")
    return f"left join working_days as {days} on {days}.site_id = cases.site_id\n    and {days}.day = {day}"


STARTED, ENDED = "cases.started_at", "cases.ended_at"
DAYS_OF_ENDS = (_days_join("at_start", STARTED), _days_join("at_end", ENDED))

# clock -> comment, the wait as an SQL expression over `cases`, the joins it needs. A site without a calendar, and an instant
# outside it, has no wait by the site's hours or days: the joins leave null, rather than a wrong figure.
CLOCKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "elapsed": ("waits in whole seconds", f"(epoch_us({ENDED}) - epoch_us({STARTED})) // 1000000", ()),
    "calendar_days": ("waits in days between local dates", "date_diff('day', at_start.day, at_end.day)", DAYS_OF_ENDS),
    "business": (
        "waits in whole seconds of opening time: the site's open time up to the end, less that up to the start",
        f"({_open_time('at_end', ENDED)}\n    - {_open_time('at_start', STARTED)}) // 1000000",
        (_hours_join("at_start", STARTED), _hours_join("at_end", ENDED)),
    ),
    "working_days": (
        "waits in working days after the day of the start, up to and including the day of the end",
        "at_end.days_before + at_end.working::bigint - at_start.days_before - at_start.working::bigint",
        DAYS_OF_ENDS,
    ),
}


def _tally_cases(metric: Metric, place: Place) -> str:
    counts = ("numerator", "denominator") if metric.kind == "rate" else ("bin_lower", "bin_upper", "count")
    columns = (f"{place.period_start} as period_start", *place.columns, *counts)
    whole = "" if place.grain == ALL else f"\nwhere last_day < {place.period_start} + interval '1 {place.grain}'"
    comment = "a tally counts in the period that holds it whole"
    return step(comment, "cases", f"select\n{selected(*columns)}\n{_from_events(place)}{whole}")
