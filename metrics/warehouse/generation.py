"""Generations: published, immutable warehouses, and which of them is in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from metrics.errors import UserError
from metrics.warehouse.manifest import Manifest, identity, is_whole, read_manifest

POINTER = "CURRENT"  # the file that names the generation in force
FOLDER = "warehouse"  # inside the home
LOOKS = 5  # how often to look again when the pointer moved, and old generations went, between two reads


@dataclass(frozen=True)
class Generation:
    """One published warehouse. Its name is never used again, so anything read from it may be kept under that name.

    `base_path` is the full generation under an overlay. `warning` is a sentence for the reader when this is not the
    generation that the pointer names, because that one is damaged.
    """

    name: str
    path: Path
    base_path: Path | None
    manifest: Manifest
    warning: str | None = None

    @property
    def as_of(self) -> datetime:
        return datetime.fromisoformat(self.manifest["as_of"])

    @property
    def built_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["built_at"])

    @property
    def number(self) -> int:
        return number_in(self.name)

    @property
    def key(self) -> str:
        """What a cache may go by: the bytes, not only the name (a home may be made anew)."""
        return f"{self.path}:{self.manifest['sha256']}"

    def __hash__(self) -> int:
        return hash(self.key)


def current(home: Path) -> Generation:
    """The generation in force; where its file is damaged, the newest whole one before it, with a warning.

    Raises UserError when none has been published, or none is whole.
    """
    found = current_or_none(home)
    if found is None:
        raise UserError(f"{home}: no generation yet. Make one: timely refresh")
    return found


def current_or_none(home: Path) -> Generation | None:
    """As `current`, but None where none has been published yet."""
    folder = home / FOLDER
    name = ""
    for _ in range(LOOKS):
        name = name_in_force(folder)
        if not name:
            return None
        found = next(whole_generations(folder, name), None)
        if found is not None and (found.name == name or name_in_force(folder) == name):
            return found if found.name == name else _standing_in(found, name)
    raise UserError(f"{folder}: generation {name} is damaged and no earlier one is whole. Make a new one: timely refresh --full")


def name_in_force(folder: Path) -> str:
    """The name that the pointer holds, or nothing."""
    try:
        return (folder / POINTER).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def whole_generations(folder: Path, name: str) -> Iterator[Generation]:
    """The generation of that name if its files are whole, then earlier whole ones, the newest first."""
    earlier = sorted((other for other in names_in(folder) if number_in(other) < number_in(name)), key=number_in, reverse=True)
    for candidate in (name, *earlier):
        generation = generation_of(folder, candidate)
        if generation is not None and files_are_whole(generation):
            yield generation


def generation_of(folder: Path, name: str) -> Generation | None:
    """What the manifest says of a generation; None when there is no manifest, or it is not of this name."""
    manifest = read_manifest(folder / f"{name}.json")
    if manifest is None or manifest["name"] != name:
        return None
    base = manifest.get("base")
    return Generation(name, folder / f"{name}.duckdb", folder / f"{base}.duckdb" if base else None, manifest)


def files_are_whole(generation: Generation) -> bool:
    """Whether the generation's file and its base's are the published ones. Judged once for each state of a file."""
    if not _is_whole_once(generation.path, generation.manifest):
        return False
    if generation.base_path is None:
        return True
    base = read_manifest(generation.base_path.with_suffix(".json"))
    same = base is not None and base["sha256"] == generation.manifest.get("base_sha256")
    return same and base is not None and _is_whole_once(generation.base_path, base)


_judged: dict[tuple[str, str, tuple[int, ...]], bool] = {}
_judging = Lock()


def _is_whole_once(path: Path, manifest: Manifest) -> bool:
    try:
        state = (str(path), str(manifest["sha256"]), tuple(identity(path)))
    except OSError:
        return False
    with _judging:
        if state not in _judged:
            _judged[state] = is_whole(path, manifest)
        return _judged[state]


def names_in(folder: Path) -> list[str]:
    """Every generation that has a manifest, in no order."""
    return [path.stem for path in folder.glob("*-*.json") if number_in(path.stem) > 0]


def number_in(name: str) -> int:
    """The publishing number at the end of a generation's name; 0 when it is not such a name."""
    last = name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _standing_in(found: Generation, name: str) -> Generation:
    warning = f"Generation {name} is damaged; these figures are from {found.name}, as of {found.as_of:%Y-%m-%d %H:%M} UTC."
    return Generation(found.name, found.path, found.base_path, found.manifest, warning)
