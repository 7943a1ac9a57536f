"""The snapshots' page of the documentation, its settings made from their declarations."""

from pydantic import BaseModel

from metrics.home.snapshot_settings import Audience, SnapshotSettings

PREAMBLE = """# Weekly snapshots

Made from `metrics/home/snapshot_settings.py` by `python tests/docs/regenerate.py`; edit those, not this page.

`timely snapshot make` issues the newest closed week from the generation in force: a folder `snapshots/<week>/<audience>/<edition>`
in the home with the page, the PDF, the same words for a program (`snapshot.json`), the rows behind every figure (`rows`: Parquet,
CSV), what it was made of (`inputs`) and `manifest.json`. It is there whole or not at all, and the same inputs give the same bytes.
Run again, it says that the week was issued, so that it may be scheduled: `refresh`, `alerts evaluate`, `snapshot make`, `snapshot
send`. A correction is a new edition: `make WEEK --reason "..."`.

A week is closed when its Sunday is over (UTC) and `settles_after` has passed in the data. A slower metric is shown
at its own newest closed week, and says so. Alerts are those the ledger knew when these data were evaluated. Groups of patients are
compared over three closed months, with the rest of their dimension, at a bound shared by all comparisons (Bonferroni).

Small numbers are withheld by the policy of `snapshot.toml`, or of `timely.toml`, which the manifest and the page name
([small numbers](suppression.md)). Every place is judged, whichever the audience sees; where one week of a series alone would be
withheld, its next smallest goes, too, as the mean of the chart would tell it. Where the policy rounds, values are of the rounded
counts; verdicts and limits are of the exact ones, and a gap is compared before it is rounded.

`timely snapshot verify WEEK` holds every file to its hash, every file of the lake to the hash it had, and makes the edition again
from the lake's versions and the definitions, targets, sites, calendars and baselines that it kept. What differs is named, and the
exit code is 1. A definition that is another one today is named, too; `--as-it-was` makes that a note. The alerts and the figures
compared with are the edition's own copies: whoever has its seal, the manifest's hash that `send` tells, can tell a forged one.

The dashboard's weekly page lists what was issued, shows an edition as it was issued (one whose files were changed is not shown: it
says which), sets two beside each other, and gives the PDF, the page and the rows to take away.

`timely snapshot send` puts the words into the outbox, once for each recipient, and sends what is due; what fails is tried again.

## snapshot.toml

Every key may be left out, and so may the file.

"""
HEAD = "| key | what it does |\n|---|---|\n"


def snapshots_markdown() -> str:
    """The whole page."""
    return f"{PREAMBLE}{HEAD}{keys_of(SnapshotSettings)}\n`[[audience]]`\n\n{HEAD}{keys_of(Audience)}"


def keys_of(model: type[BaseModel]) -> str:
    return "".join(f"| `{name}` | {field.description} |\n" for name, field in model.model_fields.items())
