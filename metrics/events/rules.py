"""The rules of a table: those read off its columns, then its own."""

from datetime import date

from metrics.events.declaration import Column, EventTable, Rule

# 1900, 1811 and 1753 are the usual placeholders, and no provider measures its waits before 1970 (synthetic life histories
# go back further: those rows are rejected and counted). The far end is 2300: de-identified sets shift dates as far as 2201,
# and 9999 is a placeholder.
FIRST_DATE = date(1970, 1, 1)
LAST_DATE = date(2300, 1, 1)


def rules_of(table: EventTable) -> tuple[Rule, ...]:
    """Every rule of the table in the order they are judged: present, on the list, no placeholder, its own."""
    return (
        *(present(column) for column in table.columns if column.required),
        *(on_the_list(column) for column in table.columns if column.values),
        *(no_placeholder(name) for name in table.instants),
        *table.own_rules,
    )


def present(column: Column) -> Rule:
    return Rule(f"{column.name}_present", f"{column.name} is not empty.", f"{column.name} is null", column.name)


def on_the_list(column: Column) -> Rule:
    codes = ", ".join(f"'{value}'" for value in column.values)
    return Rule(
        f"{column.name}_on_the_list",
        f"{column.name} is one of {', '.join(column.values)}.",
        f"{column.name} not in ({codes})",
        column.name,
    )


def no_placeholder(instant: str) -> Rule:
    """An instant outside 1970 to 2299 is a placeholder (1900-01-01, 9999-12-31), not a time."""
    broken = f"{instant} < cast('{FIRST_DATE} 00:00:00' as timestamp) or {instant} >= cast('{LAST_DATE} 00:00:00' as timestamp)"
    return Rule(f"{instant}_is_a_time", f"{instant} is a real time, not a placeholder.", broken, instant)
