"""The SQL form of a metric that a query counts: the query to the letter, and the steps that every metric's figures are told by."""

from metrics.definitions.metric import QueryMetric
from metrics.definitions.sql_figures import COUNT_COLUMNS, RATIO_COLUMNS, figures_of, final, shares
from metrics.definitions.sql_rows import ALL, Place, days_span, selected, step


def query_steps(metric: QueryMetric, statistic: str, place: Place) -> list[str]:
    """The steps of a statistic; the last one is the query's own select."""
    rows = [own_rows(metric), _asked(), *([days_span()] if place.grain == ALL else [])]
    if metric.kind == "duration":
        return [*rows, _waits(place), *figures_of(metric, statistic, place)]
    if statistic == "count":
        return [*rows, _added(place, ""), final(metric, place, COUNT_COLUMNS, "numerator > 0")]
    counted = _added(place, "  sum(denominator)::bigint as denominator,\n")
    return [*rows, counted, shares(), final(metric, place, RATIO_COLUMNS, "denominator > 0 or still_open > 0", "shares")]


def own_rows(metric: QueryMetric) -> str:
    """The query itself. It is not indented: a text in it may hold a line's beginning."""
    return f"-- the query of queries/{metric.id}.sql, to the letter\ncounted as (\n{metric.sql.strip()}\n)"


def _asked() -> str:
    return step(
        "only the days and places asked for",
        "events",
        "select *\nfrom counted\nwhere ($since::date is null or day >= $since::date)\n"
        "  and ($until::date is null or day <= $until::date)\n"
        "  and ($site::varchar is null or site_id = $site)\n  and ($service::varchar is null or service_id = $service)",
    )


def _from_events(place: Place) -> str:
    return "from events cross join span" if place.grain == ALL else "from events"


def _added(place: Place, denominator: str) -> str:
    columns = ", ".join((f"{place.period_start} as period_start", *place.columns))
    return step(
        "the counts re-added; never an average of shares",
        "figures",
        f"select {columns},\n  sum(numerator)::bigint as numerator,\n{denominator}  0::bigint as still_open\n"
        f"{_from_events(place)}\ngroup by all",
    )


def _waits(place: Place) -> str:
    columns = (f"{place.period_start} as period_start", *place.columns, "'done' as ending", "seconds::bigint as wait")
    return step("each finished case and its seconds", "waits", f"select\n{selected(*columns)}\n{_from_events(place)}")
