"""An overlay being built: new rows, the keys of the rows they replace, and what the overlay before it had already."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

import duckdb
import polars as pl

from metrics.warehouse.schema import OPTIONAL_IN_OVERLAY, insert, own, replaceable_tables, replaced, same_key


@dataclass(frozen=True)
class Overlay:
    """The overlay under construction; `connection` has its full generation attached as `base`.

    Several threads may replace rows at once: they are worked out beside each other and put in one after the other.
    """

    connection: duckdb.DuckDBPyConnection
    one_at_a_time: Lock = field(default_factory=Lock)

    def replace(self, table: str, keys: pl.DataFrame, rows: Iterable[pl.DataFrame]) -> None:
        """Rows of `table` with one of `keys` (columns: REPLACED_BY, or `key` for facts) give way to `rows`.

        Keys that no row has yet announce new ones. May be called again for the same table with other keys.
        """
        made = [frame for frame in rows if not frame.is_empty()]
        with self.one_at_a_time:
            if keys.width:
                insert(self.connection, replaced(table), keys)
            if made:
                insert(self.connection, own(table), pl.concat(made))


def carry_over(connection: duckdb.DuckDBPyConnection) -> None:
    """Take from the overlay before this one (attached as `previous`) whatever this one does not replace.

    Both stand on the same base, so an overlay always says everything that changed since it.
    """
    for name in replaceable_tables(connection):
        connection.execute(f"""
            insert into {own(name)} by name
            select * from previous.{own(name)} p
            where not exists (select 1 from {replaced(name)} r where {same_key(name, "p")})""")
        connection.execute(f"""
            insert into {replaced(name)}
            (select * from previous.{replaced(name)} except select * from {replaced(name)})""")
    _carry_whole_tables(connection)


def _carry_whole_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The optional small tables of the overlay before, where it had its own and this one made none."""
    holders = connection.execute(
        "select table_name, database_name = 'previous' from duckdb_tables() where schema_name = 'main' and database_name <> 'base'"
    ).fetchall()
    for name in OPTIONAL_IN_OVERLAY:
        if (name, True) in holders and (name, False) not in holders:
            connection.execute(f"create table {name} as select * from previous.main.{name}")
