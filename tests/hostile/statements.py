"""The two suites as data, for every door: hostile.json (kinds of statements; {path} and {base} are the files of the generation in
force, {home} the home) and harmless.sql (a statement a line)."""

import json
from collections.abc import Iterator
from pathlib import Path

from metrics.home import Home
from metrics.warehouse import current

FOLDER = Path(__file__).parent
_HOSTILE: dict[str, list[str]] = json.loads((FOLDER / "hostile.json").read_text(encoding="utf-8"))
BOMBS = _HOSTILE.pop("bombs")  # stopped by their limits, not refused
HARMLESS = (FOLDER / "harmless.sql").read_text(encoding="utf-8").splitlines()
LOG = "ledger.sqlite"  # where running a query is written down: the one file that may change


def hostile_statements() -> list[tuple[str, str]]:
    """Every hostile statement with its kind."""
    return [(kind, sql) for kind, several in _HOSTILE.items() for sql in several]


def filled(home: Home, sql: str) -> str:
    """The statement with the paths of this home. Braces of SQL itself are left as they are."""
    generation = current(home.path)
    for name, path in (("{path}", generation.path), ("{base}", generation.base_path), ("{home}", home.path)):
        sql = sql.replace(name, str(path))
    return sql


def bytes_of(home: Home) -> dict[str, bytes]:
    """Every file of the home, but the log of queries."""
    return {str(path.relative_to(home.path)): path.read_bytes() for path in _files(home.path)}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((LOG, f".{LOG}")))
