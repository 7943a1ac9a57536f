"""timely alerts: what each command prints, writes down and gives as exit code."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from metrics.alerts.actions import CAUSES
from metrics.cli import app
from metrics.cli.alerts import CODES
from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.ledger.lives import episodes, events
from metrics.ledger.outbox import deliveries
from tests.cli.test_commands import timely
from tests.evaluate.weeks import RULE, instant, ruled, run
from tests.notify.posting import addressed
from tests.notify.receiving import Receiver

Run = Callable[..., Result]
NOW = instant(2).isoformat()
LATER = (instant(2) + timedelta(days=1)).isoformat()


@pytest.fixture
def alerted(home: Home) -> Home:
    """A home with an alert that fires at CEN, and one at NRT that is not told yet."""
    home = ruled(home, RULE)
    run(home, 0, {"CEN": 0.2, "NRT": 0.05})
    run(home, 1, {"CEN": 0.2, "NRT": 0.3})
    return home


@pytest.fixture
def alerts(alerted: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `timely alerts ...` in that home."""
    monkeypatch.delenv("TIMELY_USER", raising=False)

    def ran(*words: str) -> Result:
        return CliRunner().invoke(app, ["--home", str(alerted.path), "alerts", *words])

    return ran


def at(home: Home, site: str) -> str:
    """The id of the alert at the site."""
    return str(episodes(open_ledger(home)).filter(site_id=site)["alert_id"].item())


def now_of(home: Home, site: str) -> dict[str, object]:
    return episodes(open_ledger(home)).filter(site_id=site).row(0, named=True)


def refusal(result: Result) -> str:
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


def test_the_list_names_the_open_alerts_the_worst_first(alerts: Run) -> None:
    rows = json.loads(alerts("list", "--json").stdout)
    assert [(row["site_id"], row["state"]) for row in rows] == [("CEN", "firing"), ("NRT", "pending")]
    assert rows[0]["owner"] == "Outpatients"
    assert rows[0]["what"].endswith(", share")
    assert [row["site_id"] for row in json.loads(alerts("list", "--site", "NRT", "--json").stdout)] == ["NRT"]
    assert [row["site_id"] for row in json.loads(alerts("list", "--state", "firing", "--json").stdout)] == ["CEN"]
    assert json.loads(alerts("list", "--state", "resolved", "--json").stdout) == []
    assert json.loads(alerts("list", "--owner", "nobody", "--json").stdout) == []
    assert alerts("list", "--format", "csv").stdout.startswith("alert_id,severity,state,")
    assert "Did you mean firing?" in refusal(alerts("list", "--state", "fireing"))


def test_an_alert_is_shown_in_words_with_its_history(alerts: Run, alerted: Home) -> None:
    alert = at(alerted, "CEN")
    shown = alerts("show", alert[:6]).stdout
    for word in ("Central Hospital (CEN)", "Firing, nobody has it; owner Outpatients.", "opened", "fired", "queued"):
        assert word in shown
    whole = json.loads(alerts("show", alert, "--json").stdout)
    assert [event["type"] for event in whole["history"]] == ["opened", "fired", "queued"]
    assert whole["history"][1]["payload"]["value"] == 0.2
    assert [message["state"] for message in whole["messages"]] == ["waiting"]
    assert whole["labels"] == {"metric": "no_show_rate", "site_id": "CEN", "statistic": "share"}


def test_everything_a_person_does_is_kept_with_who_and_when(alerts: Run, alerted: Home) -> None:
    alert = at(alerted, "CEN")
    for words in (
        ("ack", alert, "--note", "on it"),
        ("assign", alert, "Clinic lead"),
        ("note", alert, "called the clinic"),
        ("cause", alert, "staffing"),
        ("snooze", alert, "--for", "3 days"),
    ):
        done = alerts(*words, "--by", "Ann", "--now", NOW)
        assert done.exit_code == 0, done.output
        assert "Central Hospital (CEN)" in done.stderr
    after = now_of(alerted, "CEN")
    assert (after["ack_state"], after["owner"], after["cause"]) == ("snoozed", "Clinic lead", "staffing")
    assert after["snoozed_until"] == instant(2) + timedelta(days=3)
    people = events(open_ledger(alerted), alert).filter(actor="Ann")
    assert people.select("type", "verified", "occurred_at").rows() == [
        (kind, False, instant(2)) for kind in ("acked", "assigned", "commented", "cause_set", "snoozed")
    ]
    given = json.loads(alerts("ack", alert, "--by", "Ann", "--now", LATER, "--json").stdout)
    assert given["ack_state"] == "acked"
    assert alerts("unack", alert, "--by", "Ann", "--now", LATER).exit_code == 0
    assert now_of(alerted, "CEN")["ack_state"] == "unacked"


def test_the_second_to_acknowledge_is_told_who_has_it(alerts: Run, alerted: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = at(alerted, "CEN")
    alerts("ack", alert, "--by", "Ann", "--now", NOW)
    monkeypatch.setenv("TIMELY_USER", "Ben")
    second = alerts("ack", alert, "--now", LATER)
    assert second.exit_code == 0
    assert f"Ann has it since {instant(2):%Y-%m-%d %H:%M} UTC" in second.stderr
    assert now_of(alerted, "CEN")["acked_by"] == "Ann"
    assert events(open_ledger(alerted), alert).filter(type="acked")["actor"].to_list() == ["Ann", "Ben"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ack", "CEN"), "nobody said who acts. Say it with --by NAME"),
        (("ack", "zzzz", "--by", "Ann"), "there is no alert 'zzzz'."),
        (("cause", "CEN", "stafing", "--by", "Ann"), "Did you mean staffing?"),
        (("snooze", "CEN", "--by", "Ann"), "say how long: with --for"),
        (("snooze", "CEN", "--for", "3 days", "--until", "2026-07-01", "--by", "Ann"), "say how long: with --for"),
        (("snooze", "CEN", "--for", "3 daze", "--by", "Ann"), "--for '3 daze'"),
        (("snooze", "CEN", "--for", "300 days", "--by", "Ann"), "choose a time after now and before"),
        (("note", "CEN", " ", "--by", "Ann"), "the note is empty"),
        (("unack", "CEN", "--by", "Ann"), "only one that somebody took on can be given back"),
        (("silence", "site", "metric=", "--for", "3 days", "--by", "Ann"), "'site' is not LABEL=NAME"),
        (("silence", "sight_id=CEN", "--for", "3 days", "--reason", "x", "--by", "Ann"), "Did you mean site_id?"),
        (("silence", "--end", "nothing"), "there is no silence 'nothing' that goes on"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(alerts: Run, alerted: Home, words: tuple[str, ...], said: str) -> None:
    before = events(open_ledger(alerted))
    told = refusal(alerts(*(at(alerted, "CEN") if word == "CEN" else word for word in words)))
    assert said in told
    assert events(open_ledger(alerted)).equals(before)


def test_a_silence_is_set_listed_and_ended(alerts: Run) -> None:
    words = ("site_id=CEN", "site_id=NRT", "metric=no_show_rate", "--for", "2 days", "--reason", "moving", "--by", "Ann")
    assert alerts("silence", *words, "--now", NOW).exit_code == 0
    (row,) = json.loads(alerts("silence", "--json").stdout)
    assert json.loads(row["matchers"]) == {"metric": ["no_show_rate"], "site_id": ["CEN", "NRT"]}
    assert (row["reason"], row["created_by"]) == ("moving", "Ann")
    assert alerts("silence", "--end", row["silence_id"], "--now", LATER).exit_code == 0
    (row,) = json.loads(alerts("silence", "--json").stdout)
    assert row["ends_at"] == LATER.replace("T", " ")


def test_messages_are_shown_then_sent_and_the_exit_code_says_whether_all_went(alerts: Run, alerted: Home, inbox: Receiver) -> None:
    nowhere = alerts("notify", "--now", NOW)
    assert nowhere.exit_code == 1
    assert "'Outpatients' has no address" in nowhere.stderr
    addressed(alerted, Outpatients=[inbox.address()])
    dry = alerts("notify", "--dry-run", "--now", NOW)
    assert dry.exit_code == 0
    assert "To Outpatients (json://127.0.0.1): ACT: " in dry.stdout
    assert inbox.received == []
    sent = alerts("notify", "--now", NOW, "--json")
    assert (sent.exit_code, json.loads(sent.stdout)["sent"]) == (0, 1)
    assert "ACT: " in inbox.received[0][1]
    (attempt,) = json.loads(alerts("notify", "--log", "--json").stdout)
    assert (attempt["owner"], attempt["outcome"]) == ("Outpatients", "sent")
    assert "0 messages are taken up again" in alerts("notify", "--again", "--now", NOW).stderr
    assert deliveries(open_ledger(alerted))["state"].to_list() == ["sent"]


def test_the_quality_of_the_alerts_is_counted_by_owner_and_week(alerts: Run, alerted: Home) -> None:
    alerts("ack", at(alerted, "CEN"), "--by", "Ann", "--now", (instant(1) + timedelta(hours=3)).isoformat())
    (row,) = json.loads(alerts("quality", "--now", NOW, "--json").stdout)
    assert (row["owner"], row["alerts"], row["acked_in_a_working_day"], row["hours_to_acknowledge"]) == ("Outpatients", 1, 1.0, 3.0)


def test_every_code_of_a_cause_is_in_the_help() -> None:
    assert set(CODES.rstrip(".").replace(" or ", ", ").split(", ")) == set(CAUSES)


def test_evaluating_without_a_generation_says_what_to_do(alerts: Run) -> None:
    assert "Make one: timely refresh" in refusal(alerts("evaluate"))


def test_a_home_without_a_ledger_has_no_alerts_and_gets_none_by_looking(home: Home) -> None:
    shown = CliRunner().invoke(app, ["--home", str(home.path), "alerts", "list", "--json"])
    assert (shown.exit_code, json.loads(shown.stdout)) == (0, [])
    assert not (home.path / "ledger.sqlite").exists()


def test_a_damaged_ledger_is_a_sentence_and_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIMELY_LEDGER", raising=False)
    timely("init", home=tmp_path / "home")
    (tmp_path / "home" / "ledger.sqlite").write_bytes(b"damaged" * 1000)
    failed = timely("alerts", "list", home=tmp_path / "home")
    assert failed.returncode == 2
    assert "ledger.sqlite: it is damaged" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_every_command_of_the_group_is_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    helped = timely("alerts", "--help")
    assert helped.returncode == 0
    for word in ("list", "show", "ack", "assign", "note", "cause", "snooze", "silence", "evaluate", "notify", "quality"):
        assert f"\n## timely alerts {word}\n" in page
        assert f" {word} " in helped.stdout
