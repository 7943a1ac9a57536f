"""What a snapshot says: pure values, ready to be drawn. Whoever draws it adds no figure and no word about a figure.

Every sentence is a whole one; figures in words stand in the unit of their metric ('8.4%', '2 h 5 min'). A withheld figure reads
`WITHHELD`, one that is not there `ABSENT`; both have no number in any field. Instants are naive UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

WITHHELD = "withheld"
ABSENT = "–"
MOST_TITLE_WORDS = 10  # words of an active chart title: one that can be taken in at a glance
NO_CHANGE = "No significant change."

Direction = Literal["better", "worse", "changed"]
Reason = Literal["late data", "definition", "correction"]
FAMILIES = ("access", "response", "attendance", "retention", "experience")
"""The sections, in the order of the page."""


@dataclass(frozen=True)
class Point:
    """One week of a chart. value is in the metric's unit (a share: a fraction of 1); null where withheld or not there.

    kind: common_cause, improvement, concern, neutral_high, neutral_low, or not_assessed. mean, lower, upper: the control limits,
    null on a trial. target: the one in force that week.
    """

    week: date
    value: float | None
    n: int | None
    mean: float | None
    lower: float | None
    upper: float | None
    target: float | None
    kind: str
    withheld: bool = False


@dataclass(frozen=True)
class Chart:
    """One chart. title: active, at most MOST_TITLE_WORDS words. subtitle: what is drawn, where, in which unit.

    statistic: share, within, median, p90, p95 or count. unit: minutes, hours, days, ... of a wait; '' of a share or a count.
    points: the newest last, one for every week, without gaps. alt: what the chart shows, for who cannot see it.
    """

    title: str
    subtitle: str
    statistic: str
    unit: str
    points: tuple[Point, ...]
    variation: str
    assurance: str
    target_words: str
    alt: str


@dataclass(frozen=True)
class Section:
    """Access, response, attendance, retention, experience: a chart and two sentences. Without a figure chart is None."""

    family: str
    heading: str
    sentences: tuple[str, ...]
    chart: Chart | None


@dataclass(frozen=True)
class Change:
    """A series of which a rule of its control chart fired at the newest closed week. variation: its code of `signals`, whose arrow
    says which way the figure moved: worse may be lower."""

    direction: Direction
    metric: str
    sentence: str
    variation: str


@dataclass(frozen=True)
class OffTarget:
    """A figure whose whole range is on the wrong side of its target: it will stay so unless something changes."""

    metric: str
    sentence: str


@dataclass(frozen=True)
class AlertLine:
    """An alert that stood in the week. severity: act, watch or info. age: in words, at the data's as-of. taken_by: '' for nobody.

    state: 'open', 'resolved', or 'ended' where an edit of the rules ended it.
    """

    alert_id: str
    severity: str
    what: str
    where: str
    owner: str
    age: str
    since: date
    state: str
    taken_by: str


@dataclass(frozen=True)
class IconRow:
    """A headline metric at a place. variation, assurance: the codes of `signals`. sparkline: the points of its last weeks, the
    newest last. week: the first day of the newest closed week, which a figure that settles slowly reaches later than others;
    None without a figure. since: the first week of the unbroken signal. n: cases behind the value, in words."""

    metric: str
    title: str
    statistic: str
    statistic_words: str
    place: str
    value: str
    n: str
    target: str
    variation: str
    assurance: str
    since: date | None
    week: date | None
    sparkline: tuple[Point, ...]
    withheld: bool = False


@dataclass(frozen=True)
class Gap:
    """A difference between groups of patients that chance does not explain."""

    metric: str
    dimension: str
    sentence: str


@dataclass(frozen=True)
class Revision:
    """A figure of the last issued snapshot that is another one now."""

    metric: str
    title: str
    place: str
    week: date
    before: str
    after: str
    reason: Reason
    sentence: str


@dataclass(frozen=True)
class Policy:
    """How small numbers are withheld: the policy's name and one sentence that says what it does; withheld: how many figures."""

    name: str
    sentence: str
    withheld: int


@dataclass(frozen=True)
class Snapshot:
    """The whole page. week: its Monday. edition: 1 for the first; reason: why there is another edition, '' for the first.

    as_of: the newest thing that was known. summary: what changed, words first, each a whole sentence; NO_CHANGE alone where no rule
    fired. previous: the last issued snapshot that revisions were looked for in ('2026-W46, edition 1'), '' for none.
    """

    week: date
    edition: int
    reason: str
    as_of: datetime
    provider: str
    audience: str
    audience_title: str
    title: str
    summary: tuple[str, ...]
    changes: tuple[Change, ...]
    off_target: tuple[OffTarget, ...]
    alerts: tuple[AlertLine, ...]
    icon_rows: tuple[IconRow, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    revisions: tuple[Revision, ...]
    previous: str
    quality: str
    policy: Policy
    how_to_read: tuple[str, ...]
    program: str
    alerts_stood: int = 0  # alerts of the week, of which `alerts` are those worth an executive's minute

    @property
    def week_end(self) -> date:
        """Its Sunday."""
        return self.week + timedelta(days=6)

    @property
    def name(self) -> str:
        """'2026-W47'."""
        return week_name(self.week)


def week_name(week: date) -> str:
    """The ISO 8601 name of the week that begins on this Monday: '2026-W47'."""
    return f"{week:%G-W%V}"
