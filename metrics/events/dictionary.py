"""The data dictionary: every event table, column and rule, in words, made from the declarations."""

from metrics.events import TABLES, Column, EventTable, Rule, rules_of

PREAMBLE = """# Data dictionary

Made from `metrics/events/` by `python tests/docs/regenerate.py`; edit those, not this page.

Instants are UTC. A row's *anchor* is the instant whose local date, at its site, puts it into a period. The newest
`recorded_at` of a key wins, whatever the order of arrival. A rule that *rejects* sends the row to the rejects with its file,
line and value; one that *warns* keeps the row and counts it."""


def dictionary_markdown() -> str:
    """The data dictionary's page: a list of the tables, then each with its columns, rules and notes."""
    contents = "\n".join(f"| [{table.name}](#{table.name}) | {table.row} | {table.fhir} |" for table in TABLES.values())
    tables = "\n\n".join(table_markdown(table) for table in TABLES.values())
    return f"{PREAMBLE}\n\n| table | one row is | FHIR |\n|---|---|---|\n{contents}\n\n{tables}\n"


def table_markdown(table: EventTable) -> str:
    """One table's part of the page."""
    anchor = f", anchor `{table.anchor}`" if table.anchor else ", no anchor (it has no time)"
    head = f"## {table.name}\n\n{table.row[0].upper()}{table.row[1:]}. Key `{'`, `'.join(table.key)}`{anchor}. FHIR {table.fhir}."
    columns = "\n".join(_column(column) for column in table.columns)
    rules = "\n".join(_rule(rule) for rule in rules_of(table))
    notes = "".join(f"\n\n{note}" for note in table.notes)
    return (
        f"{head}{notes}\n\n| column | type | meaning | codes or unit | FHIR |\n|---|---|---|---|---|\n{columns}"
        f"\n\n| rule | says | else |\n|---|---|---|\n{rules}"
    )


def _column(column: Column) -> str:
    required = " Required." if column.required else ""
    codes = ", ".join(f"`{value}`" for value in column.values) or column.unit
    return f"| `{column.name}` | {column.type} | {column.meaning}{required} | {codes} | {column.fhir} |"


def _rule(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.sentence} | {'rejects' if rule.severity == 'reject' else 'warns'} |"
