"""What an edition keeps of its inputs, so that it can be made again when the home has moved on.

The events stay in the lake, whose versions the manifest names; definitions, sites, calendars, targets, baselines and the figures
compared with lie in the edition's folder `inputs`. No address and no secret is among them.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from metrics.definitions import load_catalog
from metrics.definitions.metric import Metric
from metrics.errors import UserError
from metrics.home import Home, open_home
from metrics.lake.in_force import Head, write_head
from metrics.lake.tables import delta_table, files
from metrics.refresh.full import build_full
from metrics.refresh.inputs import Inputs, read_inputs
from metrics.refresh.query_figures import asking
from metrics.warehouse import Generation, publish
from metrics.warehouse.limits import OWN
from metrics.workbench.query_metrics import has_metric_header, in_order, metrics_of_queries

DEFINITIONS = "inputs/definitions"
SETTINGS = ("title", "default_time_zone", "country", "calendar")  # of timely.toml: those that move a figure or stand on the page
LAKE_FILES = "inputs/lake_files.csv"
TARGETS, BASELINES, BEFORE = "inputs/targets.parquet", "inputs/baselines.parquet", "inputs/before.parquet"
LOG_NAME = 20  # digits of a version in the name of its log


def kept_inputs(
    home: Home, definitions: Mapping[str, str], baselines: pl.DataFrame, before: pl.DataFrame | None, lake_files: pl.DataFrame
) -> dict[str, bytes]:
    """The files of `inputs`. home: its targets with kind. definitions: metric -> its file's text."""
    settings = "".join(f"{name} = {json.dumps(getattr(home.settings, name))}\n" for name in SETTINGS)
    made = {
        "inputs/settings.toml": settings.encode(), "inputs/sites.csv": csv(home.sites),
        "inputs/calendars.toml": (home.path / "calendars.toml").read_bytes(),
        TARGETS: parquet(home.targets), BASELINES: parquet(baselines), LAKE_FILES: csv(lake_files),
        **{definition_file(name, text): text.encode() for name, text in definitions.items()},
    }  # fmt: skip
    return made if before is None else {**made, BEFORE: parquet(before)}


def definition_file(metric: str, text: str) -> str:
    """Where the text of a metric's file is kept: TOML, or a query."""
    return f"{DEFINITIONS}/{metric}.{'sql' if has_metric_header(text) else 'toml'}"


def csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def parquet(frame: pl.DataFrame) -> bytes:
    """The frame as Parquet: the same bytes for the same rows."""
    held = BytesIO()
    frame.write_parquet(held, compression="zstd", row_group_size=max(frame.height, 1))
    return held.getvalue()


def lake_files(path: Path, at: Head) -> pl.DataFrame:
    """path (inside the lake), sha256: every file that the tables' versions in force stand on, and the log that says so.

    A file that cannot be read has a null hash.
    """
    names = sorted(name for table in at.versions for name in files_of(path, table, at))
    hashes = [hash_of(path / name) for name in names]
    return pl.DataFrame({"path": names, "sha256": hashes}, schema={"path": pl.String, "sha256": pl.String})


def files_of(path: Path, table: str, at: Head) -> list[str]:
    held = files(delta_table(path, table, at))["path"].to_list()
    data = [f"{table}/{file.split(f'/{table}/', 1)[1]}" for file in (name.removeprefix(str(path.parent)) for name in held)]
    logs = [f"{table}/_delta_log/{version:0{LOG_NAME}d}.json" for version in range(at.versions[table] + 1)]
    return [*data, *logs]


def hash_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return sha256(file.read()).hexdigest()
    except OSError:
        return None


def head_of(manifest: Mapping[str, Any]) -> Head:
    """The lake's head as it was."""
    kept = manifest["lake"]
    return Head(kept["sequence"], kept["versions"], datetime.fromisoformat(kept["as_of"]), kept["zones"])


def home_as_was(edition: Path, manifest: Mapping[str, Any], lake_path: Path, at: Path) -> Home:
    """A home made in the folder `at` from what the edition kept, with the lake's tables at the versions of the manifest."""
    (at / "lake").mkdir(parents=True)
    head = head_of(manifest)
    for table in head.versions:
        (at / "lake" / table).symlink_to((lake_path / table).resolve(), target_is_directory=True)
    write_head(at / "lake", head)
    (at / "timely.toml").write_bytes((edition / "inputs/settings.toml").read_bytes())
    for name in ("sites.csv", "calendars.toml"):
        (at / name).write_bytes((edition / "inputs" / name).read_bytes())
    for name in ("targets.toml", "alerts.toml"):
        (at / name).write_text("", encoding="utf-8")
    return replace(open_home(at), targets=pl.read_parquet(edition / TARGETS))


def generation_as_was(home: Home, metrics: dict[str, Metric], manifest: Mapping[str, Any], baselines: pl.DataFrame) -> Generation:
    """The figures of these metrics, computed anew in full from the lake as it was, as a generation in the home made for it."""
    as_of = datetime.fromisoformat(manifest["data_as_of"])
    read = read_inputs(replace(home, targets=home.targets.clear().drop("kind")), as_of)
    inputs: Inputs = replace(read, home=home, metrics=metrics, baselines=baselines)
    said = {"sequence": inputs.head.sequence, "lake": dict(inputs.head.versions), "as_of": inputs.as_of, "built_at": as_of}
    ask = asking(inputs, quiet, OWN)  # whatever limits the home had then, the query kept within them
    return publish(home.path, lambda connection: build_full(connection, inputs, quiet), said, ask=ask)


def quiet(label: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


def definitions_as_were(edition: Path) -> dict[str, Metric]:
    """The metrics as the edition kept them. Raises UserError when this program cannot read them."""
    declared = load_catalog(edition / DEFINITIONS)
    counted, broken = metrics_of_queries(edition / DEFINITIONS, taken=declared)
    if broken:
        raise UserError(*(problem for several in broken.values() for problem in several))
    return in_order({**declared, **counted})
