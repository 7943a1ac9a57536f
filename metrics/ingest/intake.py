"""One table's way in: chunks of a mapping's rows made into event rows and judged, the broken ones kept aside as rejects."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from metrics.events import TABLES, EventTable, Rule
from metrics.events.validation import REJECT_SCHEMA, judged
from metrics.home import Home
from metrics.ingest.ahead import one_ahead
from metrics.ingest.instants import SKIPPED, skipped_rules, with_instants
from metrics.ingest.percentages import Ratios, refuse_columns
from metrics.ingest.pseudonyms import Pseudonyms
from metrics.lake.staging import on_their_own
from metrics.sources import Extraction
from metrics.sources.casting import BAD, PATIENT

TYPE_RULE = "type"
KIND_OF_VALUE = {"text": "text without null bytes", "instant": "a time", "date": "a date", "integer": "a whole number",
                 "number": "a number", "flag": "true or false"}  # fmt: skip
RESULT_ROW = " Counted in the mapping's result, because its rows cannot be followed to the file."
FOUND = {"row": pl.Int64(), "file": pl.String(), **{name: kind for name, kind in REJECT_SCHEMA.items() if name != "line"}}


@dataclass
class Intake:
    """Reads one table of a source; raises UserError for percentages. After `good_rows` is done, `rejects` and counts are whole."""

    home: Home
    source: str
    extraction: Extraction
    pseudonyms: Pseudonyms
    rejected: int = 0
    rejected_by: Counter[str] = field(default_factory=Counter)
    warned_by: Counter[str] = field(default_factory=Counter)
    found: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ratios = Ratios(self.source)
        if self.table.name == "tallies":
            refuse_columns(self.source, self.extraction.columns)

    @property
    def table(self) -> EventTable:
        return TABLES[self.extraction.select.table]

    def good_rows(self) -> Iterator[pl.DataFrame]:
        """Frames of the table's declared columns in which every rule is kept; at most one for each chunk."""
        for chunk in one_ahead(self.extraction.chunks()):
            # `line` numbers the rows of the chunk while they are judged; the file and the row in it are looked up after
            frame = self.event_rows(chunk).with_columns(line=pl.int_range(chunk.height, dtype=pl.Int64))
            typed, wrong = self.without_wrong_types(chunk, frame)
            judgement = judged(self.table, typed, more=(*self.site_rules(typed), *skipped_rules(typed.columns)))
            self.rejected += judgement.rejected + (frame.height - typed.height)
            self.warned_by.update(judgement.warned)
            self.keep(chunk, pl.concat([wrong, judgement.rejects]))
            if self.table.name == "tallies":
                self.ratios.add(typed)
            yield judgement.good.select(list(self.table.schema))
        self.ratios.refuse()

    def event_rows(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """The chunk as rows of the table: patients' identifiers hashed, local times in UTC, missing columns null.

        Beside the table's columns stands `_skipped_<column>` where a time was on no clock.
        """
        given = {name for name in self.extraction.columns if name in self.table.column}
        frame = chunk
        if PATIENT in chunk.columns:
            frame = chunk.with_columns(self.pseudonyms.keys(chunk[PATIENT])).drop(PATIENT)
            given.add("patient_key")
        instants = [name for name in self.table.instants if name in given]
        zone, default = self.extraction.select.time_zone, self.home.settings.default_time_zone
        timed = with_instants(frame, instants, zone, self.home.sites, default)
        filled = {name: pl.col(name) if name in given else pl.lit(None) for name in self.table.column}
        filled["source"] = pl.lit(self.source)
        marks = [name for name in timed.columns if name.startswith(SKIPPED)]
        return timed.select(*(filled[name].cast(kind).alias(name) for name, kind in self.table.schema.items()), *marks)

    def without_wrong_types(self, chunk: pl.DataFrame, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows whose values all had their column's type, and a reject for each value that had not."""
        columns = [name for name in self.table.column if f"{BAD}{name}" in chunk.columns]
        tried = [name for name in columns if chunk[f"{BAD}{name}"].null_count() < chunk.height]
        if not tried:
            return frame, pl.DataFrame(schema=REJECT_SCHEMA)
        bad = chunk.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("line"), *(f"{BAD}{name}" for name in tried))
        wrong = pl.concat(
            bad.filter(pl.col(f"{BAD}{name}").is_not_null()).select(
                "line", rule=pl.lit(TYPE_RULE), severity=pl.lit("reject"), column=pl.lit(name), value=pl.col(f"{BAD}{name}"),
                message=pl.lit(f"{name} is {KIND_OF_VALUE[self.table.column[name].type]}."),
            )
            for name in tried
        )  # fmt: skip
        return frame.join(wrong.select("line").unique(), on="line", how="anti", maintain_order="left"), wrong

    def site_rules(self, frame: pl.DataFrame) -> tuple[Rule, ...]:
        return unlisted(self.home, frame) if "site_id" in self.table.column else ()

    def keep(self, chunk: pl.DataFrame, rejects: pl.DataFrame) -> None:
        """Keeps the rejects of a chunk with the file and the row in it that each came from."""
        if rejects.is_empty():
            return
        self.rejected_by.update(dict(rejects.filter(pl.col("severity") == "reject").group_by("rule").len().rows()))
        places = chunk.select(line=pl.int_range(pl.len(), dtype=pl.Int64), row="_row", file="_file")
        self.found.append(on_their_own(rejects.join(places, on="line", how="left").select(list(FOUND))))

    def rejects(self) -> pl.DataFrame:
        """All rejects with file, line, rule, severity, column, value, message; lines that could not be read among them."""
        found = pl.concat([pl.DataFrame(schema=FOUND), *self.found])
        unreadable = self.extraction.unreadable()
        self.rejected += unreadable.height
        self.rejected_by.update(dict(unreadable.group_by("rule").len().rows()))
        by_file = [self.placed(Path(file), found, unreadable) for file in files_of(found, unreadable)]
        lost = found.filter(pl.col("file").is_null()).with_columns(pl.col("message") + RESULT_ROW).rename({"row": "line"})
        columns = ["file", "line", "rule", "severity", "column", "value", "message"]
        return pl.concat([lost.select(columns), *(frame.select(columns) for frame in by_file)])

    def placed(self, file: Path, found: pl.DataFrame, unreadable: pl.DataFrame) -> pl.DataFrame:
        """The rejects of one file, rows and records turned into lines."""
        rows = found.filter(pl.col("file") == str(file))
        records = unreadable.filter(pl.col("file") == str(file))
        lines = self.extraction.lines(file, rows["row"].to_list(), records["record"].to_list())
        of_rows = rows.with_columns(line=pl.col("row").replace_strict(lines.of_row, return_dtype=pl.Int64, default=None))
        of_records = records.with_columns(
            line=pl.col("record").replace_strict(lines.of_record, return_dtype=pl.Int64, default=None),
            severity=pl.lit("reject"), value=pl.lit(None, pl.String),
        )  # fmt: skip
        return pl.concat([of_rows, of_records], how="diagonal")


def unlisted(home: Home, frame: pl.DataFrame) -> tuple[Rule, ...]:
    """The rule that the site is listed, when a row of the frame breaks it (its predicate names those sites)."""
    unknown = frame["site_id"].unique().drop_nulls()
    unknown = unknown.filter(~unknown.is_in(home.sites["site_id"].to_list())).sort()
    if unknown.is_empty():
        return ()
    named = ", ".join("'" + site.replace("'", "''") + "'" for site in unknown)
    severity = home.settings.unknown_site
    return (Rule("site_known", "The site is listed in sites.csv.", f"site_id in ({named})", "site_id", severity),)


def files_of(found: pl.DataFrame, unreadable: pl.DataFrame) -> list[str]:
    return sorted({*found["file"].drop_nulls(), *unreadable["file"].drop_nulls()})
