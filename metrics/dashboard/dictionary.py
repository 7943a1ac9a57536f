"""The data dictionary, read off the declarations of the event tables."""

import polars as pl

from metrics.events import TABLES, rules_of

TABLE_NAMES = tuple(TABLES)


def about(table: str) -> str:
    """One row of the table in words, its FHIR resource, and its notes."""
    declared = TABLES[table]
    return " ".join([f"A row is {declared.row}. FHIR: {declared.fhir}.", *declared.notes])


def columns(table: str) -> pl.DataFrame:
    """A row a column: name, type, unit, meaning, FHIR field, codes, required."""
    rows = [(c.name, c.type, c.unit, c.meaning, c.fhir, ", ".join(c.values), c.required) for c in TABLES[table].columns]
    return pl.DataFrame(rows, schema=["column", "type", "unit", "meaning", "FHIR", "codes", "required"], orient="row")


def rules(table: str) -> pl.DataFrame:
    """A row a rule: what it promises, and whether a row that breaks it is rejected or warned of."""
    rows = [(rule.name, rule.sentence, rule.severity) for rule in rules_of(TABLES[table])]
    return pl.DataFrame(rows, schema=["rule", "promise", "severity"], orient="row")
