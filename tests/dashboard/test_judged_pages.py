"""The pages over a generation with control charts and a ledger with alerts."""

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from metrics import warehouse
from metrics.dashboard import data
from metrics.home import create_home, open_home
from metrics.ledger import lives, open_ledger, series_words
from tests.dashboard import alert_lives, signal_frames
from tests.dashboard.conftest import Visit
from tests.dashboard.test_pages import alts, publish, texts, troubles

DOOR = {"metric": "Door to provider", "statistic": "Within 60 minutes", "grain": "Week"}


def make(path: Path, fixture_generation: ModuleType) -> Path:
    def build(connection) -> None:
        fixture_generation.build(connection)
        signal_frames.store_judged(connection, fixture_generation.AS_OF)

    alert_lives.written(create_home(path))
    publish(path, fixture_generation, build=build)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, fixture_generation: ModuleType) -> Path:
    return make(tmp_path_factory.mktemp("judged") / "data", fixture_generation)


@pytest.fixture
def own_home(tmp_path: Path, fixture_generation: ModuleType) -> Path:
    """A home that the test may write to."""
    return make(tmp_path / "data", fixture_generation)


def images(app: AppTest) -> list[str]:
    """The alt text of every image in the page's Markdown."""
    return [part.partition("]")[0] for words in app.markdown for part in words.value.split("![")[1:]]


def drawn(app: AppTest) -> list[str]:
    """The HTML that the page draws, without the style of every page."""
    return [body for body in (element.proto.body for element in app.get("html")) if not body.startswith("<style>")]


def test_the_metric_page_shows_the_control_chart_with_its_words_first(home: Path, open_at: Visit) -> None:
    app = open_at(home, "metric", **DOOR)
    assert not app.exception
    assert not app.error
    said = texts(app)
    assert "**Will miss the target.** By the limits of before the change: all of" in said
    assert "p′ chart (Laney); profile timely" in said
    assert any(alt.startswith("Control chart of Door to provider, within 60 minutes, all sites") for alt in alts(app))
    assert len(images(app)) >= 2
    table = next(frame.value for frame in app.dataframe if "near_lower" in frame.value.columns)
    assert {"centre", "lower", "upper", "label", "closed", "baseline", "target"} <= set(table.columns)


@pytest.mark.parametrize("grain", ["Day", "Quarter", "Year"])
def test_other_grains_keep_the_plain_trend(home: Path, open_at: Visit, grain: str) -> None:
    app = open_at(home, "metric", **{**DOOR, "grain": grain})
    assert not app.exception
    assert not any("Control chart" in alt for alt in alts(app))


def test_a_generation_of_an_earlier_program_says_so_in_a_sentence(
    tmp_path: Path, open_at: Visit, fixture_generation: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data"
    create_home(path)
    publish(path, fixture_generation)
    monkeypatch.setattr(data, "judged", lambda generation: False)
    app = open_at(path, "metric", **DOOR)
    assert not app.exception
    assert "made before control charts were" in texts(app)
    changes = open_at(path, "changes")
    assert not changes.error
    assert "made before control charts were" in changes.info[0].value


def test_the_changes_page_lists_every_series_worst_first(home: Path, open_at: Visit) -> None:
    app = open_at(home, "changes", show="Everything", of="All metrics")
    assert not app.exception
    (table,) = drawn(app)
    order = [table.index(words) for words in ("Stale", "Alerting", "Pending", "Recovering", "● OK")]
    assert order == sorted(order)
    assert "Northgate Hospital" in table


def test_the_changes_page_narrows_to_a_site_and_to_what_calls(home: Path, open_at: Visit) -> None:
    (table,) = drawn(open_at(home, "changes", site="Northgate Hospital", show="Everything"))
    assert "Northgate Hospital" in table
    assert "Central Hospital" not in table
    (calling,) = drawn(open_at(home, "changes"))
    assert calling.count("<tr>") < 19


def test_the_scorecard_shows_icons_and_alerts_and_asks_for_all_of_them_at_once(
    home: Path, open_at: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = warehouse.run_query
    monkeypatch.setattr(warehouse, "run_query", lambda g, sql, *rest, **more: asked.append(sql) or real(g, sql, *rest, **more))
    st.cache_data.clear()
    app = open_at(home, site="Northgate Hospital")
    assert len(asked) == 7
    assert [title.value for title in app.title] == ["1 alerting, 1 of 2 off target"]
    assert "■ Alerting" in texts(app)
    assert "Will miss the target" in images(app)


def test_the_inbox_lists_open_alerts_worst_first(home: Path, open_at: Visit) -> None:
    app = open_at(home, "alerts")
    assert not app.exception
    assert [title.value for title in app.title] == ["1 alerting, 1 pending, 1 recovering, 2 not acknowledged"]
    said = texts(app)
    assert said.index("Northgate Hospital") < said.index("No-show rate") < said.index("Central Hospital")
    assert "Acknowledged by A. Okafor (unverified)" in said
    assert "came back twice" in said
    assert "phone\\_system" not in said


def test_the_inbox_is_filtered_by_owner_site_and_state(home: Path, open_at: Visit) -> None:
    assert "1 pending, 1 not acknowledged" in open_at(home, "alerts", owner="Outpatient lead").title[0].value
    assert "1 recovering, all acknowledged" in open_at(home, "alerts", site="Central Hospital").title[0].value
    ended = open_at(home, "alerts", state="Ended")
    assert "nothing has come for 6 days" in texts(ended)
    assert "Ended without an acknowledgement" in texts(ended)


def test_one_alert_is_a_url_with_its_whole_history(home: Path, open_at: Visit) -> None:
    app = open_at(home, "alerts", alert=alert_lives.RECOVERING.alert_id)
    assert not app.exception
    (history,) = [frame.value for frame in app.dataframe]
    assert history["what"].to_list() == ["Acknowledged", "Fired", "Opened"]
    assert history["who"].to_list() == ["A. Okafor (unverified)", "Timely", "Timely"]
    assert history["said"][0] == "rota mended"


def test_nobody_acts_without_a_name(own_home: Path, open_at: Visit) -> None:
    app = open_at(own_home, "alerts")
    app.button(key=f"ack_{alert_lives.FIRING.alert_id}").click().run()
    assert "Pick or type your name" in app.error[0].value
    assert episode(own_home, alert_lives.FIRING.alert_id)["ack_state"] == "unacked"


def test_an_acknowledgement_is_written_with_who_and_that_nobody_signed_in(own_home: Path, open_at: Visit) -> None:
    app = open_at(own_home, "alerts")
    app.selectbox(key="alerts_who").set_value("A. Okafor").run()
    app.button(key=f"ack_{alert_lives.FIRING.alert_id}").click().run()
    assert not app.exception
    assert episode(own_home, alert_lives.FIRING.alert_id)["acked_by"] == "A. Okafor"
    newest = lives.events(open_ledger(open_home(own_home)), alert_lives.FIRING.alert_id).row(-1, named=True)
    assert (newest["type"], newest["actor"], newest["verified"]) == ("acked", "A. Okafor", False)
    assert "Acknowledged." in app.success[0].value


@pytest.mark.parametrize(
    ("what", "asked", "column", "becomes"),
    [("Assign", "B. Rossi", "owner", "B. Rossi"), ("Cause", "staffing", "cause", "staffing"),
     ("Snooze", "3 days", "ack_state", "snoozed")],
)  # fmt: skip
def test_an_alert_is_acted_on_in_place(own_home: Path, open_at: Visit, what: str, asked: str, column: str, becomes: str) -> None:
    alert = alert_lives.FIRING.alert_id
    app = open_at(own_home, "alerts", alert=alert)
    app.selectbox(key="alerts_who").set_value("A. Okafor").run()
    app.get_by_key(f"act_{alert}").set_value(what).run()
    app.get_by_key(f"{what}_{alert}").set_value(asked)
    app.get_by_key(f"note_{alert}").set_value("seen at the huddle")
    next(button for button in app.button if button.label == what).click().run()
    assert not app.exception
    assert not app.error
    assert episode(own_home, alert)[column] == becomes
    assert "seen at the huddle" in lives.events(open_ledger(open_home(own_home)), alert)["payload"][-1]


def test_an_alert_that_somebody_has_can_be_given_back(own_home: Path, open_at: Visit) -> None:
    alert = alert_lives.RECOVERING.alert_id
    assert episode(own_home, alert)["acked_by"] == "A. Okafor"
    app = open_at(own_home, "alerts", alert=alert)
    assert app.get_by_key(f"act_{alert}").options[0] == "Give back"
    app.selectbox(key="alerts_who").set_value("A. Okafor").run()
    next(button for button in app.button if button.label == "Give back").click().run()
    assert not app.error
    assert episode(own_home, alert)["ack_state"] == "unacked"
    assert lives.events(open_ledger(open_home(own_home)), alert)["type"][-1] == "unacked"


def test_an_empty_note_is_refused_in_words(own_home: Path, open_at: Visit) -> None:
    alert = alert_lives.RESOLVED.alert_id
    app = open_at(own_home, "alerts", alert=alert)
    assert app.get_by_key(f"act_{alert}").options == ["Note", "Cause"]
    app.selectbox(key="alerts_who").set_value("A. Okafor").run()
    next(button for button in app.button if button.label == "Note").click().run()
    assert "the note is empty" in app.error[0].value


def test_a_note_on_the_chart_and_a_baseline_are_kept_with_who_and_why(own_home: Path, open_at: Visit) -> None:
    app = open_at(own_home, "metric", **DOOR)
    app.selectbox(key="decide_who").set_value("A. Okafor").run()
    app.text_input(key="note_text").set_value("Lift broken")
    next(button for button in app.button if button.label == "Add note").click().run()
    assert not app.error
    assert "Lift broken (A. Okafor (unverified))" in texts(app).replace("\\", "")
    app.text_input(key="baseline_reason").set_value("a second nurse")
    next(button for button in app.button if button.label == "Store the baseline").click().run()
    ledger = open_ledger(open_home(own_home))
    assert series_words.annotations(ledger).select("metric", "text", "created_by").rows() == [
        ("door_to_provider", "Lift broken", "A. Okafor (unverified)")
    ]
    assert series_words.baselines(ledger)["reason"].to_list() == ["a second nurse"]


def test_a_note_and_a_baseline_can_be_taken_back(own_home: Path, open_at: Visit) -> None:
    app = open_at(own_home, "metric", **DOOR)
    app.selectbox(key="decide_who").set_value("A. Okafor").run()
    app.text_input(key="note_text").set_value("Lift broken")
    next(button for button in app.button if button.label == "Add note").click().run()
    app.text_input(key="baseline_reason").set_value("a second nurse")
    next(button for button in app.button if button.label == "Store the baseline").click().run()
    assert [button.label for button in app.button].count("Take back") == 2
    for _ in range(2):
        next(button for button in app.button if button.label == "Take back").click().run()
        assert not app.error and "taken back" in app.success[0].value
    ledger = open_ledger(open_home(own_home))
    assert series_words.annotations(ledger).is_empty()
    assert series_words.baselines(ledger).is_empty()
    assert series_words.baseline_history(ledger).height == 1, "the ledger keeps what was said"


def test_the_quality_page_tells_of_each_owner_and_week(home: Path, open_at: Visit) -> None:
    app = open_at(home, "alert_quality")
    assert not app.exception
    assert app.title[0].value == "3 alerts fired in the week of 9 June 2025"
    (table,) = [frame.value for frame in app.dataframe]
    assert table["owner"].to_list() == ["Data team", "Emergency lead"]
    assert table["resolved_without_action"].to_list() == ["100%", "–"]


@pytest.mark.parametrize("page", ["alerts", "alert_quality", "changes"])
def test_a_home_without_alerts_says_what_to_do(tmp_path: Path, open_at: Visit, fixture_generation: ModuleType, page: str) -> None:
    create_home(tmp_path / "data")
    publish(tmp_path / "data", fixture_generation, build=lambda c: build_empty(c, fixture_generation))
    app = open_at(tmp_path / "data", page)
    assert not app.exception
    assert not app.error
    assert "timely" in app.info[0].value
    assert not (tmp_path / "data" / "ledger.sqlite").exists(), "looking makes no ledger"


def build_empty(connection, fixture_generation: ModuleType) -> None:
    fixture_generation.create_full(connection, {})
    signal_frames.store_judged(connection, fixture_generation.AS_OF)


def test_a_damaged_ledger_takes_no_figure_away(own_home: Path, open_at: Visit) -> None:
    (own_home / "ledger.sqlite").write_bytes(b"torn" * 100)
    for page in ("scorecard", "metric", "changes"):
        app = open_at(own_home, page, **({} if page == "scorecard" else DOOR if page == "metric" else {}))
        assert not app.exception
        assert not app.error, page
        assert "damaged" in app.warning[0].value
    assert "damaged" in troubles(open_at(own_home, "alerts"))


def episode(home: Path, alert: str) -> dict[str, object]:
    return lives.episodes(open_ledger(open_home(home))).row(by_predicate=pl.col("alert_id") == alert, named=True)
