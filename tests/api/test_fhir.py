"""POST /fhir: answered when it is in the journal, by an OperationOutcome; and who may send."""

from datetime import datetime
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest

from metrics.api import access, fhir
from metrics.home import Home, create_home
from metrics.journal import opened
from tests.api.asgi import Got, post
from tests.listen.test_fhir import bundle, visit

TOKEN = "0123456789abcdef"
NOW = datetime(2026, 11, 24, 12)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = create_home(tmp_path / "home")
    monkeypatch.setenv("TIMELY_HOME", str(made.path))
    monkeypatch.setenv(access.FEED_TOKENS, f"ehr={TOKEN}")
    monkeypatch.delenv(access.TOKENS, raising=False)
    return made


def sent(body: Any, path: str = "/fhir", kind: str = fhir.FHIR_JSON, token: str | None = TOKEN, **headers: str) -> Got:
    raw = body if isinstance(body, bytes) else dumps(body).encode()
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    return post(path, raw, {"Content-Type": kind, **authorization, **headers})


def told(got: Got) -> list[tuple[str, str]]:
    found = loads(got.body)
    assert found["resourceType"] == "OperationOutcome" and got.headers["content-type"] == fhir.FHIR_JSON
    return [(one["severity"], one["diagnostics"]) for one in found["issue"]]


def test_what_is_answered_is_in_the_journal(home: Home) -> None:
    got = sent(visit())
    assert (got.status, told(got)) == (201, [("information", "1 taken")])
    assert opened(home.path).feeds().select("received", "depth").rows() == [(1, 1)]
    got = sent(
        bundle("batch", visit("v2"), visit("v3", "here"), {"resourceType": "Patient", "id": "77", "name": [{"family": "Doe"}]})
    )
    assert got.status == 200
    assert [severity for severity, _ in told(got)] == ["information", "error", "information"]
    assert told(got)[1][1].startswith("entry 2: Encounter.status 'here'")
    assert sent(dumps(visit("v4")).encode() + b"\n" + dumps(visit("v5")).encode(), kind="application/fhir+ndjson").status == 200
    assert opened(home.path).rows("visits").height == 4


@pytest.mark.parametrize(
    ("body", "path", "status", "word"),
    [
        (visit("v1", "here"), "/fhir", 422, "status"),
        (visit(), "/fhir/Encounter", 201, "1 taken"),
        (visit(), "/fhir/Appointment", 400, "/fhir/Appointment"),
        (bundle("transaction", visit(), visit("v2", "here")), "/fhir", 422, "transaction"),
        (bundle("batch"), "/fhir", 422, "no resource"),
        (bundle("searchset", {"resourceType": "Patient", "id": "1"}), "/fhir", 200, "Patient"),
        ({"resourceType": "Patient", "id": "1"}, "/fhir", 422, "Patient"),
        (b"{", "/fhir", 400, "no JSON"),
        (b"", "/fhir", 400, "no JSON"),
    ],
)
def test_each_answer_has_its_code(body: Any, path: str, status: int, word: str) -> None:
    got = sent(body, path)
    assert got.status == status and word in str(told(got))


def test_an_update_is_put_where_it_belongs_and_nothing_is_given_out() -> None:
    headers = {"Content-Type": fhir.FHIR_JSON, "Authorization": f"Bearer {TOKEN}"}
    raw = dumps(visit()).encode()
    assert post("/fhir/Encounter/v1", raw, headers, "PUT").status == 201
    assert post("/fhir/Encounter/v2", raw, headers, "PUT").status == 400
    for method, path in (
        ("GET", "/fhir"),
        ("PUT", "/fhir/Encounter"),
        ("POST", "/fhir/Encounter/v1"),
        ("DELETE", "/fhir/Encounter/v1"),
    ):
        assert post(path, b"", headers, method).status == 405


def test_other_kinds_and_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent(visit(), kind="text/plain").status == 415
    assert sent(visit(), **{"Content-Encoding": "gzip"}).status == 415
    monkeypatch.setattr(fhir, "LARGEST", 100)
    assert sent(visit()).status == 413
    assert sent(visit(), **{"Content-Length": "5000000"}).status == 413


def test_a_token_for_feeds_is_needed_and_one_that_reads_does_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.TOKENS, "excel=fedcba9876543210")
    assert sent(visit(), token=None).status == sent(visit(), token="fedcba9876543210").status == 401
    monkeypatch.delenv(access.FEED_TOKENS)
    assert sent(visit(), token=None).status == 401, "from another machine"
    monkeypatch.setattr(access, "is_this_machine", lambda host: host == "10.0.0.7")
    assert sent(visit(), token=None).status == 201
    assert sent(visit(), token=None, **{"X-Forwarded-For": "10.1.1.1"}).status == 401


def test_this_machine_is_known_by_every_form_of_its_address() -> None:
    assert all(access.is_this_machine(host) for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1"))
    assert not any(access.is_this_machine(host) for host in ("10.0.0.7", "::ffff:10.0.0.7", "testclient", ""))


def test_a_home_that_cannot_be_read_acknowledges_nothing(home: Home) -> None:
    (home.path / "timely.toml").write_text("titel = 1\n")
    got = sent(visit())
    assert got.status == 503 and "Nothing was kept" in told(got)[0][1]
