"""A home whose generation in force is an overlay, so that every question goes through both of its files."""

from pathlib import Path

import pytest

from metrics.home import Home, create_home, open_home
from metrics.warehouse import publish, publish_overlay
from tests.ledger.databases import ledger, postgres, url
from tests.warehouse.small import build, manifest, overlay

__all__ = ["home", "home_with_an_overlay", "ledger", "postgres", "url"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_an_overlay(tmp_path_factory.mktemp("home"))


def home_with_an_overlay(path: Path, query_settings: str = "") -> Home:
    create_home(path)
    if query_settings:
        settings = path / "timely.toml"
        settings.write_text(f"[query]\n{query_settings}\n", encoding="utf-8")
    base = publish(path, build(300), manifest(1))
    publish_overlay(path, base, overlay(320, 300), manifest(2))
    return open_home(path)
