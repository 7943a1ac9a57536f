"""One small generation for all the dashboard's tests, and a way to ask it the dashboard's own questions."""

import importlib.util
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from metrics.dashboard import freshness
from metrics.dashboard.data import sql_of

ROOT = Path(__file__).parents[2]
SCREENS = "screens"  # beside the page script
Ask = Callable[..., pl.DataFrame]
Visit = Callable[..., AppTest]


def fixture_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fixture_generation", Path(__file__).with_name("fixture_generation.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fixture_generation() -> ModuleType:
    return fixture_module()


@pytest.fixture(scope="session")
def generation_file(tmp_path_factory: pytest.TempPathFactory, fixture_generation: ModuleType) -> Path:
    """A DuckDB file with the tables of the contract."""
    path: Path = tmp_path_factory.mktemp("generation") / "fixture.duckdb"
    with duckdb.connect(str(path)) as connection:
        fixture_generation.build(connection)
        at = fixture_generation.AS_OF
        connection.execute("insert into generation values ('fixture', 'full', null, ?, ?, 3)", [at, at])
    return path


@pytest.fixture(scope="session")
def ask(generation_file: Path) -> Ask:
    """ask(name, **params): the rows that sql/<name>.sql gives on the fixture generation."""
    connection = duckdb.connect(str(generation_file), read_only=True)

    def rows(name: str, **params: Any) -> pl.DataFrame:
        relation = connection.sql(sql_of(name), params=params or None)
        return pl.DataFrame(relation.to_arrow_table())

    return rows


@pytest.fixture(scope="session")
def observations(generation_file: Path) -> pl.DataFrame:
    connection = duckdb.connect(str(generation_file), read_only=True)
    return pl.DataFrame(connection.sql("select * from observations").to_arrow_table())


@pytest.fixture
def open_at(monkeypatch: pytest.MonkeyPatch, fixture_generation: ModuleType) -> Iterator[Visit]:
    """open_at(home, page, **query): a page of a home, 50 minutes after the fixture's as-of instant."""
    monkeypatch.setattr(freshness, "now", lambda: fixture_generation.AS_OF + timedelta(minutes=50))

    def visit(home: Path, page: str = "scorecard", **query: str) -> AppTest:
        monkeypatch.setenv("TIMELY_HOME", str(home))
        app = AppTest.from_file(str(ROOT / "metrics" / "dashboard" / "door.py"), default_timeout=300)
        if page != "scorecard":
            app.switch_page(f"{SCREENS}/{page}.py")
        for key, value in query.items():
            app.query_params[key] = value
        return app.run()

    yield visit
    st.cache_data.clear()
