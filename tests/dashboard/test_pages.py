"""The pages, run as Streamlit runs them, over a published generation."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from metrics import warehouse
from metrics.home import create_home
from tests.dashboard.conftest import Visit


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, fixture_generation: ModuleType) -> Path:
    path: Path = tmp_path_factory.mktemp("home") / "data"
    create_home(path)
    publish(path, fixture_generation)
    return path


def publish(path: Path, fixture_generation: ModuleType, **changed: Any) -> warehouse.Generation:
    as_of = changed.get("as_of", fixture_generation.AS_OF)
    build = changed.get("build", lambda connection: fixture_generation.build(connection, as_of=as_of))
    return warehouse.publish(path, build, {"as_of": as_of, "sequence": changed.get("sequence", 3)})


def texts(app: AppTest) -> str:
    return "\n".join(
        element.value for kind in (app.title, app.header, app.subheader, app.markdown, app.caption) for element in kind
    )


def troubles(app: AppTest) -> str:
    return "\n".join(f"{element.proto.title} {element.value}" for element in app.error)


def alts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("vega_lite_chart")]


def test_the_scorecard_opens_with_its_finding(home: Path, open_at: Visit) -> None:
    app = open_at(home)
    assert not app.exception
    assert [title.value for title in app.title] == ["1 of 8 off target, 1 without data, 2 stale"]
    assert [header.value for header in app.header] == ["Response", "Waits", "Attendance", "Owed work", "Access"]


def test_the_header_says_how_old_the_data_is_and_which_generation(home: Path, open_at: Visit) -> None:
    app = open_at(home)
    name = warehouse.current(home).name
    said = texts(app)
    assert "**Data as of 15 June 2025, 10:30 BST** · 50 minutes old" in said
    assert f"generation {name} · sequence 3" in said
    assert app.toggle(key="paused").value is False
    assert app.selectbox(key="every").value == "30 seconds"


def test_every_tile_says_its_state_in_words_and_shape(home: Path, open_at: Visit) -> None:
    said = texts(open_at(home))
    for words in ("▲ Off target", "● On target", "◆ Stale", "◇ No data", "○ Not assessed"):
        assert words in said


def test_a_tile_says_n_target_earlier_open_and_fresh(home: Path, open_at: Visit) -> None:
    app = open_at(home)
    said = texts(app)
    assert ("Within 60 minutes · n 311", "69%") in [(metric.label, metric.value) for metric in app.metric]
    for words in (
        "Target at least 90%: missed",
        "**76%** 13 weeks ago",
        "**68%** a year ago",
        "**23** still open",
        "fed 90 minutes ago",
    ):
        assert words in said


def test_the_whole_scorecard_takes_a_handful_of_queries(home: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = warehouse.run_query
    monkeypatch.setattr(warehouse, "run_query", lambda g, sql, *rest, **more: asked.append(sql) or real(g, sql, *rest, **more))
    st.cache_data.clear()
    app = open_at(home)
    assert len(app.metric) == 8
    once = len(asked)
    assert once <= 8  # scorecard, definitions, places, settled, freshness, tables, uncounted and, where there are any, signals
    app.run()
    assert len(asked) == once  # a generation never changes: nothing is asked twice


def test_filters_come_from_the_url(home: Path, open_at: Visit) -> None:
    app = open_at(home, site="Northgate Hospital", service="Emergency", period="Month")
    assert not app.exception
    assert (app.selectbox(key="site").value, app.selectbox(key="service").value) == ("Northgate Hospital", "Emergency")
    assert [title.value for title in app.title] == ["1 of 2 off target"]
    assert "Northgate Hospital, Emergency · latest settled month: May 2025" in texts(app)


def test_choosing_a_site_narrows_the_services_and_the_tiles(home: Path, open_at: Visit) -> None:
    app = open_at(home)
    app.selectbox(key="site").select("Contact Centre").run()
    assert app.selectbox(key="service").options == ["All services", "Phone appointments", "Phone billing"]
    assert [metric.label.split(" ·")[0] for metric in app.metric] == ["Median", "Share"]
    assert "6 more metrics have no case here by week" in [expander.label for expander in app.expander]


def test_a_url_that_names_nothing_shows_everything(home: Path, open_at: Visit) -> None:
    app = open_at(home, site="Nowhere", period="Fortnight")
    assert not app.exception
    assert app.selectbox(key="site").value == "All sites"


@pytest.mark.parametrize("page", ["scorecard", "metric", "data"])
def test_every_chart_and_table_has_words(home: Path, open_at: Visit, page: str) -> None:
    app = open_at(home, page, metric="Door to provider", grain="Month")
    assert not app.exception
    assert len(app.title) == 1
    said = alts(app)
    assert all(len(words.split()) > 5 for words in said)
    assert len(said) == {"scorecard": 7, "metric": 4, "data": 0}[page]
    assert all(frame.proto.alt for frame in app.get("arrow_data_frame"))


def test_every_chart_of_a_metric_has_a_table_and_a_csv(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", metric="Door to provider", grain="Month")
    charts = app.get("vega_lite_chart")
    assert len([expander for expander in app.expander if expander.label == "Show as table"]) == len(charts) == 4
    assert len(app.get("download_button")) == len(app.dataframe) == len(charts) + 1  # and the groups beside the reference group


def test_groups_of_patients_stand_beside_the_reference_group(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", metric="Door to provider", grain="Month")
    assert "Compared with " in texts(app)
    told = app.dataframe[-1].value
    assert list(told.columns) == ["group", "figure", "n", "gap", "95% interval", "finding"]
    assert list(told["finding"]).count("reference") == 1
    (reference,) = told[told["finding"] == "reference"].to_dict("records")
    assert (reference["gap"], reference["95% interval"]) == ("–", "–")
    others = told[~told["finding"].isin(["reference", "not assessed"])]
    assert all(" to " in spread for spread in others["95% interval"]) and len(others) > 0


def test_a_metric_page_shows_the_tiles_own_figure(home: Path, open_at: Visit) -> None:
    tile = {metric.label: metric.value for metric in open_at(home).metric}["Within 60 minutes · n 311"]
    app = open_at(home, "metric", metric="Door to provider", statistic="Within 60 minutes", grain="Week")
    page = {metric.label: metric.value for metric in app.metric}
    assert (page["Within 60 minutes"], page["Completed"], page["Still open"], page["Counted (n)"]) == (tile, "311", "6", "311")
    assert [title.value for title in app.title] == ["How long does a patient wait from arrival until a clinician sees them?"]
    assert "Week of 2 June: 69%, target missed" in texts(app)


def test_a_metric_page_shows_the_sql_and_its_parameters(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", metric="No-show rate", site="Ashgrove Clinic")
    (shown,) = app.code
    assert "from facts_appointments" in shown.value
    assert "ASH" in str(app.table[0].value)


@pytest.mark.parametrize("metric", ["Door to provider", "Lead time", "Virtual visits"])
def test_a_metric_opens_at_every_grain(home: Path, open_at: Visit, metric: str) -> None:
    app = open_at(home, "metric", metric=metric)
    for grain in ("Day", "Month", "Quarter", "Year"):
        app.get_by_key("grain").set_value(grain).run()
        assert not app.exception
        assert not app.error
        assert f"the latest settled {grain.lower()}" in texts(app)


def test_a_metric_without_data_says_what_to_type(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", metric="Complaint resolution")
    assert not app.exception
    (info,) = app.info
    assert "timely ingest" in info.value
    assert alts(app) == []


def test_a_metric_that_a_place_does_not_have_says_so(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", metric="Door to provider", site="Ashgrove Clinic")
    assert not app.exception
    assert "No figures for door to provider at Ashgrove Clinic" in app.info[0].value


def test_the_data_page_tells_freshness_and_every_column(home: Path, open_at: Visit) -> None:
    app = open_at(home, "data", table="visits")
    fresh, columns, rules = (frame.value for frame in app.dataframe)
    assert fresh["state"].to_list() == ["◆ Stale", "● Fresh", "● Fresh"]
    assert "arrived_at" in columns["column"].to_list()
    assert "acuity_in_range" in rules["rule"].to_list()
    assert "No row was rejected" in texts(app)


def test_no_home_says_how_to_make_one(tmp_path: Path, open_at: Visit) -> None:
    app = open_at(tmp_path / "nowhere")
    assert not app.exception
    assert "Make one with: timely" in troubles(app)


def test_no_generation_says_how_to_make_one(tmp_path: Path, open_at: Visit) -> None:
    create_home(tmp_path / "data")
    app = open_at(tmp_path / "data")
    assert not app.exception
    assert "timely refresh" in troubles(app)


def test_a_damaged_generation_is_refused_in_words(tmp_path: Path, open_at: Visit, fixture_generation: ModuleType) -> None:
    create_home(tmp_path / "data")
    generation = publish(tmp_path / "data", fixture_generation)
    generation.path.chmod(0o644)
    generation.path.write_bytes(generation.path.read_bytes()[:4096])
    app = open_at(tmp_path / "data")
    assert not app.exception
    assert "timely refresh --full" in troubles(app)


def test_a_damaged_generation_leaves_the_one_before_with_a_warning(
    tmp_path: Path, open_at: Visit, fixture_generation: ModuleType
) -> None:
    create_home(tmp_path / "data")
    first, second = publish(tmp_path / "data", fixture_generation), publish(tmp_path / "data", fixture_generation)
    second.path.chmod(0o644)
    second.path.write_bytes(b"torn")
    app = open_at(tmp_path / "data")
    assert not app.error
    assert f"Generation {second.name} is damaged" in app.warning[0].value
    assert first.name in texts(app)


@pytest.mark.parametrize("page", ["scorecard", "metric", "data"])
def test_empty_tables_are_told_not_thrown(tmp_path: Path, open_at: Visit, fixture_generation: ModuleType, page: str) -> None:
    create_home(tmp_path / "data")
    publish(tmp_path / "data", fixture_generation, build=lambda connection: fixture_generation.create_full(connection, {}))
    app = open_at(tmp_path / "data", page)
    assert not app.exception
    assert not app.error


def test_the_page_follows_a_new_generation_and_pause_stays(tmp_path: Path, open_at: Visit, fixture_generation: ModuleType) -> None:
    create_home(tmp_path / "data")
    first = publish(tmp_path / "data", fixture_generation)
    app = open_at(tmp_path / "data")
    app.toggle(key="paused").set_value(True).run()
    second = publish(tmp_path / "data", fixture_generation, sequence=4)
    app.selectbox(key="site").select("Central Hospital").run()
    said = texts(app)
    assert f"generation {first.name} · sequence 3" in said
    assert "A newer generation is in force." in said
    app.toggle(key="paused").set_value(False).run()
    assert f"generation {second.name} · sequence 4" in texts(app)
    assert app.selectbox(key="site").value == "Central Hospital"


def test_a_home_of_monthly_returns_opens_on_months(tmp_path: Path, open_at: Visit, fixture_generation: ModuleType) -> None:
    create_home(tmp_path / "data")
    publish(tmp_path / "data", fixture_generation, build=lambda c: fixture_generation.build(c, without=("day", "week")))
    assert "latest settled month: May 2025" in texts(open_at(tmp_path / "data"))
    assert "the latest settled month" in texts(open_at(tmp_path / "data", "metric", metric="Lead time"))
