"""Figures and answers over HTTP: the rows, where they are from, what was not modified, and what is wrong, in sentences."""

import io
from base64 import b64encode
from json import loads
from pathlib import Path

import polars as pl
import pytest

from metrics.api import access
from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.observe import Slice, observe
from metrics.warehouse import current, publish_overlay
from metrics.workbench.history import history
from metrics.workbench.query import query
from tests.api.asgi import get
from tests.warehouse.small import manifest, overlay
from tests.workbench.conftest import home_with_an_overlay

TOKEN = "0123456789abcdef"  # as long as a token must be


def test_a_saved_question_is_read_as_csv_json_and_parquet(home: Home) -> None:
    rows = query(home, sql="select range as n from range(10) where range >= 7").frame
    assert pl.read_csv(io.BytesIO(get("/api/query/by_size.csv", least=7).body)).equals(rows)
    assert pl.read_parquet(io.BytesIO(get("/api/query/by_size.parquet", least=7).body)).equals(rows)
    assert loads(get("/api/query/by_size.json", least=7).body)["rows"] == rows.to_dicts()


def test_a_parameter_that_is_not_given_has_its_default() -> None:
    assert len(get("/api/query/by_size.csv").body.split()) == 1 + 7


def test_a_metric_s_figures_are_those_of_observe(home: Home) -> None:
    got = get("/api/observe/door_to_provider.parquet", statistic="median", by="site", grain="week")
    assert pl.read_parquet(io.BytesIO(got.body)).equals(
        observe(home, Slice("door_to_provider", "median", ("site",), "week")).head(50)
    )


def test_an_answer_says_as_of_when_and_of_which_generation(home: Home) -> None:
    generation = current(home.path)
    for path in ("/api/query/many.csv", "/api/observe/door_to_provider.json"):
        headers = get(path).headers
        assert headers["x-timely-as-of"] == f"{generation.as_of:%Y-%m-%dT%H:%M:%S}Z"
        assert headers["x-timely-generation"] == generation.name


def test_more_rows_than_allowed_are_cut_and_it_says_so() -> None:
    got = get("/api/query/many.json")
    assert (got.headers["x-timely-truncated"], len(loads(got.body)["rows"]), loads(got.body)["truncated"]) == ("true", 50, True)


def test_csv_holds_no_formula_and_json_no_number_that_json_lacks() -> None:
    assert b"'=1+1" in get("/api/query/formula.csv").body
    assert loads(get("/api/query/formula.json").body)["rows"] == [{"cell": "=1+1", "odd": None}]


@pytest.mark.parametrize("path", ["/api/query/by_size.csv", "/api/observe/door_to_provider.csv"])
def test_what_the_reader_has_is_not_sent_again(path: str) -> None:
    tag = get(path).headers["etag"]
    again = get(path, {"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert get(path, {"If-None-Match": '"other"'}).status == 200


def test_another_question_form_or_parameter_has_another_tag() -> None:
    asked = [("by_size.csv", {}), ("by_size.json", {}), ("by_size.csv", {"least": 4}), ("many.csv", {})]
    assert len({get(f"/api/query/{path}", **params).headers["etag"] for path, params in asked}) == len(asked)


def test_a_new_generation_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = home_with_an_overlay(tmp_path / "home")
    monkeypatch.setenv("TIMELY_HOME", str(own.path))
    path = "/api/observe/door_to_provider.csv"
    tag = get(path).headers["etag"]
    base = current(own.path)
    publish_overlay(own.path, base, overlay(340, 320), manifest(3))
    assert get(path, {"If-None-Match": tag}).status == 200


@pytest.mark.parametrize("name", ["clock", "chance"])
def test_an_answer_that_differs_each_time_is_not_kept(name: str) -> None:
    headers = get(f"/api/query/{name}.csv").headers
    assert (headers.get("etag"), headers["cache-control"]) == (None, "no-store")


@pytest.mark.parametrize(
    ("path", "params", "status", "words"),
    [
        ("/api/query/by_sise.csv", {}, 404, "Did you mean by_size?"),
        ("/api/query/by_size.cvs", {}, 404, "Did you mean csv?"),
        ("/api/query/by_size.csv", {"leest": 1}, 400, "Did you mean $least?"),
        ("/api/query/by_size.csv", {"least": "x"}, 400, "'x' is not a whole number"),
        ("/api/query/by_size.csv", {"least": ["1", "2"]}, 400, "least is given more than once"),
        ("/api/query/broken.csv", {}, 400, "nobody"),
        ("/api/observe/door_to_provide.csv", {}, 404, "Did you mean door_to_provider?"),
        ("/api/observe/door_to_provider.csv", {"since": "May"}, 400, "'May' is not a date"),
        ("/api/observe/door_to_provider.csv", {"grain": "weak"}, 400, "Did you mean week?"),
        ("/api/observe/door_to_provider.csv", {"group": "site"}, 400, "unknown parameter group"),
        ("/api/elsewhere", {}, 404, "/api/query/NAME.csv"),
    ],
)
def test_a_mistake_is_told_as_a_sentence(path: str, params: dict[str, str], status: int, words: str) -> None:
    got = get(path, **params)
    assert got.status == status
    assert words in " ".join(got.problems)
    assert "--" not in " ".join(got.problems)


def test_every_question_asked_is_in_the_query_log(home: Home) -> None:
    get("/api/query/by_size.csv", least=5)
    newest = history(open_ledger(home), "api 10.0.0.7").row(0, named=True)
    assert (newest["door"], newest["name"], newest["rows"], newest["outcome"]) == ("api", "by_size", 5, "answered")


def test_a_reader_who_goes_away_cancels_the_query(home: Home) -> None:
    get("/api/query/endless.csv", gone=True)
    newest = history(open_ledger(home), "api 10.0.0.7").row(0, named=True)
    assert (newest["name"], newest["outcome"]) == ("endless", "cancelled")


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", "Basic " + b64encode(f"me:{TOKEN}".encode()).decode()])
def test_a_token_opens_and_names_the_reader(home: Home, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setenv("TIMELY_API_TOKENS", f"excel={TOKEN}, other={TOKEN[::-1]}")
    assert get("/api/query/many.csv", {"Authorization": header}).status == 200
    assert history(open_ledger(home), "excel").row(0, named=True)["name"] == "many"


@pytest.mark.parametrize("header", ["", "Bearer", f"Bearer {TOKEN}x", "Basic !!", "Basic eA==", f"Digest {TOKEN}", "Bearer é"])
@pytest.mark.parametrize("path", ["/api/query/many.csv", "/api/query/unknown.csv", "/api/observe/door_to_provider.csv"])
def test_without_a_known_token_nothing_is_told(monkeypatch: pytest.MonkeyPatch, path: str, header: str) -> None:
    monkeypatch.setenv("TIMELY_API_TOKENS", f"excel={TOKEN}")
    got = get(path, {"Authorization": header} if header else {})
    assert got.status == 401
    assert "token is needed" in got.problems[0]
    assert got.headers["www-authenticate"] == 'Basic realm="Timely"'


def test_where_people_sign_in_programs_need_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "signing_in", lambda: True)
    got = get("/api/query/many.csv")
    assert got.status == 401
    assert "none is set" in got.problems[0]


@pytest.mark.parametrize("text", ["excel", "excel=short", f"={TOKEN}", f"a b={TOKEN}"])
def test_a_slip_in_the_tokens_opens_no_door(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TIMELY_API_TOKENS", text)
    assert get("/api/query/many.csv").status == 401
