"""The page of the weekly snapshots: read, compared, taken away; an edition that was tampered with is not shown."""

import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from streamlit.testing.v1 import AppTest

from metrics.home import Home, open_home
from metrics.snapshot.editions import editions
from metrics.snapshot.making import make
from metrics.snapshot.taking_away import archive_of
from tests.dashboard.conftest import Visit
from tests.snapshot.homes import NEWEST, NOW, home_of_weeks


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A week before, the newest week, and a correction of it."""
    home = home_of_weeks(tmp_path_factory.mktemp("weekly") / "home")
    make(home, NOW, NEWEST - timedelta(weeks=1))
    make(home, NOW)
    make(home, NOW, NEWEST, reason="a site sent its visits twice")
    return home


@pytest.fixture
def home(issued: Home, tmp_path: Path) -> Home:
    shutil.copytree(issued.path, tmp_path / "home", symlinks=True)
    return open_home(tmp_path / "home")


def words(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.subheader, app.error, app.info) for element in kind)


def test_the_newest_edition_is_shown_with_its_reason_and_every_edition_is_offered(home: Home, open_at: Visit) -> None:
    app = open_at(home.path, "weekly")
    assert [select.label for select in app.selectbox][-3:] == ["Audience", "Week", "Compare with"]
    assert app.selectbox[-2].options == ["2026-W41, edition 2", "2026-W41, edition 1", "2026-W40"]
    assert "Every file is as it was issued. It corrects the edition before: a site sent its visits twice" in words(app)
    assert [frame.type for frame in app.get("iframe")] == ["iframe"]


def test_two_editions_are_compared_the_older_first(home: Home, open_at: Visit) -> None:
    told = words(open_at(home.path, "weekly", week="2026-W40", beside="2026-W41, edition 1"))
    assert "2026-W41, edition 1 beside 2026-W40" in told
    assert "another verdict" in told


def test_an_edition_that_was_changed_is_named_and_not_shown(home: Home, open_at: Visit) -> None:
    page = editions(home.path)[0].path / "index.html"
    page.chmod(0o644)
    page.write_bytes(page.read_bytes().replace(b"</h1>", b"!</h1>", 1))
    app = open_at(home.path, "weekly")
    assert "index.html: it was changed after it was issued" in words(app).replace("\\", "")
    assert not app.get("iframe")


def test_without_a_snapshot_the_page_says_what_to_type(home: Home, open_at: Visit) -> None:
    shutil.rmtree(home.path / "snapshots")
    assert "timely snapshot make" in words(open_at(home.path, "weekly"))


def test_what_is_taken_away_is_what_was_issued(home: Home) -> None:
    edition = editions(home.path)[0]
    assert archive_of(edition) == archive_of(edition)
    with ZipFile(BytesIO(archive_of(edition, "rows/"))) as archive:
        assert set(archive.namelist()) == {name for name in edition.manifest()["files"] if name.startswith("rows/")}
        assert archive.read("rows/figures.csv") == (edition.path / "rows/figures.csv").read_bytes()
