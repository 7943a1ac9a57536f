"""Reading the files of a home: text and TOML, with every mistake named and none raised."""

import tomllib
from pathlib import Path
from typing import Any


def text_of(path: Path) -> tuple[str | None, list[str]]:
    """The file's text, or None and why not."""
    try:
        return path.read_text(encoding="utf-8-sig"), []  # Excel writes the mark
    except FileNotFoundError:
        return None, [f"{path} is missing. Write it back with: timely init"]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [f"{path.name}: line {line} is not UTF-8 text. Save the file as UTF-8."]
    except OSError as error:
        return None, [f"{path} cannot be read: {error.strerror}."]


def toml_of(path: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """The file's keys and values, or None and why not."""
    text, problems = text_of(path)
    if text is None:
        return None, problems
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        return None, [f"{path.name}: not TOML: {error}."]
