"""A ratio of counts as SQL: each count by its own steps, then one over the others."""

from metrics.definitions.metric import Metric
from metrics.definitions.poisson import EXACT_LOWER, EXACT_UPPER, FEW, Z
from metrics.definitions.sql_figures import NOTHING_OPEN, counted_cases, final
from metrics.definitions.sql_rows import ALL, Place, rows_of, selected, step
from metrics.definitions.sql_waits import waits_of

COLUMNS = (
    "numerator::double as numerator", "denominator::double as denominator", "{per} * numerator / nullif(denominator, 0) as value",
    "denominator::bigint as n", "{per} * low / nullif(denominator, 0) as lower",
    "{per} * high / nullif(denominator, 0) as upper", "still_open",
)  # fmt: skip


def ratio_steps(metric: Metric, place: Place) -> list[str]:
    """Every step of the query; the last one is its own select."""
    parts = [_part(f"part_{number}", part, place) for number, part in enumerate(metric.parts)]
    span = [_span(len(parts))] if place.grain == ALL else []
    columns = tuple(column.format(per=metric.per) for column in COLUMNS)
    return [
        *parts,
        *span,
        _figures(len(parts), place),
        _limits(),
        final(metric, place, columns, "numerator > 0 or denominator > 0", "limits"),
    ]


def _part(name: str, part: Metric, place: Place) -> str:
    steps = ",\n\n".join([*rows_of(part, place), *waits_of(part, place), counted_cases(place)])
    whole = place.grain == ALL
    columns = (*(f"figures.{column}" for column in ("period_start", *place.columns, "numerator")), *(["last_day"] if whole else []))
    source = "figures\ncross join span" if whole else "figures"
    return step(part.title, name, f"with\n\n{steps}\n\nselect\n{selected(*columns)}\nfrom {source}")


def _span(parts: int) -> str:
    every = "\nunion all\n".join(f"select period_start, last_day from part_{number}" for number in range(parts))
    return step(
        "the one period: the days asked for, or from the first event of any of them to the last",
        "span",
        "select coalesce($since::date, min(period_start)) as first_day, coalesce($until::date, max(last_day)) as last_day\n"
        f"from ({every})",
    )


def _figures(parts: int, place: Place) -> str:
    whole = place.grain == ALL
    period = "first_day as period_start" if whole else "period_start"
    names = ", ".join((period, *place.columns))
    every = "\nunion all\n".join(
        f"select {', '.join(('period_start', *place.columns))}, {top} as top, {bottom} as bottom from part_{number}"
        for number in range(parts)
        for top, bottom in [("numerator", "0") if number == 0 else ("0", "numerator")]
    )
    source = f"({every})" + ("\ncross join span" if whole else "")
    return step(
        "the first count over all the others together",
        "figures",
        f"select {names},\n  sum(top)::bigint as numerator,\n  sum(bottom)::bigint as denominator,\n  {NOTHING_OPEN}\n"
        f"from {source}\ngroup by all",
    )


def _limits() -> str:
    low, high = (", ".join(f"{value}::double" for value in values) for values in (EXACT_LOWER, EXACT_UPPER))
    return step(
        f"how few and how many there might have been (95 %): exact below {FEW}, by Byar's approximation from there on",
        "limits",
        f"select *,\n  case when numerator < {FEW} then list_extract([{low}], numerator + 1)\n"
        f"    else numerator * (1 - 1 / (9 * numerator) - {Z} / (3 * sqrt(numerator))) ^ 3 end as low,\n"
        f"  case when numerator < {FEW} then list_extract([{high}], numerator + 1)\n"
        f"    else (numerator + 1) * (1 - 1 / (9 * (numerator + 1)) + {Z} / (3 * sqrt(numerator + 1))) ^ 3 end as high\n"
        "from figures",
    )
