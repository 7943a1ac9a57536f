"""The files that `timely init` writes: the example provider's, with every key's help line taken from its declaration."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby

from pydantic import BaseModel

from metrics.alerts.kinds import KINDS
from metrics.alerts.matching import Inhibit, Matcher, Owner, Silence
from metrics.alerts.rule import Rule
from metrics.clocks import Calendar, SpecialDay, Week
from metrics.home.feeds import Feed
from metrics.home.settings import settings_table
from metrics.home.sites import COLUMNS
from metrics.home.snapshot_settings import Audience, SnapshotSettings
from metrics.home.target import Target
from metrics.home.targets import TargetFile

# The places of the example provider, which `timely demo` fills with events. A provider writes its own instead.
EXAMPLE_SITES = """\
CEN,Central Hospital,Europe/London,North,GB-ENG,hospital
NRT,Northgate Hospital,Europe/London,North,GB-ENG,hospital
SOU,Southbank Hospital,Europe/London,South,GB-ENG,hospital
EAS,Eastfield Hospital,Europe/London,South,GB-ENG,hospital
ASH,Ashgrove Clinic,Europe/London,North,GB-ENG,clinic
BRK,Brookside Clinic,Europe/London,North,GB-ENG,clinic
CED,Cedar Clinic,Europe/London,South,GB-ENG,clinic
DAL,Dale Clinic,Europe/London,South,GB-ENG,clinic
ELM,Elmwood Clinic,Europe/Dublin,West,IE,clinic
FER,Fernhill Clinic,Europe/Dublin,West,IE,clinic
HQC,Contact Centre,Europe/London,Group,GB-ENG,contact_centre
HAR,Harbour Clinic,America/New_York,Atlantic,US,clinic
"""

# Everything but what people write by hand and share stays out of version control: the key first of all.
SHARED = (
    ".gitignore",
    "timely.toml",
    "sites.csv",
    "calendars.toml",
    "targets.toml",
    "alerts.toml",
    "snapshot.toml",
    "feeds.toml",
    "catalog/",
    "queries/",
)
IGNORED = "/*\n" + "".join(f"!/{name}\n" for name in SHARED)


def template_files() -> dict[str, str]:
    """File name to text, for a new home."""
    return {
        "timely.toml": settings_file(),
        "sites.csv": ",".join(COLUMNS) + "\n" + EXAMPLE_SITES,
        "calendars.toml": calendars_header() + example("calendars.toml"),
        "targets.toml": targets_header() + example("targets.toml"),
        "alerts.toml": alerts_header() + example("alerts.toml"),
        "snapshot.toml": snapshot_header() + example("snapshot.toml"),
        "feeds.toml": feeds_header() + example("feeds.toml"),
        ".gitignore": IGNORED,
    }


def example(name: str) -> str:
    return (files("metrics.home") / "examples" / name).read_text(encoding="utf-8")


def settings_file() -> str:
    """timely.toml with every setting at its default, under its help line."""
    text = "# Settings of this home. Every one may be left out; what stands here are the defaults.\n"
    for table, settings in groupby(settings_table(), lambda setting: setting.name.rpartition(".")[0]):
        text += f"\n[{table}]" if table else ""
        text += "".join(f"\n# {one.help}\n{one.name.rpartition('.')[2]} = {one.default}\n" for one in settings)
    return text


def calendars_header() -> str:
    lines = [
        "Calendars, by name; sites.csv says which site keeps which. All times are the site's own clock.",
        "A special day outranks a holiday, and a holiday outranks the week.",
        "", "[NAME]", *keys_of(Calendar, ("weeks", "special_days")),
        "[[NAME.weeks]]", *keys_of(Week), "[[NAME.special_days]]", *keys_of(SpecialDay),
    ]  # fmt: skip
    return commented(lines)


def targets_header() -> str:
    lines = [
        "Targets: one [[target]] block each. With no place named a target holds everywhere; where several hold, the one that",
        "names its place most closely counts: a service at a site, then in a region, then a service, a site, a region, everywhere.",
        "Whether lower or higher is better stands in the metric.",
        "", *keys_of(TargetFile, ("target",)), "", "[[target]]", *keys_of(Target),
    ]  # fmt: skip
    return commented(lines)


def alerts_header() -> str:
    lines = [
        "Alert rules: one [[rule]] block each. A rule is asked once for each place, of the newest closed period. A broken rule is",
        "an alert of its own, and stops no other. docs/alerts.md says what each kind looks at and what its keys mean.",
        "", "[[rule]]", *keys_of(Rule),
        "", "Keys of each kind:", *(f"  {kind}: {own_keys(model)}" for kind, model in KINDS.items()),
        "", "[[silence]] and [[owner]], and source and target of [[inhibit]], name alerts by one or more of:", *keys_of(Matcher),
        "[[silence]]", *keys_of(Silence, tuple(Matcher.model_fields)), "[[owner]]", *keys_of(Owner, tuple(Matcher.model_fields)),
        "[[inhibit]]", *keys_of(Inhibit),
    ]  # fmt: skip
    return commented(lines)


def snapshot_header() -> str:
    lines = [
        "The weekly snapshot: what it shows and who reads it, one [[audience]] block each. Every key may be left out.",
        "docs/snapshots.md says how one is issued, verified and sent.",
        "", *keys_of(SnapshotSettings, ("audience",)), "", "[[audience]]", *keys_of(Audience),
    ]  # fmt: skip
    return commented(lines)


def feeds_header() -> str:
    lines = [
        "Live feeds: one [[feed]] block each; `timely watch` runs them, `timely feeds` says how each is. A feed is judged by how",
        "often it is expected; files of which that is not said are not judged. docs/feeds.md says what each kind reads.",
        "", "[[feed]]", *keys_of(Feed),
    ]  # fmt: skip
    return commented(lines)


def own_keys(model: type[BaseModel]) -> str:
    """The keys of a kind of rule that not every rule has."""
    return ", ".join(key for key in model.model_fields if key not in Rule.model_fields) or "no more than every rule has"


def keys_of(model: type[BaseModel], but: tuple[str, ...] = ()) -> Iterator[str]:
    return (f"  {key}: {field.description}" for key, field in model.model_fields.items() if key not in but)


def commented(lines: list[str]) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + "\n"
