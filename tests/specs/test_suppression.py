"""Small numbers by policy, drawn: what is there, and what may be told of it (`*`: withheld)."""

from datetime import date

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.suppression import POLICIES, policy_named, publishable

WITHHELD = "*"
COUNTED = ("numerator", "n")


def figures(*rows: tuple, statistic: str = "share") -> pl.DataFrame:  # type: ignore[type-arg]
    """(site, in, of) each; a site of 'all' is all of them together."""
    made = [
        {"metric": "m", "statistic": statistic, "site_id": None if site == "all" else site, "numerator": float(top),
         "denominator": float(bottom), "value": top / bottom if bottom else None, "n": int(bottom), "lower": 0.0, "upper": 1.0}
        for site, top, bottom in rows
    ]  # fmt: skip
    return pl.DataFrame(made, schema_overrides={"site_id": pl.String, "value": pl.Float64})


def told(text: str, policy: str) -> str:
    """The table as it may be published: site, in, of and per cent of each row."""
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
    frame = figures(*((row[0], int(row[1]), int(row[2])) for row in rows))
    shown = publishable(frame, POLICIES[policy]).select("site_id", "numerator", "denominator", "value", "n", "lower", "upper")
    return "\n".join(drawn(row) for row in shown.iter_rows())


def drawn(row: tuple) -> str:  # type: ignore[type-arg]
    site, top, bottom, value, n, lower, upper = row
    if top is None:
        assert (bottom, value, n, lower, upper) == (None,) * 5, "a withheld row tells nothing of its people"
        return f"{site or 'all'} | {WITHHELD} | {WITHHELD} | {WITHHELD}"
    assert n == bottom
    return f"{site or 'all'} | {top:.0f} | {bottom:.0f} | {'' if value is None else f'{100 * value:.6g}%'}"


def expected(text: str) -> str:
    return "\n".join(" | ".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())


CASES = {
    "golden vector 14, CMS: 3 and 177 of 180 go, the total stays, and so do no percentages of them": (
        "cms",
        "A | 3 | 200\n B | 177 | 400\n all | 180 | 600",
        "A | * | * | *\n B | * | * | *\n all | 180 | 600 | 30%",
    ),
    "golden vector 14, CMS: of a single place a small count takes its complement and its percentage with it": (
        "cms", "A | 3 | 180", "A | * | * | *",
    ),
    "a small complement is a small count: 177 of 180 are 3 of 180": ("cms", "A | 177 | 180", "A | * | * | *"),
    "golden vector 14: 0 stays, and all stays": (
        "cms", "A | 0 | 180\n B | 50 | 50\n C | 0 | 0", "A | 0 | 180 | 0%\n B | 50 | 50 | 100%\n C | 0 | 0 |",
    ),
    "CMS: 10 goes and 11 stays": ("cms", "A | 10 | 100\n B | 11 | 100", "A | * | * | *\n B | 11 | 100 | 11%"),
    "golden vector 14, NHS: 8 is 10, 12 is 10, 13 is 15; the percentages are of the rounded counts": (
        "nhs", "A | 8 | 100\n B | 12 | 101\n C | 13 | 102", "A | 10 | 100 | 10%\n B | 10 | 100 | 10%\n C | 15 | 100 | 15%",
    ),
    "golden vector 14, NHS: 7 goes": ("nhs", "A | 7 | 100", "A | * | * | *"),
    "NHS: a decimal only of 4,000 or more, whole per cent below": (
        "nhs", "A | 1234 | 3995\n B | 1234 | 4000", "A | 1235 | 3995 | 31%\n B | 1235 | 4000 | 30.9%",
    ),
    "the next smallest place goes with the one that is small, as the others and the total would give it away": (
        "nhs", "A | 3 | 40\n B | 30 | 60\n C | 20 | 50\n all | 53 | 150",
        "A | * | * | *\n B | 30 | 60 | 50%\n C | * | * | *\n all | 55 | 150 | 37%",
    ),
    "ehrQL: two that add up to little take the next smallest with them": (
        "ehrql", "A | 1 | 60\n B | 2 | 61\n C | 30 | 62\n D | 30 | 63\n all | 63 | 246",
        "A | * | * | *\n B | * | * | *\n C | * | * | *\n D | 30 | 65 | 46%\n all | 65 | 245 | 27%",
    ),
    "where every part is small the total goes, too": (
        "cms", "A | 2 | 20\n B | 1 | 20\n all | 3 | 40", "A | * | * | *\n B | * | * | *\n all | * | * | *",
    ),
    "a place that is not shown may be small: 20 of the total are in none shown, 3 of them in the share": (
        "cms", "A | 30 | 90\n B | 40 | 95\n all | 73 | 205", "A | * | * | *\n B | 40 | 95 | 42.1053%\n all | 73 | 205 | 35.6098%",
    ),
    "without their total, places give nothing of each other away": (
        "cms", "A | 3 | 40\n B | 20 | 60", "A | * | * | *\n B | 20 | 60 | 33.3333%",
    ),
    "off: as it is": ("off", "A | 3 | 40\n all | 3 | 40", "A | 3 | 40 | 7.5%\n all | 3 | 40 | 7.5%"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_may_be_told(name: str) -> None:
    policy, text, answer = CASES[name]
    assert told(text, policy) == expected(answer)


def waits(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    """(site, statistic, n, still open) of one month."""
    made = [
        {"metric": "w", "statistic": statistic, "grain": "month", "period_start": date(2026, 3, 1),
         "site_id": None if site == "all" else site, "service_id": None, "stratum": None,
         "numerator": n - 20.0 if statistic == "within" else None, "denominator": float(n) if statistic == "within" else None,
         "value": 0.5 if statistic == "within" else 31.5, "n": n, "lower": 0.1, "upper": 40.0, "still_open": open_}
        for site, statistic, n, open_ in rows
    ]  # fmt: skip
    return pl.DataFrame(made, schema_overrides={"service_id": pl.String, "stratum": pl.String, "site_id": pl.String})


def test_a_median_and_a_p90_of_few_people_go_together_with_their_limits() -> None:
    shown = publishable(waits(("A", "median", 7, 0), ("A", "p90", 7, 0), ("B", "median", 8, 0)), POLICIES["nhs"])
    assert shown["withheld"].to_list() == [True, True, False]
    assert shown["value"].to_list() == [None, None, 31.5] and shown["upper"].to_list() == [None, None, 40.0]
    assert shown["n"].to_list() == [None, None, 10]


def test_a_few_who_still_wait_are_withheld_alone_in_every_figure_of_the_case_and_with_the_next_smallest() -> None:
    cases = [
        (site, "median", 100 if site != "all" else 300, open_) for site, open_ in (("A", 3), ("B", 30), ("C", 25), ("all", 58))
    ]
    shown = publishable(waits(*cases, *((site, "p90", n, open_) for site, _, n, open_ in cases)), POLICIES["cms"])
    assert not shown["withheld"].any() and shown["n"].null_count() == 0
    assert shown["still_open"].to_list() == [None, 30, None, 58] * 2


def test_n_of_a_wait_goes_where_its_difference_from_the_share_s_is_of_few_people() -> None:
    shown = publishable(waits(("A", "median", 100, 0), ("A", "within", 103, 0)), POLICIES["cms"])
    assert shown.rows(named=True)[0]["n"] is None and shown["value"].null_count() == 0
    assert shown.rows(named=True)[1]["n"] == 103
    rounded = publishable(waits(("A", "median", 100, 0), ("A", "within", 103, 0)), POLICIES["nhs"])
    assert rounded["n"].to_list() == [100, 105]


def test_the_days_of_a_week_and_the_weeks_of_a_month_add_up() -> None:
    days = [("day", date(2026, 3, 2 + at), 3 if at == 4 else 20 + at) for at in range(7)]
    weeks = [("week", date(2026, 3, 2), sum(count for _, _, count in days)), ("week", date(2026, 3, 9), 150)]
    frame = pl.DataFrame(
        [{"metric": "m", "statistic": "count", "grain": grain, "period_start": day, "site_id": "A", "numerator": float(count),
          "denominator": None, "value": float(count), "n": count} for grain, day, count in (*days, *weeks)],
        schema_overrides={"denominator": pl.Float64},
    )  # fmt: skip
    assert publishable(frame, POLICIES["cms"])["withheld"].arg_true().to_list() == [0, 4]
    whole = pl.col("grain").replace("day", "month")
    first = pl.col("period_start").replace(date(2026, 3, 8), date(2026, 3, 1))
    of_month = {name: pl.when(whole == "month").then(293).otherwise(pl.col(name)).cast(frame.schema[name]) for name in COUNTED}
    month = frame.slice(6).with_columns(whole, first, **of_month)
    shown = publishable(month, POLICIES["cms"])  # 140 and 150 of 293: three in the days that no whole week holds
    assert shown["withheld"].to_list() == [False, True, False]


def test_groups_of_patients_add_up_within_their_dimension_and_cross_tables_are_withheld_as_blocks() -> None:
    groups = [("age_band=old", 4), ("age_band=young", 60), ("age_band=middle", 90), ("payer=a", 80), ("payer=b", 74), (None, 154)]
    frame = pl.DataFrame(
        [{"metric": "m", "statistic": "count", "stratum": group, "numerator": float(count), "denominator": None,
          "value": float(count), "n": count} for group, count in groups],
        schema_overrides={"denominator": pl.Float64, "stratum": pl.String},
    )  # fmt: skip
    assert publishable(frame, POLICIES["cms"])["withheld"].to_list() == [True, True, False, False, False, False]


def test_it_says_so_of_every_policy_and_names_the_nearest_of_an_unknown_one() -> None:
    assert all(policy.reason and policy.authority and policy.words for policy in POLICIES.values())
    assert POLICIES["nhs"].words == (
        "Counts of 1 to 7 are withheld, with what would give them away (policy nhs). Other counts are rounded to the nearest 5."
    )
    with pytest.raises(UserError, match=r"there is no policy 'nsh' .*nhs"):
        policy_named("nsh")


def test_nothing_is_nothing_and_order_and_other_columns_stay() -> None:
    frame = figures(("A", 3, 40), ("B", 20, 60)).with_columns(note=pl.lit("x"))
    assert publishable(frame.clear(), POLICIES["cms"]).columns == [*frame.columns, "withheld"]
    shown = publishable(frame, POLICIES["cms"])
    assert shown["site_id"].to_list() == ["A", "B"] and shown["note"].to_list() == ["x", "x"]
    assert shown.schema == {**frame.schema, "withheld": pl.Boolean}
