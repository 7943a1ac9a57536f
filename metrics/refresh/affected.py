"""Which facts an incremental refresh has to look at again, read from the generation before it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import duckdb
import polars as pl

from metrics.definitions.derived import FOLLOWING, REPEATED, Following
from metrics.definitions.polars_form import expressions, predicate
from metrics.events import EventTable
from metrics.jobs.facts import facts
from metrics.jobs.returns import followed
from metrics.refresh.inputs import Inputs
from metrics.warehouse import Generation
from metrics.warehouse.schema import in_arrow, in_base, key_sql, own, replaced, same_key

SEPARATOR = "\x1f"  # between the columns of a key, as in the lake's changes; chr(31) in SQL


@dataclass(frozen=True)
class Affected:
    """One table's facts before and after (with `key`), for every row whose part in any figure may have moved.

    `rewritten` are those of `after` that differ from the stored fact, or are new.
    """

    before: pl.DataFrame
    after: pl.DataFrame

    @property
    def some(self) -> bool:
        return not (self.before.is_empty() and self.after.is_empty())

    @cached_property
    def rewritten(self) -> pl.DataFrame:
        if self.before.is_empty():
            return self.after
        return self.after.join(self.before, on=self.after.columns, how="anti", nulls_equal=True)

    @property
    def replaced(self) -> pl.DataFrame:
        """The keys of the facts before that no longer hold, and of new ones; a case that was entered in error has none after."""
        gone = self.before.join(self.after, on="key", how="anti")
        return pl.concat([self.rewritten.select("key"), gone.select("key")])


@dataclass(frozen=True)
class Layer:
    """A stored table of facts, and the condition on its row `f` that no later layer replaced it."""

    table: str
    in_force: str = "true"


def layers_of(previous: Generation, table: EventTable) -> list[Layer]:
    """Where a generation's facts are stored: in one table, or in the base's and the overlay's own.

    The view that joins the two hides row numbers, and compares every row of the base with the replaced ones.
    """
    name = f"facts_{table.name}"
    if previous.base_path is None:
        return [Layer(name)]
    kept = f"not exists (select 1 from {replaced(name)} r where {same_key(name, 'f')})"
    return [Layer(in_base(name), kept), Layer(own(name))]


def with_key(frame: pl.DataFrame, table: EventTable) -> pl.DataFrame:
    """The frame with `key`: the table's key columns joined, as the lake's changes name them."""
    return frame.with_columns(pl.concat_str([pl.col(name).cast(pl.String) for name in table.key], separator=SEPARATOR).alias("key"))


@dataclass(frozen=True)
class Search:
    """Finds one table's affected facts: in the generation before, and among the lake's changes since."""

    connection: duckdb.DuckDBPyConnection
    inputs: Inputs
    table: EventTable
    changes: pl.DataFrame  # this table's rows of the lake's changes: key, patient_key, month, day, old_day, ...
    restratified: pl.DataFrame  # patient_key of everybody whose strata changed
    as_of_before: datetime
    layers: Sequence[Layer]  # of the table's facts in the generation before

    def affected(self) -> Affected:
        """Facts of changed events, open cases, cases that became due, and a patient's other rows; before and after."""
        changed = self.changed_events()
        following = self.following_rows(changed)
        before = self.facts_before(self.neighbours(following))
        if changed.is_empty() and before.is_empty():
            return Affected(before, before)
        kept = before.join(self.changes, on="key", how="anti")
        after = self.facts_after(changed, kept, following)
        return Affected(before.select(after.columns).cast(after.schema), after)  # type: ignore[arg-type]

    def changed_events(self) -> pl.DataFrame:
        """The current state, from the lake, of every event that changed."""
        if self.changes.is_empty():
            return pl.DataFrame(schema=self.table.schema)
        months = self.changes["month"].unique().to_list()
        events = self.inputs.events(self.table).filter(pl.col("month").is_in(months), self._maybe_changed()).drop("month").collect()
        return with_key(events, self.table).join(self.changes, on="key", how="semi").drop("key")

    def _maybe_changed(self) -> pl.Expr:
        """Where one column of text is the whole key, the reader can pass over every other row; else it takes them all."""
        name, *more = self.table.key
        known = not more and self.table.column[name].type == "text"
        return pl.col(name).is_in(self.changes["key"].implode()) if known else pl.lit(True)

    @property
    def looks_on(self) -> Following | None:
        """How a row's next one is found, where the table has such columns."""
        return FOLLOWING.get(self.table.name)

    def patients_touched(self) -> pl.DataFrame:
        keys = pl.concat([self.changes["patient_key"], self.changes["old_patient_key"]]).drop_nulls().unique()
        return pl.DataFrame({"patient_key": keys})

    def rows_before(self, looks: Following) -> pl.DataFrame:
        """key, the columns of `looks` and what followed, of every row of the patients touched that it looks among.

        With layer and number: in which of the layers the row is stored, and as which of its rows.
        """
        columns = ", ".join(f"f.{name}" for name in (looks.key, *looks.same, looks.at, looks.column, REPEATED.name))
        among = "true" if looks.among == "true" else f"f.{looks.among}"
        theirs = f"{among} and f.patient_key in (select patient_key from touched)"
        # few columns of rows from all over the table: reading them with the condition is quicker than finding them by number first
        parts = (
            f"select {columns}, {self.key}, {at} as layer, f.rowid as number from {each.table} f where {theirs} and {each.in_force}"
            for at, each in enumerate(self.layers)
        )
        return pl.concat(fetched(self.connection, part, None, touched=self.patients_touched()) for part in parts)

    def following_rows(self, changed: pl.DataFrame) -> pl.DataFrame | None:
        """key, what follows and whether it is repeated, as things stand now, of every row of the patients touched that the
        table looks among; with layer, number and what was said before of the unchanged ones."""
        looks = self.looks_on
        if looks is None or self.changes.is_empty():
            return None
        unchanged = self.rows_before(looks).join(self.changes, on="key", how="anti")
        named = (looks.key, *looks.same, looks.at)
        now = changed.filter(predicate(looks.among)).select(named)
        rows = pl.concat([unchanged.select(named).cast(now.schema), now])  # type: ignore[arg-type]
        alone = replace(looks, among="true")  # they are picked already, and their status is not here
        found = followed(rows, alone).select(pl.col(looks.key).alias("key"), looks.column, REPEATED.name)
        were = unchanged.select(
            "key", "layer", "number", pl.col(looks.column).alias("was"), pl.col(REPEATED.name).alias("was_repeated")
        )
        return found.join(were, on="key", how="left")

    def neighbours(self, following: pl.DataFrame | None) -> pl.DataFrame:
        """layer, number of unchanged rows that something else follows now, or that are repeated where they were not."""
        looks = self.looks_on
        if following is None or looks is None:
            return pl.DataFrame(schema={"layer": pl.Int32, "number": pl.Int64})
        otherwise = pl.col(looks.column).ne_missing(pl.col("was")) | pl.col(REPEATED.name).ne_missing(pl.col("was_repeated"))
        return following.filter(pl.col("number").is_not_null() & otherwise).select("layer", "number")

    def facts_before(self, neighbours: pl.DataFrame) -> pl.DataFrame:
        """Every affected fact as the generation before has it, once, with its key."""
        known = self.changes.drop_nulls("old_day").select("key", pl.col("old_day").alias("day"))
        frames = {"known": known, "restratified": self.restratified}
        return self.found("f.*", list(self.conditions(known)), neighbours, **frames)

    def conditions(self, known: pl.DataFrame) -> Iterator[str]:
        """One condition on a fact for each way in which it can be affected; each reads as little as it can."""
        yield self.due_sql()
        if not known.is_empty():
            yield f"exists (select 1 from known k where k.day = f.day and k.key = {key_sql(self.table.name, 'f')})"
        if self.open_sql():
            yield self.open_sql()
        if not self.restratified.is_empty() and "patient_key" in self.table.column:
            yield "f.patient_key in (select patient_key from restratified)"
        yield from self.flips_sql()

    def found(self, columns: str, conditions: Sequence[str], neighbours: pl.DataFrame, **frames: pl.DataFrame) -> pl.DataFrame:
        """The columns, and key, of every fact that meets one of the conditions, or is among the neighbours (layer, number).

        Rows are found by number first, over the few columns that the conditions name: the others are read for those rows alone.
        """
        parts = []
        for number, layer in enumerate(self.layers):
            ways = [f"select f.rowid from {layer.table} f where {condition}" for condition in conditions]
            met = " union ".join([*ways, f"select number from neighbours where layer = {number}"])
            parts.append(f"select {columns}, {self.key} from {layer.table} f where f.rowid in ({met}) and {layer.in_force}")
        return pl.concat(fetched(self.connection, part, None, neighbours=neighbours, **frames) for part in parts)

    @property
    def key(self) -> str:
        """A fact's `key`, as a column of a query."""
        return f"{key_sql(self.table.name, 'f')} as key"

    def due_sql(self) -> str:
        """Facts whose anchor the as-of instant has passed since: they are in figures now."""
        return f"{self.table.anchor} > {_literal(self.as_of_before)} and {self.table.anchor} <= {_literal(self.inputs.as_of)}"

    def open_sql(self) -> str:
        """Facts still open in any duration metric: they have waited longer by now."""
        durations = [metric.id for metric in self.inputs.of_table(self.table) if metric.kind == "duration"]
        return " or ".join(f"{name}_end = 'open'" for name in durations)

    def flips_sql(self) -> Iterator[str]:
        """Facts for which an expression that names `as_of` says something else now than it did."""
        for metric in self.inputs.of_table(self.table):
            for text in expressions(metric).values():
                if re.search(r"\bas_of\b", text):
                    was, now = (re.sub(r"\bas_of\b", _literal(at), text) for at in (self.as_of_before, self.inputs.as_of))
                    yield f"({was}) is distinct from ({now})"

    def facts_after(self, changed: pl.DataFrame, kept: pl.DataFrame, following: pl.DataFrame | None) -> pl.DataFrame:
        """The affected facts as they are now: of changed events, and of the others by the clock's new reading."""
        looks = self.looks_on
        columns = [*self.table.schema, *([looks.column, REPEATED.name] if looks else [])]
        if looks:
            nothing = (pl.lit(None, pl.Datetime("us")).alias(looks.column), pl.lit(False).alias(REPEATED.name))
            changed = changed.with_columns(nothing)
        events = changed.select(columns)
        events = pl.concat([events, kept.select(columns).cast(events.schema)])  # type: ignore[arg-type]
        if looks and following is not None:
            events = _with_new_following(events, self.patients_touched(), following, looks)
        made = facts(events, self.table, self.inputs.of_table(self.table), self.inputs.calendar, self.inputs.as_of)
        return with_key(made, self.table)


def fetched(
    connection: duckdb.DuckDBPyConnection, sql: str, params: dict[str, object] | None = None, **frames: pl.DataFrame
) -> pl.DataFrame:
    """The rows of a query that may read the frames by their names."""
    cursor = connection.cursor()
    for name, frame in frames.items():
        cursor.register(name, in_arrow(frame))
    found: pl.DataFrame = cursor.sql(sql, params=params or {}).pl()
    return found


def _with_new_following(events: pl.DataFrame, touched: pl.DataFrame, following: pl.DataFrame, looks: Following) -> pl.DataFrame:
    """Rows with what follows them put right for the patients touched; the others keep theirs."""
    theirs = events.join(touched, on="patient_key", how="semi").drop(looks.column, REPEATED.name)
    others = events.join(touched, on="patient_key", how="anti")
    told = following.select(pl.col("key").alias(looks.key), looks.column, REPEATED.name)
    joined = theirs.join(told, on=looks.key, how="left").with_columns(pl.col(REPEATED.name).fill_null(False))
    return pl.concat([joined.select(events.columns), others])


def _literal(at: datetime) -> str:
    return f"timestamp '{at.isoformat(sep=' ')}'"
