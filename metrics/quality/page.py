"""The checks' page of the documentation, made from the checks themselves."""

from metrics.quality.check import Check
from metrics.quality.checks import CHECKS

PREAMBLE = """# Data quality

Made from `metrics/quality/` by `python tests/docs/regenerate.py`; edit those, not this page.

`timely check` runs every check on the generation in force and prints what fails and what is warned of, worst first, with how
many rows of how many, examples by id, and the next step. `--check TQ009` (or its name), `--table` and `--site` select; `--all`
prints what passed, too; `--json` is for programs. The exit code is 1 when something fails; a warning does not fail. The
dashboard's data page shows the same, and an alert rule of kind `data_quality` raises what fails ([alerts](alerts.md)).

What the checks count in events is counted by a refresh and kept in the generation (table `quality_counts`), for the newest 13
months: counting takes some two seconds of processor time a million events, and only the months that changed are counted
again; judging takes milliseconds. Examples are the source's own ids of events; patients are never shown.
"""


def quality_markdown() -> str:
    """A list of the checks, then each with its headings."""
    rows = "\n".join(f"| [{one.code}](#{anchor(one)}) | `{one.name}` | {one.title} | {one.severity} |" for one in CHECKS)
    sections = "\n".join(_section(one) for one in CHECKS)
    return f"{PREAMBLE}\n| code | name | finds | gravest |\n|---|---|---|---|\n{rows}\n\n{sections}"


def anchor(check: Check) -> str:
    """As GitHub names the heading of the check."""
    title = f"{check.code} {check.title}".lower()
    return "".join(sign for sign in title if sign.isalnum() or sign in " -").replace(" ", "-")


def _section(check: Check) -> str:
    numbers = "\n".join(f"| {one.name} | {one.value} | {one.reason} |" for one in check.thresholds)
    return (
        f"## {check.code} {check.title}\n\n**What it does.** {check.what}\n\n**Why it matters.** {check.why}\n\n"
        f"**What to do.** {check.next_step}\n\n| threshold | value | reason |\n|---|---|---|\n{numbers}\n"
    )
