"""The text format that Prometheus reads (text/plain; version=0.0.4): HELP, TYPE and samples of each measure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from metrics.watch.health import Health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATES = ("No data", "Stale", "OK", "Not assessed")
Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True)
class Measure:
    """name: with its unit, as Prometheus names measures. A sample that is None is left out: it is not known."""

    name: str
    kind: str
    help: str
    samples: Iterable[tuple[Mapping[str, str], float | None]]


def measures(health: Health) -> Iterator[Measure]:
    """Ages and lags in seconds; counts of each feed."""
    yield Measure("timely_healthy", "gauge", "1 when nothing is wrong, else 0.", [({}, float(health.well))])
    yield Measure("timely_problems", "gauge", "How many things are wrong.", [({}, float(len(health.problems)))])
    yield Measure("timely_generation_age_seconds", "gauge", "Age of the figures in force.", [({}, since(health.as_of, health.at))])
    looked = since(health.looked_at, health.at)
    yield Measure("timely_watcher_look_age_seconds", "gauge", "How long ago the watcher last looked.", [({}, looked)])
    yield Measure("timely_watcher_problems", "gauge", "What failed in the last look.", [({}, float(len(health.look_problems)))])
    depth = float(sum(one.waiting for one in health.feeds if one.kind != "inbox"))
    yield Measure("timely_journal_depth", "gauge", "Messages acknowledged that the lake lacks.", [({}, depth)])
    yield from feed_measures(health)


def feed_measures(health: Health) -> Iterator[Measure]:
    named = [({"feed": one.feed, "kind": one.kind}, one) for one in health.feeds]
    yield Measure("timely_feed_state", "gauge", "1 for the state that the feed is in.", [
        ({**labels, "state": state}, float(one.state == state)) for labels, one in named for state in STATES
    ])  # fmt: skip
    yield Measure("timely_feed_silence_seconds", "gauge", "How long ago the feed last sent anything.", [
        (labels, since(one.last_at, health.at)) for labels, one in named
    ])  # fmt: skip
    yield Measure("timely_feed_lag_seconds", "gauge", "How long after its event the newest message came.", [
        (labels, one.lag) for labels, one in named
    ])  # fmt: skip
    yield Measure("timely_feed_waiting", "gauge", "Messages that the lake lacks, or files that are not taken.", [
        (labels, float(one.waiting)) for labels, one in named
    ])  # fmt: skip
    yield Measure("timely_feed_received_total", "counter", "Messages or files that came.", [
        (labels, float(one.received)) for labels, one in named
    ])  # fmt: skip
    yield Measure("timely_feed_refused", "gauge", "Messages or files that were refused and not mended since.", [
        (labels, float(one.refused)) for labels, one in named
    ])  # fmt: skip
    yield Measure("timely_feed_last_error_timestamp_seconds", "gauge", "When something was last refused.", [
        (labels, None if one.last_error_at is None else one.last_error_at.replace(tzinfo=UTC).timestamp()) for labels, one in named
    ])  # fmt: skip


def since(instant: datetime | None, now: datetime) -> float | None:
    return None if instant is None else (now - instant).total_seconds()


def exposition(measured: Iterable[Measure]) -> str:
    """The measures as text; one without a sample is left out."""
    lines: list[str] = []
    for one in measured:
        known = [(labels, value) for labels, value in one.samples if value is not None]
        if known:
            lines += [f"# HELP {one.name} {one.help}", f"# TYPE {one.name} {one.kind}"]
            lines += [f"{one.name}{labelled(labels)} {value:.15g}" for labels, value in known]
    return "\n".join(lines) + "\n"


def labelled(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
