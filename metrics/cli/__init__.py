"""The command line: `timely [--home DIR] COMMAND`. Each command is thin; what it does lives in the room it names."""

import sys

from metrics.cli.application import app
from metrics.cli.commands import register
from metrics.errors import UserError

register(app)


def main() -> None:
    """Run the command line. A user's mistake is told in sentences on stderr, with exit code 2."""
    try:
        app()
    except UserError as error:
        for problem in error.problems:
            print(f"timely: {problem}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("timely: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
