"""The commands' page of the documentation, made from the commands themselves."""

from typing import Any

import typer
from typer.core import TyperGroup

from metrics.cli.application import app
from metrics.cli.commands import COMMANDS, GROUPS

PREAMBLE = """# Commands

Made from `metrics/cli` by `python tests/docs/regenerate.py`; edit those, not this page.

    timely [--home DIR] COMMAND            home: --home, else $TIMELY_HOME, else ./data

Exit codes: 0 done, 1 the check failed, 2 wrong use or bad input.
"""


def commands_markdown() -> str:
    """Every command with its help and its options."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return PREAMBLE + "".join(_command(group.commands[name], name) for name in (*COMMANDS, *GROUPS))


def _command(command: Any, name: str) -> str:
    """A command's section; of one that has commands of its own, theirs follow."""
    if isinstance(command, TyperGroup):
        own = "".join(_command(command.commands[word], f"{name} {word}") for word in command.commands)
        return f"\n## timely {name}\n\n{command.help or ''}\n{own}"
    rows = "".join(
        f"| `{_words(param)}` | {getattr(param, 'help', None) or ''} |\n" for param in command.params if param.name != "help"
    )
    table = f"\n| option | what it is |\n|---|---|\n{rows}" if rows else ""
    return f"\n## timely {name}\n\n{' '.join((command.help or '').split())}\n{table}"


def _words(param: Any) -> str:
    if param.param_type_name == "argument":
        return param.metavar or f"[{param.name.upper()}]"
    return ", ".join([*param.opts, *param.secondary_opts])
