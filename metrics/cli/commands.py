"""Which commands there are. A command's module is imported with the rest; what it runs is imported when it runs,
so that `timely --help` does not wait for a database engine."""

from collections.abc import Callable

import typer

from metrics.cli import catalog, check, demo, ingest, init, observe, query, refresh, serve, simulate

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init.init,
    "demo": demo.demo,
    "simulate": simulate.simulate,
    "ingest": ingest.ingest,
    "refresh": refresh.refresh,
    "observe": observe.observe,
    "query": query.query,
    "catalog": catalog.catalog,
    "check": check.check,
    "serve": serve.serve,
}


def register(app: typer.Typer) -> None:
    for name, command in COMMANDS.items():
        app.command(name)(command)
