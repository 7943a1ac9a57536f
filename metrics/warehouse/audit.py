"""What must be true of a generation before it may be read: no NaN, every ratio with its counts, totals that add up.

In an overlay only its own rows are judged: the base was judged when it was published, and what an overlay replaces
it replaces whole (every place and stratum of a metric's period), so its rows must add up by themselves.
"""

from collections.abc import Iterator, Mapping

import duckdb

from metrics.warehouse.asking import first_row, number
from metrics.warehouse.schema import FIGURES, REPLACED_BY, SMALL, own, replaced, same_key

TOLERANCE = 1e-9  # relative: engines add floating-point numbers in different orders
RATIOS = "('share', 'within')"
QUANTILES = "('median', 'p90', 'p95', 'mean_wait')"
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
    "a wait without finished cases, or finished cases without a wait": f"""
        statistic in {QUANTILES} and (n > 0) <> (coalesce(value, lower) is not null)""",
    "a count that is not its own value": "statistic = 'count' and value is distinct from numerator",
    "a mean score that is not its sum over its answers": f"""
        statistic = 'mean' and (denominator is null or denominator <= 0 or abs(value - numerator / denominator) > {TOLERANCE}
            * greatest(1, abs(value)))""",
    "a value outside its interval": f"""
        value < lower - {TOLERANCE} * greatest(1, abs(lower)) or value > upper + {TOLERANCE} * greatest(1, abs(upper))""",
    "a negative number of cases": "n < 0 or still_open < 0",
    "a period that does not start where its grain says": "period_start <> date_trunc(grain, period_start)",
    "a period that ends before it starts": "period_end < period_start",
}


# What no judged point may be: one of these would draw a wrong chart, or none.
WRONG_POINTS = {
    "NaN or infinity where a number or nothing should be": " or ".join(
        f"not isfinite({column})" for column in ("value", "centre", "lower", "upper", "near_lower", "near_upper", "target")
    ),
    "a flag on a period that is not closed": "label is not null and not closed",
    "a flag without limits": "label is not null and (lower is null or upper is null)",
    "a lower limit above the upper": "lower > upper",
}


def audit(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every problem of the generation being built, each a sentence with how many and an example. Empty when it is sound."""
    held = _tables(connection)
    is_overlay = "observations__replaced" in held
    missing = [name for name in (*FIGURES, *SMALL) if name not in held]
    if missing:
        return [f"there is no table {name}" for name in missing]
    found = [*_wrong_rows(connection, held), *_doubled(connection), *_totals(connection), *_one_row(connection)]
    return [*found, *(_overlay_problems(connection) if is_overlay else _whole_problems(connection, held))]


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table stored in the file, by name."""
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
    ).fetchall()
    counted = " union all ".join(f"select '{name}', count(*) from {schema}.{name}" for schema, name in names)
    found = dict(connection.execute(counted).fetchall())
    return {name: found[name] for _, name in names}


def _wrong_rows(connection: duckdb.DuckDBPyConnection, held: set[str]) -> Iterator[str]:
    """Observations and judged points that cannot be. One pass over the rows counts all of them."""
    for sentence, predicate, count in _counted(connection, "parts.observations__own", WRONG_ROWS):
        yield f"observations: {count:,} of {sentence}, for example {_example(connection, predicate)}"
    points = own("signal_points") if "signal_points__own" in held else "signal_points"
    for sentence, _, count in _counted(connection, points, WRONG_POINTS):
        yield f"signal_points: {count:,} of {sentence}"


def _counted(connection: duckdb.DuckDBPyConnection, table: str, wrong: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """Sentence, predicate and count of what rows of the table break."""
    sums = ", ".join(f"count(*) filter ({predicate})" for predicate in wrong.values())
    counted = first_row(connection, f"select {sums} from {table}") or ()
    return ((*told, count) for told, count in zip(wrong.items(), counted, strict=True) if count)


def _doubled(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Observations said twice. Looked for by a hash of the key, three times as fast; what it finds is counted by the key."""
    if not number(connection, f"select count(*) - count(distinct hash({KEY})) from parts.observations__own"):
        return
    rows = f"select {KEY} from parts.observations__own group by all having count(*) > 1"
    doubled = number(connection, f"select count(*) from ({rows})")
    if doubled:
        yield f"observations: {doubled:,} said more than once, for example {_row(connection, f'{rows} limit 1')}"


def _totals(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Services add up to their site, and sites to all of them: numerators, denominators, cases and open cases."""
    for what, *where in connection.execute(_SUMS).fetchall():
        yield f"observations: {what} do not add up to the total in {' '.join(str(word) for word in where if word is not None)}"


ADDED = ("numerator", "denominator", "n", "still_open")


def _sums(of: str, condition: str, name: str) -> str:
    """Each measure added up over the rows where the condition holds, and how many those are."""
    sums = [f"coalesce(sum({of.format(measure)}) filter ({condition}), 0) as {name}_{measure}" for measure in ADDED]
    return ", ".join([*sums, f"count(*) filter ({condition}) as {name}_rows"])


def _differ(parts: str, whole: str) -> str:
    """There are parts and a whole, and some measure of the parts is not that of the whole."""
    pairs = [(f"{parts}_{measure}", f"{whole}_{measure}") for measure in ADDED if measure != "n"]
    wrong = " or ".join(f"abs({part} - {total}) > {TOLERANCE} * greatest(1, {total})" for part, total in pairs)
    rounding = f"if(metric in (from weighted), 0.5 * ({parts}_rows + 1), 0)"
    return f"{parts}_rows > 0 and {whole}_rows > 0 and ({wrong} or abs({parts}_n - {whole}_n) > {rounding})"


# A tally may hold weighted counts (a survey's), which are not whole. Its n is rounded at every place, so that the parts may be
# off by half a case each; every other n adds up exactly.
_WEIGHTED = "select distinct metric from parts.observations__own where denominator <> round(denominator)"


# One pass over the rows, by site; everything after that is over its few sums.
_SUMS = f"""
    with weighted as materialized ({_WEIGHTED}),
    by_site as materialized (
        select metric, statistic, grain, period_start, stratum, site_id,
            {_sums("{}", "service_id is not null", "services")}, {_sums("{}", "service_id is null", "whole")}
        from parts.observations__own
        group by all
    ),
    by_period as (
        select metric, statistic, grain, period_start, stratum,
            {_sums("whole_{}", "site_id is not null and whole_rows > 0", "sites")},
            {_sums("whole_{}", "site_id is null and whole_rows > 0", "whole")}
        from by_site
        group by all
    )
    select if(site_id is null, 'the services', 'the services of a site'), metric, statistic, grain, period_start, site_id, stratum
    from by_site where {_differ("services", "whole")}
    union all
    select 'the sites', metric, statistic, grain, period_start, null, stratum
    from by_period where {_differ("sites", "whole")}
    order by all
    limit 3
"""


def _one_row(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = number(connection, "select count(*) from generation")
    if rows != 1:
        yield f"generation: {rows} rows; exactly one says what this is"


def _overlay_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """An overlay may add only rows whose keys it announced: else they would stand beside the base's."""
    asked = (
        f"select '{name}' as name, count(*) as strays from {own(name)} o"
        f" where not exists (select 1 from {replaced(name)} r where {same_key(name, 'o')})"
        for name in REPLACED_BY
    )
    # all at once: a question takes longer than its answer
    for name, strays in connection.execute(f"from ({' union all '.join(asked)}) where strays > 0 order by name").fetchall():
        yield f"{name}: {strays:,} new rows with a key that is not among the replaced ones"


def _whole_problems(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> Iterator[str]:
    """What only a full generation can be asked: grains agree with each other, bins with medians, facts with freshness."""
    for metric, statistic, grain in connection.execute(_GRAINS).fetchall():
        yield f"observations: {metric} {statistic} does not add up to the same number of cases by day and by {grain}"
    for metric, binned, counted in connection.execute(_BINS).fetchall():
        yield f"wait_bins: {metric} has {binned:,} cases in bins and {counted:,} in its observations by day"
    for table, said in connection.execute(
        """select table_name, sum(rows)::bigint from freshness
        where table_name <> 'patients' and site_id is null group by 1 order by 1"""
    ).fetchall():
        held = number(connection, f'select count(*) from "facts_{table}"') if f"facts_{table}" in tables else 0
        if held != said:
            yield f"facts_{table}: {held:,} rows, but freshness counts {said:,} events"


_GRAINS = f"""
    with sums as (
        select metric, statistic, grain, sum(n) as n, sum(coalesce(numerator, 0)) as numerator, count(*) as periods
        from parts.observations__own
        where site_id is null and service_id is null and stratum is null
            and metric not in (select metric from definitions where kind = 'census')  -- who is there on Monday is there on Tuesday
        group by all
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


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The names of the tables and views of the file being built."""
    found = connection.execute("select table_name from information_schema.tables where table_catalog = current_database()")
    return {name for (name,) in found.fetchall()}
