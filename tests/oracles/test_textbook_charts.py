"""Published worked examples: NIST's EWMA (e-Handbook 6.3.2.4) and a hand-worked Laney p′ chart."""

import json
from dataclasses import replace
from math import pi, sqrt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.signals import p_prime
from metrics.signals.ewma import with_ewma
from metrics.signals.profile import DEFAULT

TEXTBOOK = Path(__file__).parents[1] / "fixtures" / "textbook" / "textbook.json"


def example(name: str) -> dict[str, Any]:
    return next(case for case in json.loads(TEXTBOOK.read_text(encoding="utf-8")) if case["id"] == name)


def test_ewma_is_that_of_nist() -> None:
    case = example("nist_6_3_2_4_ewma")
    given = case["params"]
    scores = [(value - given["center"]) / given["sigma"] for value in case["data"]]
    points = pl.LazyFrame({"shortfall": scores}).with_columns(pl.lit(0).alias("series"), pl.lit(0).alias("segment"))
    found = with_ewma(points, weight=given["lam"], width=given["L"]).collect()
    in_units = [given["center"] + given["sigma"] * average for average in found["ewma"]]
    assert in_units == pytest.approx(case["computed"]["ewma"][1:], abs=1e-9)  # theirs begins with the centre itself
    assert given["center"] + given["sigma"] * found["ewma_limit"][0] == pytest.approx(case["computed"]["ucl"], abs=1e-9)
    assert [round(value, 2) for value in in_units[-2:]] == case["published"]["ewma_last"]
    assert found["ewma_signal"].sum() == case["computed"]["out_of_control"]


def test_laney_limits_are_those_worked_by_hand() -> None:
    """By hand with the exact 2 / sqrt(pi); ours has 1.128 as qicharts2 does, so the width is put right before comparing."""
    case = example("shewhart_laney_hand")
    d, n = case["data"]["d"], case["data"]["n"]
    points = pl.LazyFrame({"numerator": d, "denominator": n}).cast(pl.Float64).with_columns(
        (pl.col("numerator") / pl.col("denominator")).alias("value"), pl.lit(True).alias("baseline"),
        pl.lit(0).alias("series"), pl.lit(0).alias("segment"),
    )  # fmt: skip
    row = p_prime.with_limits(points, replace(DEFAULT, screen=False)).collect().row(0, named=True)
    exact = 1.128 / (2 / sqrt(pi))
    assert row["centre"] == pytest.approx(case["published"]["p_center"], abs=1e-9)
    assert row["centre"] + (row["upper"] - row["centre"]) * exact == pytest.approx(case["published"]["p_ucl_exact_d2"], abs=1e-9)
