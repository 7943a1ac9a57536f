"""Published worked examples of individuals charts: NIST's I-MR (e-Handbook 6.3.2.2) and NHSRplotthedots' vignette on screening."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from metrics.signals.profile import NHSR_0_2_2
from tests.signals.observed import judge, weeks

TEXTBOOK = Path(__file__).parents[1] / "fixtures" / "textbook" / "textbook.json"
CONSTANTS_APART = 2e-4  # of the width: 2.66 here, 3 / 1.128 there


def example(name: str) -> dict[str, Any]:
    return next(case for case in json.loads(TEXTBOOK.read_text(encoding="utf-8")) if case["id"] == name)


def limits(values: list[float], screen: bool) -> dict[str, float]:
    return judge(weeks(values), profile=replace(NHSR_0_2_2, screen=screen))[1].select("centre", "lower", "upper").row(0, named=True)


def test_individuals_are_those_of_nist() -> None:
    case = example("nist_6_3_2_2_imr")
    found, published = limits(case["data"], screen=False), case["published"]
    assert found["centre"] == pytest.approx(published["mean"], abs=1e-9)
    assert found["upper"] == pytest.approx(case["computed"]["ucl_266"], abs=1e-9)
    assert found["lower"] == pytest.approx(case["computed"]["lcl_266"], abs=1e-9)
    width = published["ucl"] - published["mean"]
    assert found["upper"] - published["ucl"] == pytest.approx(0, abs=CONSTANTS_APART * width)
    assert found["lower"] - published["lcl"] == pytest.approx(0, abs=CONSTANTS_APART * width)


@pytest.mark.parametrize("screen", [True, False])
def test_screening_is_that_of_the_vignette(screen: bool) -> None:
    case = example("nhsr_vignette_deviations")
    found, published = limits(case["data"], screen), case["published"][f"screen_{str(screen).lower()}"]
    rounded = {name: round(value, 2) for name, value in found.items()}
    assert rounded == pytest.approx({"centre": published["mean"], "lower": published["lpl"], "upper": published["upl"]}, abs=0.0101)
