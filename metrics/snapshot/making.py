"""Making: the newest closed week (or the one asked for) of one audience becomes an edition, once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from metrics import __version__
from metrics.alerts.sentences import Names
from metrics.clocks.holidays import LIBRARY_VERSION
from metrics.definitions.metric import Metric, QueryMetric
from metrics.errors import UserError
from metrics.home import Home
from metrics.home.known_targets import with_known_targets
from metrics.home.snapshot_settings import SnapshotSettings, read_snapshot_settings
from metrics.lake.in_force import Head, head
from metrics.ledger import Ledger, open_ledger
from metrics.ledger.lives import episodes, events
from metrics.ledger.series_words import baselines
from metrics.refresh.inputs import Inputs, read_inputs
from metrics.refresh.reason import fingerprints, words_fingerprints
from metrics.snapshot.alert_lines import alert_rows
from metrics.snapshot.asked import Asked, asked, closes_at, newest_closed
from metrics.snapshot.composing import Composed, Issue, composed
from metrics.snapshot.content import week_name
from metrics.snapshot.editions import MANIFEST, Edition, before, issued, issuing, of_week
from metrics.snapshot.kept import csv, kept_inputs, lake_files, parquet
from metrics.snapshot.known import known_at
from metrics.snapshot.material import answer, read_material
from metrics.snapshot.rendering import rendered
from metrics.warehouse import Generation, current
from metrics.warehouse.schema import REPLACED_BY
from metrics.workbench.guard import tables_read
from metrics.workbench.query_metrics import known_metrics

FORMAT = 1  # of the manifest; rises when it changes
FIGURES = "rows/figures.parquet"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class MakeReport:
    """What making did. made: False when the week had been issued before."""

    week: str
    audience: str
    edition: int
    path: str
    made: bool
    title: str
    seal: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        if not self.made:
            return f"{self.week} for {self.audience} was issued already, edition {self.edition}: {self.path}"
        return f"issued {self.week} for {self.audience}, edition {self.edition}: {self.title}. It lies in {self.path}"


def make(
    home: Home, now: datetime, week: date | None = None, audience: str = "", reason: str = "",
    progress: Progress = lambda label, done, total: None,
) -> MakeReport:  # fmt: skip
    """Issue the snapshot of a week (its Monday; None: the newest closed one) from the generation in force.

    now: UTC. audience: its name in snapshot.toml; '' is the first one. reason: why a week that was issued is issued again, in
    words: only with one is another edition made. Raises UserError when the week is not closed, when the generation is older than
    the settings, when the reason does not fit, and when it cannot be written: then nothing is.
    """
    generation = current(home.path)
    known = known_metrics(home.path)
    metrics = known.metrics
    settings = read_snapshot_settings(home.path, home.sites)
    reader = settings.of_audience(audience) if audience else settings.audience[0]
    week = closed_week(week, min(now, generation.as_of), settings)
    with issuing(home.path):
        there = of_week(home.path, week, reader.name)
        if there and not reason.strip():
            return report_of(there[0], made=False)
        if reason.strip() and not there:
            raise UserError(f"{week_name(week)} for {reader.name} was not issued yet: its first edition needs no --reason.")
        refuse_when_behind(generation, read_inputs(home, now, generation))
        progress("composing the snapshot", 0, None)
        home = with_known_targets(home, metrics, known.broken)
        policy = home.settings.suppression.policy
        what = asked(settings, reader, week, metrics, home.targets, home.sites, known.broken, policy)
        files = files_of_edition(home, generation, what, metrics, reason.strip(), len(there) + 1)
        progress("writing the snapshot", 0, None)
        return report_of(issued(home.path, week, reader.name, len(there) + 1, files), made=True)


def closed_week(week: date | None, known_until: datetime, settings: SnapshotSettings) -> date:
    """The week to issue. Raises UserError for one that is not closed, with when it will be."""
    newest = newest_closed(known_until, settings.settles_after)
    if week is not None and week > newest:
        closes = closes_at(week, settings.settles_after)
        raise UserError(
            f"{week_name(week)} is not closed: it closes on {closes:%Y-%m-%d %H:%M} UTC, and the data are known until "
            f"{known_until:%Y-%m-%d %H:%M} UTC. Refresh when it has closed, or name an earlier week; the newest closed one is "
            f"{week_name(newest)}."
        )
    return week or newest


def refuse_when_behind(generation: Generation, inputs: Inputs) -> None:
    """Raises UserError when settings changed since the generation was made: its figures would not be those that they describe."""
    words = {**words_fingerprints(inputs), **fingerprints(inputs)}
    changed = [name for name, value in words.items() if generation.manifest.get(name) != value]
    if changed:
        named = ", the ".join(changed)
        raise UserError(f"the {named} changed since generation {generation.name} was made. Make a new one: timely refresh")


def files_of_edition(
    home: Home, generation: Generation, what: Asked, metrics: Mapping[str, Metric], reason: str, number: int
) -> dict[str, bytes]:
    """Every file of the edition, by its name inside the folder."""
    ledger = open_ledger(home)
    at, last = head_then(home, generation), before(home.path, what.week, what.audience)
    earlier = None if last is None else pl.read_parquet(last.path / FIGURES)
    decided = baselines(ledger)
    material = read_material(generation, what)
    known = known_at(ledger, generation.as_of)
    stood = alerts_then(ledger, home, metrics, what, known, generation.as_of)
    issue = Issue(number, reason, last.name if last else "", earlier, stood, decided, __version__)
    made = composed(what, material, home, metrics, issue)
    texts = definition_texts(generation, what)
    inputs = kept_inputs(home, texts, decided, earlier, lake_files(home.lake, at))
    said = manifest_of(made, what, issue, at, generation.as_of, known, home)
    return whole(made, inputs, said)


def head_then(home: Home, generation: Generation) -> Head:
    """The lake's head that the generation was made from."""
    now, made = head(home.lake), generation.manifest
    return Head(int(made["sequence"]), made["lake"], generation.as_of, now.zones)


def alerts_then(
    ledger: Ledger, home: Home, metrics: Mapping[str, Metric], what: Asked, known: datetime, as_of: datetime
) -> pl.DataFrame:
    names = Names(metrics, dict(home.sites.select("site_id", "name").iter_rows()))
    return alert_rows(episodes(ledger), events(ledger), what.week, known, as_of, what.places, names)


def definition_texts(generation: Generation, what: Asked) -> dict[str, str]:
    """metric -> the text of its file, as the generation was computed by it; of a query also of the metrics that it reads."""
    texts = dict(answer(generation, "texts").select("metric", "toml").iter_rows())
    wanted = {figure.metric.id for figure in what.figures}
    queries = [figure.metric for figure in what.figures if isinstance(figure.metric, QueryMetric)]
    return {metric: text for metric, text in texts.items() if metric in wanted or any(reads(one, metric) for one in queries)}


def reads(query: QueryMetric, metric: str) -> bool:
    """Whether the figures of a query may hang on a metric: it names it, or reads tables that hold every metric's."""
    figures = {table for table, keys in REPLACED_BY.items() if "metric" in keys}
    return metric in query.sql or bool(tables_read(query.sql) & {*figures, "definitions"})


def manifest_of(
    made: Composed, what: Asked, issue: Issue, at: Head, as_of: datetime, known: datetime, home: Home
) -> dict[str, Any]:
    """The manifest without its files."""
    wanted = {figure.metric.id for figure in what.figures}
    held = home.targets.filter(
        pl.col("metric").is_in(sorted(wanted)), pl.col("valid_from") <= made.snapshot.week_end,
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= what.week),
    )  # fmt: skip
    versions = made.rows["figures"].select("metric", "definition_version").drop_nulls().unique("metric").sort("metric")
    return {
        "format": FORMAT, "name": week_name(what.week), "week": what.week.isoformat(), "edition": issue.edition,
        "reason": issue.reason, "previous": issue.previous, "data_as_of": as_of.isoformat(), "ledger_as_of": known.isoformat(),
        "program": issue.program, "holidays": LIBRARY_VERSION, "asked": what.to_dict(),
        "policy": asdict(made.snapshot.policy), "definitions": dict(versions.iter_rows()),
        "targets": json.loads(json.dumps(held.to_dicts(), default=str)),
        "lake": {
            "sequence": at.sequence, "versions": dict(sorted(at.versions.items())), "zones": at.zones,
            "as_of": None if at.as_of is None else at.as_of.isoformat(),
        },
    }  # fmt: skip


def whole(made: Composed, inputs: Mapping[str, bytes], said: Mapping[str, Any]) -> dict[str, bytes]:
    """Rows, inputs and pages with the manifest that holds the hash of each."""
    rows = {f"rows/{name}.parquet": parquet(frame) for name, frame in made.rows.items()}
    texts = {f"rows/{name}.csv": csv(frame) for name, frame in made.rows.items()}
    files = {**rows, **texts, **inputs, **rendered(made.snapshot)}
    hashes = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = json.dumps({**said, "files": hashes}, indent=1, ensure_ascii=False) + "\n"
    return {**files, MANIFEST: manifest.encode()}


def report_of(edition: Edition, made: bool) -> MakeReport:
    title = json.loads((edition.path / "snapshot.json").read_text(encoding="utf-8"))["title"]
    return MakeReport(week_name(edition.week), edition.audience, edition.number, shown(edition.path), made, title, edition.seal())


def shown(path: Path) -> str:
    """The path from the current folder where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
