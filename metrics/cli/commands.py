"""Which commands there are. A command's module is imported with the rest; what it runs is imported when it runs,
so that `timely --help` does not wait for a database engine."""

from collections.abc import Callable

import typer

from metrics.cli import (
    alert_messages,
    catalog,
    check,
    demo,
    feeds,
    ingest,
    init,
    observe,
    query,
    refresh,
    serve,
    signals,
    simulate,
    snapshot,
    targets,
    watch,
)

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init.init,
    "demo": demo.demo,
    "simulate": simulate.simulate,
    "ingest": ingest.ingest,
    "refresh": refresh.refresh,
    "observe": observe.observe,
    "query": query.query,
    "catalog": catalog.catalog,
    "signals": signals.signals,
    "targets": targets.targets,
    "check": check.check,
    "watch": watch.watch,
    "serve": serve.serve,
}
# Commands that have commands of their own. Their modules add to the group as they are imported.
GROUPS: dict[str, typer.Typer] = {
    "alerts": alert_messages.group,
    "snapshot": snapshot.group,
    "feeds": feeds.group,
}


def register(app: typer.Typer) -> None:
    for name, command in COMMANDS.items():
        app.command(name)(command)
    for name, group in GROUPS.items():
        app.add_typer(group, name=name)
