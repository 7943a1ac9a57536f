"""The targets' page of the documentation, made from the packs."""

from collections.abc import Mapping

from metrics.definitions.metric import Metric
from metrics.home.known_targets import with_kinds
from metrics.home.packs import pack_names, pack_of
from metrics.home.target import Target, frame_of
from metrics.home.target_list import asks
from metrics.home.targets import TargetFile

PREAMBLE = """# Targets

Made from `metrics/catalog/targets` by `python tests/docs/regenerate.py`; edit those, not this page.

A home's targets stand in `targets.toml`: packs that come with Timely, by name, and the home's own. `timely targets` lists what
is in force, `timely targets check` tells what makes no sense, `timely targets packs` lists the packs.

- A target holds from one day to another, both included: it is a step function of time. The day that counts is a period's last.
- Where several hold, the one that names its place most closely counts: a service at a site, then a service in a region, a
  service, a site, a region, everywhere. A total of all sites is held to no target of a region or a site.
- Of the same figure in the same place the home's own target counts, then that of the pack named first.
- A role says what the target is for: the `target` that the figure is held to, a `trajectory` towards it, a `stretch` beyond it.
- Its kind follows from its statistic and from what the metric says is better: a share within the time allowed (at least), a
  percentile of a wait (at most), a floor (at least) or a ceiling (at most). A metric of which neither side is better has none.
- *Not verified* means that nobody has read it at its source yet. It is shown so wherever it is.
"""


def targets_markdown(metrics: Mapping[str, Metric]) -> str:
    keys = [("packs", TargetFile.model_fields["packs"].description), *((k, f.description) for k, f in Target.model_fields.items())]
    table = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in keys)
    return (
        PREAMBLE + f"\n| key | what it says |\n|---|---|\n{table}" + "".join(pack_markdown(name, metrics) for name in pack_names())
    )


def pack_markdown(name: str, metrics: Mapping[str, Metric]) -> str:
    """One pack: what it is, and a row a target."""
    pack = pack_of(name)
    known = with_kinds(frame_of(pack.target, name), metrics)
    rows = [{"link": f"[{row['metric']}](metrics.md#{row['metric']})", **row} for row in known.to_dicts()]
    lines = [
        f"| {row['link']} | {row['statistic']} | {row['role']} | {asks(row, metrics[row['metric']])} "
        f"| {row['valid_from']} | {row['valid_to'] or ''} | {row['source']}{'' if row['verified'] else '. *Not verified*'} |\n"
        for row in rows
    ]
    head = "| metric | statistic | role | asks | from | to | source |\n|---|---|---|---|---|---|---|\n"
    return f"\n## {name}\n\n{pack.title}. {pack.about}\n\n{head}{''.join(lines)}"
