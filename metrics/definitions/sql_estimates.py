"""The last steps of a wait's query that are estimated by Kaplan-Meier: those that left, or still wait, as censored."""

from metrics.definitions.metric import ESTIMATED_QUANTILES, Metric
from metrics.definitions.sql_figures import NO_COUNTS, Z, final
from metrics.definitions.sql_rows import Place, step

NEAR = "1e-9"  # how far above its mark a curve may stand and have reached it: rounding


def estimate_of(metric: Metric, statistic: str, place: Place) -> list[str]:
    """The steps of an estimate after `waits`; the last one is the query's own select. Edges as in jobs.survival."""
    told = _share(metric) if statistic == "km_within" else _quantile(metric, ESTIMATED_QUANTILES[statistic])  # type: ignore[index]
    figures = step(
        told[0],
        "figures",
        f"select {place.groups}, sum(cases)::bigint as n, sum(still_open)::bigint as still_open,\n"
        + ",\n".join(f"  {column}" for column in told[1])
        + f"\nfrom curve\ngroup by {place.groups}",
    )
    columns = (*NO_COUNTS, "value", "n", "lower", "upper", "still_open")
    return [_times(place), _at_risk(place), _survival(place), _curve(), figures, final(metric, place, columns, "n > 0")]


def _times(place: Place) -> str:
    return step(
        "how many ended, and how many there are, at each wait; who left or still waits waited at least that long",
        "times",
        f"select {place.groups}, wait, count(*) filter (where ending = 'done') as ended, count(*) as cases,\n"
        f"  count(*) filter (where ending = 'open') as still_open\nfrom waits\nwhere wait is not null\n"
        f"group by {place.groups}, wait",
    )


def _at_risk(place: Place) -> str:
    return step(
        "how many had waited as long",
        "at_risk",
        f"select *, sum(cases) over (partition by {place.groups} order by wait desc)::double as waiting\nfrom times",
    )


def _survival(place: Place) -> str:
    inside = f"over (partition by {place.groups} order by wait)"
    return step(
        "the share still waiting after each wait (Kaplan-Meier), and its variance (Greenwood)",
        "survival",
        f"select *, product(1 - ended / waiting) {inside} as share_left,\n"
        f"  sum(ended / nullif(waiting * (waiting - ended), 0)) {inside} as variance\nfrom at_risk",
    )


def _curve() -> str:
    off = f"{Z} * sqrt(variance) / -ln(share_left)"
    return step(
        "its 95 % interval on the log-log scale, which says nothing of 1 or 0",
        "curve",
        "select *,\n"
        f"  case when share_left > 0 and share_left < 1 then pow(share_left, exp({off})) end as low,\n"
        f"  case when share_left > 0 and share_left < 1 then pow(share_left, exp(-({off}))) end as high\nfrom survival",
    )


def _quantile(metric: Metric, q: float) -> tuple[str, tuple[str, ...]]:
    """The comment and the columns of a quantile: where the curve, and the ends of its interval, first reach 1 - q."""
    mark = f"{1 - q:g} + {NEAR}"
    lines = {"value": "share_left", "lower": "low", "upper": "high"}
    first = (f"min(wait) filter (where {line} <= {mark}) / {metric.unit_ticks} as {name}" for name, line in lines.items())
    return f"the first wait at which no more than {1 - q:.0%} wait still, and the waits at which the band holds it", tuple(first)


def _share(metric: Metric) -> tuple[str, tuple[str, ...]]:
    """The comment and the columns of the share within the limit; null where nothing is known beyond the longest wait."""
    limit = metric.within_ticks
    known = f"max(wait) >= {limit} or min(share_left) <= 0"
    still = f"coalesce(min(share_left) filter (where wait <= {limit}), 1)"
    ends = {"lower": "arg_max(high, wait)", "upper": "arg_max(low, wait)"}
    columns = (
        f"case when {known} then 1 - {still} end as value",
        *(
            f"case when ({known}) and {still} > 0 then 1 - {end} filter (where wait <= {limit}) end as {name}"
            for name, end in ends.items()
        ),
    )
    comment = f"the share within {metric.within_words} ({limit} on this clock); beyond the longest wait nothing is known"
    return comment, columns
