"""Making Data Count against NHSRplotthedots 0.2.2, run in R 4.2.2: limits, labels, point types, icons, case by case."""

from pathlib import Path

import polars as pl
import pytest

from tests.oracles.spc_cases import LABELS, Cases

MADE = Path(__file__).parents[1] / "fixtures" / "spc"
NEAR = 1e-9  # relative: R sums in long doubles, Polars in doubles
LIMITS = {"mean": "centre", "lpl": "lower", "upl": "upper"}
STOPPED = 9  # made cases on whose missing value R stops with an error


@pytest.fixture(scope="module")
def made() -> Cases:
    return Cases.read(MADE)


@pytest.fixture(scope="module")
def trusts(real: Path) -> Cases:
    return Cases.read(real / "nhs_ae" / "spc")


@pytest.fixture(params=["made", "trusts"], scope="module")
def cases(request: pytest.FixtureRequest) -> Cases:
    """The made cases of the project, and the A&E trusts of the real data where they are beside it."""
    found: Cases = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def points(cases: Cases) -> pl.DataFrame:
    """R's points beside ours: one row each, whatever was found."""
    ours, _ = cases.judged()
    answered = ours.rename({"period_start": "date", "value": "seen", "point_type": "our_type"})
    return cases.expected_points.join(answered, on=["case_id", "date"], how="left")


@pytest.fixture(scope="module")
def icons(cases: Cases) -> pl.DataFrame:
    """R's two verdicts on each case that it answered beside ours."""
    _, ours = cases.judged()
    answered = cases.expected_cases.filter(pl.col("case_id").is_in(cases.answered()["case_id"].to_list()))
    return answered.join(ours.rename({"variation": "our_variation", "assurance": "our_assurance"}), on="case_id", how="left")


def test_every_point_is_there_once(cases: Cases, points: pl.DataFrame) -> None:
    assert len(points) == len(cases.expected_points)
    assert points["seen"].eq_missing(points["value"]).all()


@pytest.mark.parametrize(("theirs", "ours"), LIMITS.items())
def test_limits_equal_to_the_ninth_digit(points: pl.DataFrame, theirs: str, ours: str) -> None:
    far = (pl.col(theirs) - pl.col(ours)).abs() > NEAR * pl.max_horizontal(pl.col(theirs).abs(), 1.0)
    one_is_null = pl.col(theirs).is_null() != pl.col(ours).is_null()
    assert points.filter(far | one_is_null).select("case_id", "date", theirs, ours).is_empty()


def test_every_label_equals(points: pl.DataFrame) -> None:
    label = pl.col("special_cause_type").replace_strict(LABELS, return_dtype=pl.String)
    assert points.filter(label.ne_missing(pl.col("label"))).select("case_id", "date", "special_cause_type", "label").is_empty()


def test_the_label_is_the_first_of_the_rules_that_hold(points: pl.DataFrame) -> None:
    assert points.filter(pl.col("rules").str.split(",").list.first().ne_missing(pl.col("label"))).is_empty()


def test_every_point_type_equals(points: pl.DataFrame) -> None:
    theirs = pl.col("point_type").str.strip_prefix("special_cause_")
    assert points.filter(theirs.ne_missing(pl.col("our_type"))).select("case_id", "date", "point_type", "our_type").is_empty()


def test_segments_begin_where_the_rebase_groups_do(points: pl.DataFrame) -> None:
    by_case = points.with_columns(pl.col("segment") - pl.col("segment").min().over("case_id"))
    theirs = pl.col("rebase_group") - pl.col("rebase_group").min().over("case_id")
    assert by_case.filter(theirs != pl.col("segment")).select("case_id", "date", "rebase_group", "segment").is_empty()


def test_every_variation_icon_equals(icons: pl.DataFrame) -> None:
    theirs = pl.col("variation").str.strip_prefix("special_cause_")
    ours = pl.col("our_variation").str.replace("^(improvement|concern)_.*", "$1")
    assert icons.filter(theirs.ne_missing(ours)).select("case_id", "variation", "our_variation").is_empty()


def test_every_assurance_icon_equals(icons: pl.DataFrame) -> None:
    wrong = icons.filter(pl.col("assurance").fill_null("none") != pl.col("our_assurance"))
    assert wrong.select("case_id", "assurance", "our_assurance").is_empty()


def test_the_cases_that_r_stops_on_are_answered(made: Cases) -> None:
    stopped = set(made.cases["case_id"]) - set(made.answered()["case_id"])
    _, ours = made.judged()
    assert len(stopped) == STOPPED
    assert set(ours.filter(pl.col("variation") != "not_assessed")["case_id"]) >= stopped


def test_the_answers_hold_every_kind(made: Cases) -> None:
    """A column of one word would prove nothing of the others."""
    assert set(made.expected_points["special_cause_type"]) == set(LABELS)
    assert set(made.expected_cases["assurance"].drop_nulls()) == {"consistent_pass", "consistent_fail", "inconsistent"}
