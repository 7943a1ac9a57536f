"""The settings' page of the documentation, made from their declarations."""

from metrics.home.feeds import Feed
from metrics.home.settings import settings_table

PREAMBLE = """# Settings

Made from `metrics/home/settings.py` by `python tests/docs/regenerate.py`; edit those, not this page.

A home's settings stand in `timely.toml`; `timely init` writes the file with every setting at its default and a line of help.
A mistake in any of a home's files is told with the file, the key, the value and what was expected, all at once.

| setting | default | what it does | may be |
|---|---|---|---|
"""

FEEDS = """
## feeds.toml

One `[[feed]]` block for each live feed ([feeds.md](feeds.md)). Without the file, `timely watch` follows the inbox and its options.

| key | what it says |
|---|---|
"""


def settings_markdown() -> str:
    rows = "".join(f"| `{s.name}` | `{s.default}` | {s.help} | {s.expected} |\n" for s in settings_table())
    keys = "".join(f"| `{key}` | {field.description} |\n" for key, field in Feed.model_fields.items())
    return PREAMBLE + rows + FEEDS + keys
