"""How far groups of patients are from the reference group: published intervals, and every edge."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.jobs.equity import gaps
from metrics.jobs.intervals import share, wilson_lower, wilson_upper
from metrics.workbench.questions import load_question

QUESTION = Path(__file__).parents[2] / "queries" / "gaps_between_patients.sql"
PLACE = {
    "metric": "no_show_rate", "statistic": "share", "grain": "month", "period_start": date(2026, 3, 1), "site_id": None,
    "service_id": None,
}  # fmt: skip


def shares(*groups: tuple[str, int, int], **said: object) -> pl.DataFrame:
    """Groups of age as observations: (name, on top, at the bottom)."""
    rows = pl.DataFrame(groups, schema=["group", "top", "bottom"], orient="row").cast({"top": pl.Int64, "bottom": pl.Int64})
    top, bottom = pl.col("top"), pl.col("bottom")
    return rows.select(
        *(pl.lit(value, pl.String if value is None else None).alias(name) for name, value in {**PLACE, **said}.items()),
        pl.format("age_band={}", "group").alias("stratum"), share(top, bottom).alias("value"), bottom.alias("n"),
        wilson_lower(top, bottom).alias("lower"), wilson_upper(top, bottom).alias("upper"), top.cast(pl.Float64).alias("numerator"),
        bottom.cast(pl.Float64).alias("denominator"),
    )  # fmt: skip


# Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10
PUBLISHED = [
    ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000), ((10, 10), (0, 10), 0.6075, 1.0000),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "lower", "upper"), PUBLISHED)
def test_newcombes_own_examples(one, other, lower, upper):
    found = gaps(shares(("a", *one), ("b", *other)), {"age_band": "b"}, 2, "lower").row(0, named=True)
    assert found["gap"] == pytest.approx(one[0] / one[1] - other[0] / other[1])
    assert (found["gap_lower"], found["gap_upper"]) == pytest.approx((lower, upper), abs=6e-5)


def findings(rows: pl.DataFrame, references: dict[str, str] | None = None, least: int = 30, better: str = "lower") -> dict:
    found = gaps(rows, references or {}, least, better)
    return dict(zip(found["stratum"].str.replace("age_band=", ""), found["finding"], strict=True))


GROUPS = shares(("18-34", 40, 400), ("35-49", 90, 500), ("50-64", 43, 400), ("65-79", 5, 300), ("80+", 9, 29), ("unknown", 60, 900))


def test_what_is_found_of_each_group():
    """The reference is the largest group that is known; 29 cases are too few; nobody is judged against the unknown."""
    assert findings(GROUPS) == {
        "18-34": "better", "35-49": "reference", "50-64": "better", "65-79": "better", "80+": "not assessed", "unknown": "better",
    }  # fmt: skip
    assert findings(GROUPS, {"age_band": "18-34"}) == {
        "18-34": "reference", "35-49": "worse", "50-64": "no difference shown", "65-79": "better", "80+": "not assessed",
        "unknown": "better",
    }  # fmt: skip
    assert findings(GROUPS, {"age_band": "18-34"}, least=29)["80+"] == "worse"


def test_which_side_is_better_is_the_metrics_word():
    assert findings(GROUPS, {"age_band": "18-34"}, better="higher")["35-49"] == "better"
    assert findings(GROUPS, {"age_band": "18-34"}, better="neither")["35-49"] == "higher"
    assert findings(GROUPS, {"age_band": "18-34"}, better="neither")["65-79"] == "lower"


def test_where_the_reference_is_small_or_missing_nobody_is_assessed():
    assert set(findings(GROUPS, {"age_band": "80+"}).values()) == {"not assessed", "reference"}
    assert set(findings(GROUPS, {"age_band": "eighty"}).values()) == {"not assessed"}
    assert gaps(GROUPS, {"age_band": "eighty"}, 30, "lower")["reference"].unique().to_list() == ["eighty"]


def test_an_interval_that_is_not_known_is_no_gap():
    """Of a median of few cases the order statistics reach no limit: the gap stays empty, whatever n is asked for."""
    waits = GROUPS.with_columns(lower=pl.when(pl.col("stratum") != "age_band=65-79").then("lower"), statistic=pl.lit("median"))
    assert findings(waits)["65-79"] == "not assessed"
    assert gaps(waits, {}, 30, "lower").filter(stratum="age_band=65-79")["gap"].to_list() == [None]


def test_periods_and_places_have_references_of_their_own():
    march, april = GROUPS, shares(("18-34", 4, 400), ("35-49", 4, 500), period_start=date(2026, 4, 1), site_id="CEN")
    found = gaps(pl.concat([march, april]), {}, 30, "lower")
    assert found["reference"].unique().to_list() == ["35-49"]
    assert found.filter(pl.col("site_id") == "CEN")["reference_n"].unique().to_list() == [500]
    assert found.filter(pl.col("site_id").is_null())["reference_value"].unique().to_list() == [0.18]


def test_of_nobody_there_is_nothing_to_compare():
    assert gaps(GROUPS.clear(), {}, 30, "lower").is_empty()


counts = st.lists(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(counts, st.sampled_from([None, "g0", "g1"]), st.integers(2, 60))
def test_the_question_says_the_same_as_the_job(drawn, reference, least):
    """The same rows by `gaps_between_patients` in DuckDB; and seen from the other side, a gap changes its sign and nothing else."""
    rows = shares(*((f"g{i}", top, bottom) for i, (top, bottom) in enumerate(drawn) if bottom))
    found = gaps(rows, {"age_band": reference} if reference else {}, least, "neither")
    by_sql = asked(rows, reference, least)
    named, theirs_all = (frame.select(TOLD).sort("stratum").to_dicts() for frame in (found, by_sql))
    for ours, theirs in zip(named, theirs_all, strict=True):
        assert ours == pytest.approx({**theirs, "stratum": f"age_band={theirs['stratum']}"}, abs=1e-12)
    for row in found.filter(pl.col("gap").is_not_null()).to_dicts():
        back = gaps(rows, {"age_band": row["stratum"].removeprefix("age_band=")}, least, "neither")
        (mirror,) = back.filter(stratum=f"age_band={row['reference']}").to_dicts()
        assert (-mirror["gap"], -mirror["gap_upper"], -mirror["gap_lower"]) == pytest.approx(
            (row["gap"], row["gap_lower"], row["gap_upper"]), abs=1e-12
        )
        assert -1 <= row["gap_lower"] <= row["gap"] <= row["gap_upper"] <= 1


TOLD = ("stratum", "reference", "gap", "gap_lower", "gap_upper", "finding")


def asked(rows: pl.DataFrame, reference: str | None, least: int) -> pl.DataFrame:
    connection = duckdb.connect()
    observations = rows.with_columns(mature=pl.lit(True), period_end=pl.col("period_start"))
    connection.register("given", observations.to_arrow())
    connection.execute("create table observations as from given")
    connection.execute("create table definitions as select 'no_show_rate' as metric, 'neither' as better")
    params = {
        "metric": "no_show_rate", "statistic": "share", "dimension": "age_band", "reference": reference, "least": least,
        "months": 12,
    }  # fmt: skip
    return connection.sql(load_question(QUESTION).sql, params=params).pl()
