"""What must be true of a generation before it may be read: no NaN, every ratio with its counts, totals that add up.

In an overlay only its own rows are judged: the base was judged when it was published, and what an overlay replaces
it replaces whole (every place and stratum of a metric's period), so its rows must add up by themselves.
"""

from collections.abc import Iterator

import duckdb

from metrics.warehouse.asking import first_row, number
from metrics.warehouse.schema import FIGURES, REPLACED_BY, SMALL, own, replaced

TOLERANCE = 1e-9  # relative: engines add floating-point numbers in different orders
RATIOS = "('share', 'within')"
QUANTILES = "('median', 'p90', 'p95')"
KEY = "metric, statistic, grain, period_start, site_id, service_id, stratum"

# What no stored observation may be. Each is a sentence and the predicate of a row that breaks it.
WRONG_ROWS = {
    "NaN or infinity where a number or nothing should be": " or ".join(
        f"not isfinite({column})" for column in ("value", "numerator", "denominator", "lower", "upper")
    ),
    "a ratio without its two counts": f"statistic in {RATIOS} and (numerator is null or denominator is null)",
    "a ratio with a negative count, or a numerator above its denominator": f"""
        statistic in {RATIOS} and (numerator < 0 or numerator > denominator * (1 + {TOLERANCE}))""",
    "a ratio of nothing that is not null": f"statistic in {RATIOS} and denominator = 0 and value is not null",
    "a ratio that is not its numerator over its denominator": f"""
        statistic in {RATIOS} and denominator > 0 and (value is null or abs(value - numerator / denominator) > {TOLERANCE})""",
    "a quantile without finished cases, or finished cases without a quantile": f"""
        statistic in {QUANTILES} and (n > 0) <> (value is not null)""",
    "a count that is not its own value": "statistic = 'count' and value is distinct from numerator",
    "a value outside its interval": f"""
        value < lower - {TOLERANCE} * greatest(1, abs(lower)) or value > upper + {TOLERANCE} * greatest(1, abs(upper))""",
    "a negative number of cases": "n < 0 or still_open < 0",
    "a period that does not start where its grain says": "period_start <> date_trunc(grain, period_start)",
    "a period that ends before it starts": "period_end < period_start",
}


def audit(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every problem of the generation being built, each a sentence with how many and an example. Empty when it is sound."""
    is_overlay = _exists(connection, "observations__replaced")
    missing = [name for name in (*FIGURES, *SMALL) if not _exists(connection, name)]
    if missing:
        return [f"there is no table {name}" for name in missing]
    found = [*_wrong_rows(connection), *_doubled(connection), *_totals(connection), *_one_row(connection)]
    return [*found, *(_overlay_problems(connection) if is_overlay else _whole_problems(connection))]


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table stored in the file, by name."""
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
    ).fetchall()
    return {name: number(connection, f"select count(*) from {schema}.{name}") for schema, name in names}


def _wrong_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Observations that cannot be. One pass over the rows counts all of them."""
    sums = ", ".join(f"count(*) filter ({predicate})" for predicate in WRONG_ROWS.values())
    counted = first_row(connection, f"select {sums} from parts.observations__own") or ()
    for (sentence, predicate), count in zip(WRONG_ROWS.items(), counted, strict=True):
        if count:
            yield f"observations: {count:,} of {sentence}, for example {_example(connection, predicate)}"


def _doubled(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = f"select {KEY} from parts.observations__own group by all having count(*) > 1"
    doubled = number(connection, f"select count(*) from ({rows})")
    if doubled:
        yield f"observations: {doubled:,} said more than once, for example {_row(connection, f'{rows} limit 1')}"


def _totals(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Services add up to their site, and sites to all of them: numerators, denominators, cases and open cases."""
    site, service = "site_id is not null", "service_id is not null"
    all_sites, all_services = "site_id is null", "service_id is null"
    sums = {
        "the services of a site": ("site_id", f"{site} and {service}", f"{site} and {all_services}"),
        "the sites": ("null::varchar", f"{site} and {all_services}", f"{all_sites} and {all_services}"),
        "the services": ("null::varchar", f"{all_sites} and {service}", f"{all_sites} and {all_services}"),
    }
    for what, (place, parts, whole) in sums.items():
        wrong = _row(connection, _SUMS.format(place=place, parts=parts, whole=whole, tolerance=TOLERANCE, weighted=_WEIGHTED))
        if wrong:
            yield f"observations: {what} do not add up to the total in {wrong}"


# A tally may hold weighted counts (a survey's), which are not whole. Its n is rounded at every place, so that the parts may be
# off by half a case each; every other n adds up exactly.
_WEIGHTED = "select distinct metric from parts.observations__own where denominator <> round(denominator)"

_SUMS = """
    with parts as (
        select metric, statistic, grain, period_start, {place} as place, stratum, sum(coalesce(numerator, 0)) as numerator,
            sum(coalesce(denominator, 0)) as denominator, sum(n) as n, sum(still_open) as still_open, count(*) as parts
        from parts.observations__own where {parts} group by all
    ),
    wholes as (
        select metric, statistic, grain, period_start, {place} as place, stratum, coalesce(numerator, 0) as numerator,
            coalesce(denominator, 0) as denominator, n, still_open
        from parts.observations__own where {whole}
    )
    select w.metric, w.statistic, w.grain, w.period_start, w.place, w.stratum
    from parts p join wholes w on p.metric = w.metric and p.statistic = w.statistic and p.grain = w.grain
        and p.period_start = w.period_start and p.place is not distinct from w.place
        and p.stratum is not distinct from w.stratum
    where abs(p.numerator - w.numerator) > {tolerance} * greatest(1, w.numerator)
        or abs(p.denominator - w.denominator) > {tolerance} * greatest(1, w.denominator)
        or abs(p.n - w.n) > case when w.metric in ({weighted}) then 0.5 * (p.parts + 1) else 0 end or p.still_open <> w.still_open
    limit 1
"""


def _one_row(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = number(connection, "select count(*) from generation")
    if rows != 1:
        yield f"generation: {rows} rows; exactly one says what this is"


def _overlay_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """An overlay may add only rows whose keys it announced: else they would stand beside the base's."""
    for name, keys in REPLACED_BY.items():
        same = " and ".join(f"r.{key} = o.{key}" for key in keys)
        strays = number(
            connection,
            f"select count(*) from {own(name)} o where not exists (select 1 from {replaced(name)} r where {same})",
        )
        if strays:
            yield f"{name}: {strays:,} new rows with a key that is not among the replaced ones"


def _whole_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What only a full generation can be asked: grains agree with each other, bins with medians, facts with freshness."""
    for metric, statistic, grain in connection.execute(_GRAINS).fetchall():
        yield f"observations: {metric} {statistic} does not add up to the same number of cases by day and by {grain}"
    for metric, binned, counted in connection.execute(_BINS).fetchall():
        yield f"wait_bins: {metric} has {binned:,} cases in bins and {counted:,} in its observations by day"
    for table, said in connection.execute(
        "select table_name, sum(rows)::bigint from freshness where table_name <> 'patients' group by 1 order by 1"
    ).fetchall():
        held = number(connection, f'select count(*) from "facts_{table}"') if _exists(connection, f"facts_{table}") else 0
        if held != said:
            yield f"facts_{table}: {held:,} rows, but freshness counts {said:,} events"


_GRAINS = f"""
    with sums as (
        select metric, statistic, grain, sum(n) as n, sum(coalesce(numerator, 0)) as numerator, count(*) as periods
        from parts.observations__own where site_id is null and service_id is null and stratum is null group by all
    )
    select s.metric, s.statistic, s.grain
    from sums s join sums d on d.metric = s.metric and d.statistic = s.statistic and d.grain = 'day'
    where abs(s.numerator - d.numerator) > 1e-6 * greatest(1, d.numerator)
        or abs(s.n - d.n) > case when s.metric in ({_WEIGHTED}) then 0.5 * (s.periods + d.periods) else 0 end
    order by all
"""
_BINS = """
    with counted as (
        select metric, sum(n)::bigint as n from parts.observations__own
        where statistic = 'median' and grain = 'day' and site_id is null and service_id is null and stratum is null
        group by metric
    )
    select metric, b.n, c.n
    from (select metric, sum(n)::bigint as n from wait_bins group by metric) b join counted c using (metric)
    where b.n <> c.n
    order by metric
"""


def _example(connection: duckdb.DuckDBPyConnection, predicate: str) -> str:
    return _row(connection, f"select {KEY} from parts.observations__own where {predicate} limit 1")


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    row = first_row(connection, sql)
    return " ".join(str(value) for value in row if value is not None) if row else ""


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the file being built has a table or a view of that name."""
    sql = "select 1 from information_schema.tables where table_name = $name and table_catalog = current_database()"
    return first_row(connection, sql, {"name": name}) is not None
