"""feeds.toml: the live feeds, one [[feed]] block each."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from metrics.errors import did_you_mean
from metrics.home.files import toml_of
from metrics.home.settings import Length, Settings, Zone
from metrics.mistakes import problems_of

FILE = "feeds.toml"
PATIENCE = 1.5  # of its usual interval, how long a feed may be silent: half as long again, for what comes late
LOST = 4  # of the silence after which it is stale, how long until nobody stands behind it
INBOX = "inbox"
LISTENING = ("port", "tls_cert", "tls_key")
NOT_OF = {
    "mllp": ("folder",),
    "inbox": (*LISTENING, "site", "time_zone", "system"),
    "fhir": LISTENING,
}  # keys that a kind does not know


def plain_name(name: str) -> str:
    """The name itself when a command, an address and a folder can carry it. Raises ValueError else."""
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"{name!r} stands in commands and addresses; write it with letters, digits, _ and -")
    return name


def system_name(name: str) -> str:
    """As `plain_name`, or nothing."""
    return plain_name(name) if name else name


class Feed(BaseModel):
    """One [[feed]] block."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: Annotated[str, AfterValidator(plain_name)] = Field(min_length=1, description="Its name, in `timely feeds` and /metrics.")
    kind: Literal["inbox", "mllp", "fhir"] = Field(
        description="'inbox': files through a source's mapping; 'mllp': HL7 v2 messages; 'fhir': FHIR by POST /fhir and by files.",
        examples=["'inbox', 'mllp' or 'fhir'"],
    )
    source: str | None = Field(
        default=None, description="inbox: the source whose mapping reads the files. mllp, fhir: the word in the rows' `source`."
    )
    folder: str | None = Field(
        default=None, description="inbox, fhir: the folder its files come into, from the home. Left out: inbox/ and its source."
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="mllp: the port to listen on.", examples=["a whole number from 1 to 65535"]
    )
    host: str = Field(
        default="127.0.0.1", description="mllp: the address to listen on; '0.0.0.0' takes messages from other machines."
    )
    tls_cert: str | None = Field(default=None, description="mllp: certificate (PEM), from the home; messages come over TLS only.")
    tls_key: str | None = Field(default=None, description="mllp: the certificate's key (PEM), from the home.")
    site: str | None = Field(default=None, description="mllp, fhir: the site of messages that name no place of sites.csv.")
    time_zone: Zone | None = Field(
        default=None, description="mllp, fhir: the clock of times without an offset. Left out: that of their site.",
        examples=["an IANA time zone such as 'Europe/London'"],
    )  # fmt: skip
    system: Annotated[str, AfterValidator(system_name)] | None = Field(
        default=None, examples=["a name, or '' for the numbers that files use"],
        description="mllp, fhir: whose case numbers they are: one number of two systems is two cases. '': those that files use."
        " Left out: of fhir its `source`, else 'fhir'; of mllp ''.",
    )  # fmt: skip
    expected: Length | None = Field(
        default=None, description="How often something usually comes: a file, a message.", examples=["a length such as '7 days'"]
    )
    stale_after: Length | None = Field(
        default=None, examples=["a length such as '15 minutes'"],
        description="Silent for longer, it is stale. Left out: half as long again as `expected`, else board.stale_after.",
    )  # fmt: skip
    no_data_after: Length | None = Field(
        default=None, examples=["a length such as '2 hours'"],
        description="Silent for longer, it is no data. Left out: four times as long as until it is stale.",
    )  # fmt: skip

    @property
    def live(self) -> bool:
        """Whether it goes through the journal."""
        return self.kind != "inbox"

    @property
    def place(self) -> str | None:
        """The folder of its files, from the home; None of a feed without."""
        if self.kind == "mllp":
            return None
        return self.folder or f"{INBOX}/{self.source if self.kind == 'inbox' else 'fhir'}"

    def limits(self, settings: Settings) -> tuple[timedelta, timedelta] | None:
        """The silences after which it is stale, and no data; None where nothing says how often something comes."""
        stale = self.stale_after or (self.expected * PATIENCE if self.expected else None)
        if stale is None and not self.live:
            return None
        lost = settings.board.lost_after if stale is None else stale * LOST
        stale = stale or settings.board.stale_after
        return stale, max(stale, self.no_data_after or lost)


class FeedFile(BaseModel):
    """The whole of feeds.toml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    feed: tuple[Feed, ...] = Field(default=(), strict=False, description="The feeds.")


def read_feeds(path: Path, sites: Sequence[str]) -> tuple[tuple[Feed, ...], list[str]]:
    """The feeds and what is wrong with the file; none where there is no file. sites: those of sites.csv; none are looked up in it
    when it is wrong itself."""
    if not path.exists():
        return (), []
    read, problems = toml_of(path)
    try:
        feeds = FeedFile.model_validate(read or {}).feed
    except ValidationError as error:
        return (), problems + problems_of(path.name, FeedFile, error)
    problems += [problem for number, feed in enumerate(feeds, 1) for problem in feed_problems(feed, f"{path.name}: feed[{number}]")]
    problems += [f"{path.name}: {what} {value!r} is there twice; each feed has its own." for what, value in twice(feeds)]
    problems += [
        f"{path.name}: feed[{number}].site = {feed.site!r} is not in sites.csv.{did_you_mean(feed.site, sites)}"
        for number, feed in enumerate(feeds, 1) if feed.site and sites and feed.site not in sites
    ]  # fmt: skip
    return feeds, problems


def feed_problems(feed: Feed, where: str) -> Iterator[str]:
    """What its kind needs and does not have, or has and does not know."""
    if feed.kind == "mllp" and feed.port is None:
        yield f"{where}.port is missing: name the port on which {feed.name} listens."
    if feed.kind == "inbox" and feed.source is None:
        yield f"{where}.source is missing: name the source whose mapping reads the files of {feed.name}."
    if (feed.tls_cert is None) != (feed.tls_key is None):
        yield f"{where}: tls_cert and tls_key belong together; name both, or neither."
    given = [key for key in NOT_OF[feed.kind] if getattr(feed, key) is not None]
    yield from (f"{where}.{key}: a feed of kind {feed.kind!r} has none." for key in given)
    if feed.stale_after and feed.no_data_after and feed.no_data_after < feed.stale_after:
        yield f"{where}: no_data_after is shorter than stale_after; a feed is stale first."


def twice(feeds: Sequence[Feed]) -> list[tuple[str, object]]:
    told = [("name", feed.name) for feed in feeds] + [("port", feed.port) for feed in feeds if feed.port]
    told += [("folder", feed.place) for feed in feeds if feed.place]
    return [one for one in dict.fromkeys(told) if told.count(one) > 1]
