"""A census as SQL: who is there at the end of each period."""

from metrics.definitions.metric import Metric
from metrics.definitions.sql_figures import COUNT_COLUMNS, RATIO_COLUMNS, counted_cases, final, shares
from metrics.definitions.sql_rows import ALL, Place, begun_rows, local_day, selected, step, where_clause


def census_steps(metric: Metric, statistic: str, place: Place) -> list[str]:
    """Every step of the query; the last one is its own select."""
    steps = [*begun_rows(metric, place), _stays(metric, place), *_periods(place), _cases(metric, place)]
    if statistic == "count":
        return [*steps, counted_cases(place), final(metric, place, COUNT_COLUMNS, "numerator > 0")]
    counted = _met(place) if statistic == "share" else _young(metric, place)
    return [*steps, counted, shares(), final(metric, place, RATIO_COLUMNS, "denominator > 0", "shares")]


def _stays(metric: Metric, place: Place) -> str:
    columns = (
        *place.columns,
        f"{local_day(f'({metric.start})', 'time_zone')} as came",
        f"{local_day(f'({metric.stop})', 'time_zone')} as went",
        *([f"{local_day(f'({metric.met_until})', 'time_zone')} as met_to"] if metric.met_until else []),
        "as_of",
    )
    comment = "the local day on which each came, and went; null while still there"
    return step(comment, "stays", f"select\n{selected(*columns)}\nfrom begun{where_clause(metric.where)}")


def _periods(place: Place) -> list[str]:
    """The periods asked for, each with the day at whose end those present are counted: its last, or the newest there is."""
    span = step(
        "the days asked for, or from the first who came to the as-of day",
        "span",
        "select coalesce($since::date, min(came)) as first_day, coalesce($until::date, max(as_of)::date) as last_day,\n"
        "  max(as_of)::date as today, min(came) as earliest\nfrom stays",
    )
    if place.grain == ALL:
        periods = "select first_day as period_start, least(last_day, today) as counted_on\nfrom span\nwhere earliest is not null"
        return [span, step("one census, on the last day asked for", "periods", periods)]
    step_of = f"interval '1 {place.grain}'"
    starts = f"generate_series(date_trunc('{place.grain}', earliest), today::timestamp, {step_of})"
    periods = (
        f"select start::date as period_start, least((start + {step_of})::date - 1, last_day, today) as counted_on\n"
        f"from span, {starts} as starts(start)\n"
        f"where (start + {step_of})::date > coalesce($since::date, earliest) and start <= last_day"
    )
    return [span, step("periods, and the day at whose end each counts who is there", "periods", periods)]


def _cases(metric: Metric, place: Place) -> str:
    met = ("met_to is null or met_to > counted_on as met",) if metric.met_until else ()
    columns = ("period_start", *place.columns, "counted_on - came as age", *met)
    return step(
        "who was there at the end of that day, and for how many days",
        "cases",
        f"select\n{selected(*columns)}\nfrom stays\njoin periods on came <= counted_on and (went is null or went > counted_on)",
    )


def _young(metric: Metric, place: Place) -> str:
    return step(
        f"of those present, the ones who had been there for at most {metric.within_words}",
        "figures",
        f"select {place.groups},\n  count(*) filter (where age <= {metric.within_ticks}) as numerator,\n"
        f"  count(*) as denominator,\n  0::bigint as still_open\nfrom cases\ngroup by {place.groups}",
    )


def _met(place: Place) -> str:
    return step(
        "of those present, the ones who count in the share",
        "figures",
        f"select {place.groups},\n  count(*) filter (where met) as numerator,\n"
        f"  count(*) as denominator,\n  0::bigint as still_open\nfrom cases\ngroup by {place.groups}",
    )
