"""What a person's query may call and read, besides the generation's own tables.

Functions that only compute are allowed because DuckDB itself declares them pure (the same arguments, the same
answer). The few others are named here one by one; whatever a later DuckDB adds that is not pure stays out.
"""

from functools import cache

import duckdb

from metrics.sources.reading_nodes import TABLE_FUNCTIONS as READING_FUNCTIONS

# These three are given the name of a table as text, and so reach tables that the guard did not see.
TABLE_FUNCTIONS = READING_FUNCTIONS - {"histogram", "histogram_values", "summary"}

# Not pure, and harmless: the clock, chance, and what the reader already knows. Not here: current_setting and
# getvariable (read the process), nextval and setval (write), sleep_ms (holds a thread), write_log.
IMPURE = frozenset(
    {"current_date", "get_current_time", "get_current_timestamp", "now", "today", "transaction_timestamp", "random", "setseed",
     "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "current_database", "current_schema", "current_localtime",
     "current_localtimestamp"}
)  # fmt: skip

# Macros that DuckDB is born with. Those for other databases' tools (pg_..., has_..., inet_...) are not among them.
MACROS = frozenset(
    {"ago", "assert_true", "date_add", "days_in_month", "fdiv", "fmod", "generate_subscripts", "geomean", "geometric_mean", "if",
     "json", "json_group_array", "json_group_object", "json_group_structure", "md5_number_lower", "md5_number_upper", "nullif",
     "regexp_split_to_table", "split_part", "variant_group_array", "wavg", "weighted_avg"}
)  # fmt: skip
MACRO_FAMILIES = ("list_", "array_")

# Words that the parser turns into functions the catalogue does not list.
PARSED = frozenset({"unnest", "row", "list_value", "struct_pack", "grouping", "grouping_id"})

CATALOGUE_TABLES = frozenset({"duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_schemas", "duckdb_types"})
CATALOGUE_PREFIXES = ("duckdb_", "pragma_", "pg_", "sqlite_")
PLACES = frozenset({"timely", "main", "information_schema"})  # what may stand before a table's name
SPECIAL_SHOWS = frozenset({"tables", "__show_tables_expanded", "schemas", "databases"})  # none of them shows a path


@cache
def functions() -> frozenset[str]:
    """Every function that may be called in an expression, in small letters."""
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            "select function_name, function_type, stability = 'CONSISTENT' from duckdb_functions() where function_type <> 'table'"
        ).fetchall()
    pure = {str(name).lower() for name, kind, consistent in rows if kind in ("scalar", "aggregate", "window") and consistent}
    macros = {str(name).lower() for name, kind, _ in rows if kind == "macro" and str(name).startswith(MACRO_FAMILIES)}
    return frozenset(pure | macros | MACROS | IMPURE | PARSED)
