"""Small numbers, and gaps between groups: what is withheld, and what chance explains."""

from datetime import date, timedelta

import polars as pl

from metrics.snapshot.gaps import gaps
from metrics.snapshot.withholding import with_withheld

WEEK = date(2026, 10, 5)


def cells(*counts: tuple[str | None, float, float]) -> pl.DataFrame:
    rows = [
        {"metric": "m", "statistic": "share", "site_id": site, "week": WEEK, "numerator": top, "denominator": bottom,
         "n": int(bottom), "value": top / bottom, "mean": 0.4, "lower": 0.0, "upper": 1.0}
        for site, top, bottom in counts
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"site_id": pl.String})


def withheld(frame: pl.DataFrame, policy: str = "nhs") -> list[str]:
    return with_withheld(frame, policy).filter("withheld")["site_id"].to_list()


def test_a_small_count_or_a_small_rest_is_withheld_with_its_cells() -> None:
    frame = cells(("A", 7, 100), ("B", 96, 100), ("C", 8, 100), ("D", 0, 100))
    assert withheld(frame) == ["A", "B"] and withheld(frame, "cms") == ["A", "B", "C"] and withheld(frame, "off") == []
    kept = with_withheld(frame, "nhs").filter("withheld").select("numerator", "denominator", "value", "n", "lower", "upper")
    assert kept.null_count().row(0) == (2,) * 6


def test_where_one_place_is_withheld_the_smallest_other_is_too() -> None:
    assert withheld(cells(("A", 3, 40), ("B", 20, 60), ("C", 20, 50), (None, 43, 150))) == ["A", "C"]
    assert withheld(cells((None, 3, 40))) == [None]


def test_places_are_judged_together_though_an_audience_sees_some_of_them() -> None:
    everywhere = cells(("A", 3, 40), ("B", 20, 60), ("C", 20, 50), (None, 43, 150))
    north = everywhere.filter(pl.col("site_id").is_in(["B", "C"]))
    assert with_withheld(north, "nhs", everywhere).filter("withheld")["site_id"].to_list() == ["C"]


def test_a_series_with_one_week_withheld_loses_its_next_smallest_as_the_mean_of_its_chart_would_tell_it() -> None:
    weeks = [cells(("A", top, 40)).with_columns(week=WEEK + timedelta(weeks=at)) for at, top in enumerate((20, 3, 21))]
    weeks[2] = weeks[2].with_columns(pl.lit(39, pl.Int64).alias("n"), denominator=pl.lit(39, pl.Int64))
    assert with_withheld(pl.concat(weeks), "cms")["withheld"].to_list() == [False, True, True]


def strata(young: tuple[float, float], old: tuple[float, float]) -> pl.DataFrame:
    groups = {"young": young, "old": old, "unknown": (500.0, 500.0)}
    rows = [("m", "share", None, f"age_band={group}", top, bottom) for group, (top, bottom) in groups.items()]
    names = {"metric": pl.String, "statistic": pl.String, "site_id": pl.String, "stratum": pl.String}
    return pl.DataFrame(rows, schema={**names, "numerator": pl.Float64, "denominator": pl.Float64}, orient="row")


def test_a_gap_is_told_only_beyond_chance_and_never_of_the_unknown() -> None:
    figures = cells((None, 100, 1000))
    assert gaps(strata((110, 1000), (100, 1000)), figures, "nhs").is_empty()
    found = gaps(strata((180, 1000), (100, 1000)), figures, "nhs")
    assert set(found["group"]) == {"young", "old"} and found["z"].abs().min() > 5
    assert gaps(strata((5, 10), (100, 10_000)), figures, "nhs").is_empty()


def test_a_gap_is_told_in_counts_and_shares_as_the_policy_has_them() -> None:
    figures, drawn = cells((None, 100, 1000)), strata((182, 1001), (101, 999))
    young = gaps(drawn, figures, "nhs").filter(pl.col("group") == "young").row(0, named=True)
    assert [young[name] for name in ("numerator", "denominator", "share", "rest_share")] == [180, 1000, 0.18, 0.1]
    exact = gaps(drawn, figures, "cms").filter(pl.col("group") == "young").row(0, named=True)
    assert (exact["numerator"], exact["share"], exact["z"]) == (182, 182 / 1001, young["z"])
