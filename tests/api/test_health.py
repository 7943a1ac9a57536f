"""GET /health and GET /metrics."""

from json import loads
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from metrics.api import access
from metrics.home import create_home
from tests.api.asgi import get
from tests.workbench.conftest import home_with_an_overlay

TOKEN = "0123456789abcdef"


def test_a_home_without_figures_is_not_well_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMELY_HOME", str(create_home(tmp_path / "home").path))
    got = get("/health")
    assert got.status == 503
    assert loads(got.body)["status"] == "failing" and loads(got.body)["problems"] == ["there are no figures yet"]


def test_measures_are_read_by_whoever_may_read_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMELY_HOME", str(home_with_an_overlay(tmp_path / "home").path))
    monkeypatch.setenv(access.TOKENS, f"prometheus={TOKEN}")
    assert get("/metrics").status == 401
    assert get("/health").status in (200, 503), "a load balancer has no token"
    got = get("/metrics", {"Authorization": f"Bearer {TOKEN}"})
    assert got.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {family.name for family in text_string_to_metric_families(got.body.decode())}
    assert {"timely_healthy", "timely_generation_age_seconds", "timely_journal_depth"} <= names
