"""Who may import whom: a room reads rooms to its left on its floor, or on the floors below; never up, never right."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "metrics"

FLOORS = (
    ("errors", "mistakes"),
    # pure
    (
        "events",
        "catalog",
        "definitions",
        "clocks",
        "jobs",
        "suppression",
        "signals",
        "quality",
        "alerts",
        "drawing",
        "board",
        "messages",
    ),
    ("durable", "priority", "home", "sources", "lake", "warehouse", "ledger", "journal"),  # stores
    (
        "simulate",
        "ingest",
        "workbench",
        "refresh",
        "observe",
        "check",
        "evaluate",
        "notify",
        "listen",
        "live",
        "watch",
        "snapshot",
        "demo",
    ),  # acts
    ("dashboard", "api", "cli"),  # face
)
PURE = {"events", "definitions", "clocks", "jobs", "suppression", "signals", "quality", "alerts", "drawing", "board", "messages"}
# Definitions are the one pure room that reads files: the catalogue's own folder is part of the package.
EDGES = {"duckdb", "deltalake", "streamlit", "os", "subprocess", "socket", "urllib", "tempfile", "shutil", "sqlite3"}
MAY_TRY_ENGINES = {"definitions"}  # a definition is tried on both engines when it is loaded

STANDING = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or not path.name.startswith("__"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module that the file imports, wherever in the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | ({f"metrics.{alias.name}" for alias in node.names} if node.module == "metrics" else set())
    return names


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("metrics.") and name != "metrics.__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_its_left_or_below(path: Path) -> None:
    room = room_of(path)
    assert room in STANDING, f"{room} has no place in the house: add it to FLOORS"
    wrong = [other for other in rooms_imported(path) if other != room and not STANDING[other] < STANDING[room]]
    assert not wrong, f"{room} may not import {', '.join(wrong)}"


@pytest.mark.parametrize(
    "path", [path for path in modules() if room_of(path) in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_pure_floor_touches_no_file_clock_or_network(path: Path) -> None:
    edges = {name.split(".")[0] for name in imported(path)} & EDGES
    if room_of(path) in MAY_TRY_ENGINES:
        edges -= {"duckdb"}
    assert not edges, f"{path.name} imports {', '.join(sorted(edges))}"
    text = path.read_text(encoding="utf-8")
    assert ".now(" not in text and "time.time(" not in text and ".today(" not in text, f"{path.name} asks the clock"


def test_every_room_in_the_package_has_a_place() -> None:
    rooms = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if not path.name.startswith(("_", ".")) and path.suffix in ("", ".py")
    }
    assert rooms <= set(STANDING), f"no place for {', '.join(sorted(rooms - set(STANDING)))}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_a_drawer_for_odds_and_ends(path: Path) -> None:
    assert not {"utils", "helpers", "manager", "misc", "common"} & set(path.stem.split("_"))
