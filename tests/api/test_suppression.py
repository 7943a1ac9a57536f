"""Small numbers over HTTP: withheld by the home's policy unless it is off, and the answer says by which."""

import io
from json import loads
from pathlib import Path

import polars as pl
import pytest

from metrics.home import Home, open_home
from metrics.observe import Slice, observe, published
from metrics.suppression import POLICIES
from tests.api.asgi import get

BY_SIZE = "/api/query/by_size"  # n is 3 to 9


@pytest.fixture
def nhs(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Home:
    """The same home, with the policy that a new one has."""
    served = tmp_path / "home"
    served.mkdir()
    for inside in home.path.iterdir():
        if inside.name != "timely.toml":
            (served / inside.name).symlink_to(inside)
    text = (home.path / "timely.toml").read_text(encoding="utf-8")
    (served / "timely.toml").write_text(text.replace("'off'", "'nhs'"), encoding="utf-8")
    monkeypatch.setenv("TIMELY_HOME", str(served))
    return open_home(served)


def test_a_question_s_small_counts_are_withheld_and_the_others_rounded(nhs: Home) -> None:
    got = get(f"{BY_SIZE}.csv")
    assert got.headers["x-timely-suppression"] == "nhs"
    assert pl.read_csv(io.BytesIO(got.body)).to_dict(as_series=False) == {
        "n": [None] * 5 + [10, 10], "withheld": [True] * 5 + [False, False],
    }  # fmt: skip
    assert loads(get(f"{BY_SIZE}.json").body)["suppression"] == "nhs"


def test_a_metric_s_figures_are_those_that_may_leave(nhs: Home) -> None:
    asked = Slice("left_without_being_seen", "share", ("site",), "day")
    got = get("/api/observe/left_without_being_seen.parquet", statistic="share", by="site", grain="day")
    may = published(nhs, asked, POLICIES["nhs"]).head(50)
    assert pl.read_parquet(io.BytesIO(got.body)).equals(may)
    assert observe(nhs, asked)["n"].null_count() == 0 < may["n"].null_count()


def test_another_policy_has_another_tag_and_off_lets_all_leave(nhs: Home, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = get(f"{BY_SIZE}.csv").headers["etag"]
    monkeypatch.setenv("TIMELY_HOME", str(home.path))
    off = get(f"{BY_SIZE}.csv")
    assert off.headers["x-timely-suppression"] == "off" and off.headers["etag"] != tag
    assert pl.read_csv(io.BytesIO(off.body)).columns == ["n"]


def test_a_row_of_one_patient_does_not_leave(nhs: Home) -> None:
    (nhs.queries / "who.sql").write_text("-- title: Who\nselect visit_id, 100 as n from facts_visits limit 3\n", encoding="utf-8")
    got = get("/api/query/who.csv")
    assert got.status == 400 and "a row for each visit_id: policy nhs lets no row of one person leave" in got.problems[0]
