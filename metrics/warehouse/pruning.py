"""What may go: what a crash left behind, and generations that nobody needs any more."""

from pathlib import Path

from metrics.warehouse.generation import POINTER, generation_of, name_in_force, names_in, number_in


def sweep(folder: Path) -> None:
    """Remove what an unfinished publishing left: unfinished files, files without a manifest, generations never in force.

    Only for the process that holds the publishing lock.
    """
    for path in folder.glob(".*"):
        if path.name.startswith((".building-", f".{POINTER}.new")) or path.name.endswith(".json.new"):
            _remove(path)
    in_force = number_in(name_in_force(folder))
    published = {name for name in names_in(folder) if not in_force or number_in(name) <= in_force}
    for path in folder.glob("[0-9]*-*.*"):
        name = path.name.partition(".")[0]
        if name not in published:
            remove(folder, name)


def prune(folder: Path, keep: int) -> None:
    """Keep the newest `keep` generations and every base they stand on. A reader that has one open reads on."""
    newest = sorted(names_in(folder), key=number_in, reverse=True)
    kept = set(newest[: max(keep, 1)])
    needed = {generation.base_path.stem for name in kept if (generation := generation_of(folder, name)) and generation.base_path}
    for name in set(newest) - kept - needed:
        remove(folder, name)


def remove(folder: Path, name: str) -> None:
    """Remove a generation: its manifest first, so that nobody takes up a file that is about to go."""
    for suffix in (".json", ".duckdb", ".duckdb.wal"):
        _remove(folder / f"{name}{suffix}")


def _remove(path: Path) -> None:
    if path.is_dir():
        for inside in path.iterdir():
            _remove(inside)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
