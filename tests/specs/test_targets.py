"""Which target is in force: drawn as tables of targets, and of days and places with what holds there."""

from datetime import date

import polars as pl
import pytest

from metrics.signals.targets import targets_in_force

SITES = pl.DataFrame({"site_id": ["ASH", "BRK", "CED", "NEW"], "region": ["North", "North", "South", None]})
KINDS = {"wait": "percentile_at_most", "rate": "ceiling"}


def table(text: str) -> list[dict[str, str | None]]:
    """A drawn table as rows; an empty cell is null."""
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(header, (cell or None for cell in line), strict=True)) for line in lines]


def drawn_targets(text: str) -> pl.DataFrame:
    """Targets: value, from, to, and of what the table draws region, site, service, role, metric; the source is the value's text."""
    schema = dict.fromkeys(("metric", "statistic", "kind", "role", "region", "site_id", "service_id", "source"), pl.String)
    rows = [
        {
            "metric": row.get("metric") or "wait", "statistic": "median", "kind": KINDS[row.get("metric") or "wait"],
            "role": row.get("role") or "target", "region": row.get("region"), "site_id": row.get("site"),
            "service_id": row.get("service"), "value": float(row["value"] or 0), "source": f"says {row['value']}",
            "valid_from": date.fromisoformat(row["from"] or "2020-01-01"),
            "valid_to": date.fromisoformat(row["to"]) if row.get("to") else None,
        }
        for row in table(text)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={**schema, "value": pl.Float64, "valid_from": pl.Date, "valid_to": pl.Date})


def assert_in_force(targets: str, asked: str) -> None:
    """Every drawn row of `asked` (day, site, service, and the roles it draws) is what is in force."""
    wanted = table(asked)
    series = pl.DataFrame(
        [("wait", "median", row.get("site"), row.get("service"), date.fromisoformat(row["day"] or "2026-01-01")) for row in wanted],
        schema=["metric", "statistic", "site_id", "service_id", "period_end"], orient="row",
    ).cast({"site_id": pl.String, "service_id": pl.String})  # fmt: skip
    found = targets_in_force(series.lazy(), drawn_targets(targets), SITES).collect()
    for role in ("target", "trajectory", "stretch"):
        if role in wanted[0]:
            assert found[role].to_list() == [None if row[role] is None else float(row[role]) for row in wanted], role


def test_a_step_function_changes_on_the_first_day_of_each_step() -> None:
    """Both days of a step are included; the day before the first and the day after the last have none."""
    assert_in_force(
        """
        value | from       | to
        30    | 2024-04-01 | 2025-03-31
        20    | 2025-04-01 | 2026-03-31
        14    | 2027-04-01 |
        """,
        """
        day        | target
        2024-03-31 |
        2024-04-01 | 30
        2025-03-31 | 30
        2025-04-01 | 20
        2026-03-31 | 20
        2026-04-01 |
        2027-03-31 |
        2027-04-01 | 14
        2099-12-31 | 14
        """,
    )


def test_the_most_closely_named_place_counts() -> None:
    assert_in_force(
        """
        value | region | site | service | from
        1     |        |      |         | 2020-01-01
        2     | North  |      |         | 2020-01-01
        3     |        | ASH  |         | 2020-01-01
        4     |        |      | surgery | 2020-01-01
        5     | North  |      | surgery | 2020-01-01
        6     |        | ASH  | surgery | 2020-01-01
        """,
        """
        day        | site | service  | target
        2026-01-01 |      |          | 1
        2026-01-01 | CED  |          | 1
        2026-01-01 | NEW  |          | 1
        2026-01-01 | BRK  |          | 2
        2026-01-01 | ASH  |          | 3
        2026-01-01 |      | surgery  | 4
        2026-01-01 | CED  | surgery  | 4
        2026-01-01 | NEW  | surgery  | 4
        2026-01-01 | BRK  | surgery  | 5
        2026-01-01 | ASH  | surgery  | 6
        2026-01-01 |      | medicine | 1
        2026-01-01 | BRK  | medicine | 2
        2026-01-01 | ASH  | medicine | 3
        """,
    )


def test_a_total_takes_no_target_of_a_narrower_place() -> None:
    assert_in_force(
        """
        value | region | site | service | from
        2     | North  |      |         | 2020-01-01
        3     |        | ASH  |         | 2020-01-01
        4     |        |      | surgery | 2020-01-01
        """,
        """
        day        | site | service | target
        2026-01-01 |      |         |
        2026-01-01 | CED  |         |
        2026-01-01 |      | surgery | 4
        """,
    )


def test_a_narrower_target_counts_only_while_it_lasts() -> None:
    assert_in_force(
        """
        value | site | from       | to
        20    |      | 2024-01-01 |
        10    | ASH  | 2025-01-01 | 2025-12-31
        """,
        """
        day        | site | target
        2024-12-31 | ASH  | 20
        2025-01-01 | ASH  | 10
        2025-12-31 | ASH  | 10
        2026-01-01 | ASH  | 20
        2025-06-01 | BRK  | 20
        """,
    )


def test_each_role_has_its_own_steps_and_places() -> None:
    assert_in_force(
        """
        value | role       | site | from       | to
        20    | target     |      | 2025-01-01 |
        40    | trajectory |      | 2025-01-01 | 2025-06-30
        30    | trajectory |      | 2025-07-01 | 2025-12-31
        28    | trajectory | ASH  | 2025-07-01 | 2025-12-31
        10    | stretch    | ASH  | 2025-01-01 |
        """,
        """
        day        | site | target | trajectory | stretch
        2024-12-31 | ASH  |        |            |
        2025-01-01 | ASH  | 20     | 40         | 10
        2025-07-01 | ASH  | 20     | 28         | 10
        2025-07-01 | BRK  | 20     | 30         |
        2026-01-01 | BRK  | 20     |            |
        """,
    )


def test_kind_and_source_are_those_of_the_target_in_force() -> None:
    targets = drawn_targets(
        """
        value | role       | site | from       | to
        20    | target     |      | 2025-01-01 |
        15    | target     | ASH  | 2025-01-01 |
        40    | trajectory | BRK  | 2025-01-01 |
        """
    )
    series = pl.LazyFrame(
        {"metric": "wait", "statistic": ["median", "median", "p90"], "site_id": ["ASH", "BRK", "ASH"], "service_id": None,
         "period_end": date(2026, 1, 1), "value": [1.0, 2.0, 3.0]},
        schema_overrides={"service_id": pl.String},
    )  # fmt: skip
    found = targets_in_force(series, targets, SITES).collect()
    assert found["target_source"].to_list() == ["says 15", "says 20", None]
    assert found["target_kind"].to_list() == ["percentile_at_most", "percentile_at_most", None]
    assert found["value"].to_list() == [1.0, 2.0, 3.0], "rows keep their order and what they had"


@pytest.mark.parametrize("rows", [0, 2])
def test_without_targets_every_column_is_there_and_null(rows: int) -> None:
    series = pl.LazyFrame(
        {"metric": ["wait"] * rows, "statistic": "median", "site_id": "ASH", "service_id": None, "period_end": date(2026, 1, 1)},
        schema_overrides=dict.fromkeys(("metric", "statistic", "site_id", "service_id"), pl.String) | {"period_end": pl.Date},
    )
    found = targets_in_force(series, drawn_targets("value | from\n1 | 2020-01-01").clear(), SITES).collect()
    assert found.height == rows
    assert found.select("target", "trajectory", "stretch").null_count().row(0) == (rows,) * 3
    assert found.schema["target"] == pl.Float64() and found.schema["target_source"] == pl.String()
