"""The first steps of a metric's query: the rows of its event table, their local day, who and where they are."""

import re
from dataclasses import dataclass

from metrics.definitions.derived import FOLLOWING, REPEATED, Following, local_days
from metrics.definitions.metric import Metric
from metrics.definitions.polars_form import columns_named
from metrics.events import STRATA, TABLES, EventTable

ALL = "all"
LAST_INSTANT = "facts.period_end - interval '1 microsecond'"  # of a tally's period, which ends before period_end
PLACES = {"site": "site_id", "service": "service_id"}


@dataclass(frozen=True)
class Place:
    """What a query is split by: dimensions in their fixed order, the grain, and the zone of a site nobody listed."""

    by: tuple[str, ...]
    grain: str
    default_zone: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The query's grouping columns besides period_start."""
        return tuple(PLACES.get(name, name) for name in self.by)

    @property
    def groups(self) -> str:
        return ", ".join(("period_start", *self.columns))

    @property
    def strata(self) -> tuple[str, ...]:
        return tuple(name for name in self.by if name in STRATA)

    @property
    def zone(self) -> str:
        """The zone of a row's site, as an SQL expression where `sites` is joined."""
        return f"coalesce(sites.time_zone, {text_literal(self.default_zone)})"

    @property
    def period_start(self) -> str:
        """The first day of the period that holds `day`."""
        return "first_day" if self.grain == ALL else f"date_trunc('{self.grain}', day)::date"

    @property
    def next_period(self) -> str:
        """The midnight (UTC) after the last day of the period, where period_start is a column."""
        return (
            "(select last_day + interval '1 day' from span)" if self.grain == ALL else f"period_start + interval '1 {self.grain}'"
        )


def text_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def local_day(instant: str, zone: str) -> str:
    """The local date of a UTC instant, as an SQL expression."""
    return f"timezone({zone}, timezone('UTC', {instant}))::date"


def step(comment: str, name: str, select: str) -> str:
    """One named step of the query, indented under its comment."""
    body = "\n".join(f"  {line}" if line else line for line in select.strip("\n").splitlines())
    return f"-- {comment}\n{name} as (\n{body}\n)"


def selected(*columns: str) -> str:
    """A select's list, a column a line."""
    return ",\n".join(f"  {column}" for column in columns)


def where_clause(predicate: str) -> str:
    """' where' and the predicate on lines of their own, one a condition; nothing for one that always holds."""
    return "" if predicate == "true" else "\nwhere " + "\n  and ".join(conditions(predicate))


def conditions(predicate: str) -> list[str]:
    """The parts of a predicate between its outermost 'and's; the whole where an outermost 'or' or 'between' rules that out."""
    parts, depth = [""], 0
    for word in re.findall(r"'(?:[^']|'')*'|[()]|\s+|[^\s()']+", predicate):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word.lower() in ("or", "between"):
            return [predicate]
        if depth == 0 and word.lower() == "and":
            parts.append("")
        else:
            parts[-1] += word
    return [part.strip() for part in parts]


def rows_of(metric: Metric, place: Place) -> list[str]:
    """The steps that end in `events`: rows begun by the as-of instant, at the places and on the days asked for."""
    steps = [*begun_rows(metric, place), _asked(metric)]
    return [*steps, days_span()] if place.grain == ALL else steps


def begun_rows(metric: Metric, place: Place) -> list[str]:
    """The steps that end in `begun`: rows begun by the as-of instant, at the places asked for, of any day."""
    if metric.is_tally:
        return [_tallies(metric, place)]
    following = followed(metric)
    return [*([_instants(metric.table, following)] if following else []), _events(metric, TABLES[metric.table], place)]


def followed(metric: Metric) -> Following | None:
    """How the rows that follow are found, where the metric's expressions speak of them."""
    following = FOLLOWING.get(metric.table)
    return following if following and columns_named(metric) & {following.column, REPEATED.name} else None


def _instants(table: str, following: Following) -> str:
    named = ", ".join((*following.same, following.at))
    return step(
        "what may follow, each instant of a patient once; the greatest key stands for those at one instant",
        "instants",
        f"select {named}, max({following.key}) as last_of_instant\nfrom facts_{table}"
        f"{where_clause(following.among)}\ngroup by {named}",
    )


def _following_columns(following: Following) -> tuple[str, ...]:
    twin = f"coalesce(facts.{following.key} <> alike.last_of_instant, false)"
    if following.among == "true":
        return (f"later.{following.at} as {following.column}", f"{twin} as {REPEATED.name}")
    return (
        f"case when facts.{following.among} then later.{following.at} end as {following.column}",
        f"coalesce(facts.{following.among}, false) and {twin} as {REPEATED.name}",
    )


def _following_joins(following: Following) -> tuple[str, ...]:
    later = " and ".join(f"later.{name} = facts.{name}" for name in following.same)
    alike = " and ".join(f"alike.{name} = facts.{name}" for name in (*following.same, following.at))
    return (
        f"asof left join instants as later\n  on {later} and later.{following.at} > facts.{following.at}",
        f"left join instants as alike\n  on {alike}",
    )


def _events(metric: Metric, table: EventTable, place: Place) -> str:
    named, following = columns_named(metric), followed(metric)
    own = sorted({"site_id", *place.columns} & set(table.column) | {str(table.anchor)} | named & set(table.column))
    days = {name: local_day(f"facts.{instant}", place.zone) for name, instant in local_days(table).items()}
    columns = (
        *(f"facts.{name}" for name in own),
        f"{place.zone} as time_zone",
        *(f"{day} as {name}" for name, day in days.items() if name == "day" or name in named),
        *(_following_columns(following) if following else ()),
        *(f"coalesce(patients.{name}::varchar, 'unknown') as {name}" for name in place.strata),
        "generation.as_of",
    )
    joins = (
        f"from facts_{table.name} as facts",
        "cross join generation",
        "left join sites on sites.site_id = facts.site_id",
        *(["left join patients on patients.patient_key = facts.patient_key"] if place.strata else []),
        *(_following_joins(following) if following else ()),
        f"where facts.{table.anchor} <= generation.as_of",
        "  and ($site::varchar is null or facts.site_id = $site)",
        "  and ($service::varchar is null or facts.service_id = $service)",
    )
    comment = f"{table.row}, begun by the as-of instant, with the local day it counts in"
    return step(comment, "begun", "select\n" + selected(*columns) + "\n" + "\n".join(joins))


def _tallies(metric: Metric, place: Place) -> str:
    counts = ("numerator", "denominator") if metric.kind == "rate" else ("bin_lower", "bin_upper", "count")
    columns = (
        *(f"facts.{name}" for name in ("site_id", "service_id", *counts)),
        f"{local_day('facts.period_start', place.zone)} as day",
        f"{local_day(LAST_INSTANT, place.zone)} as last_day",
    )
    joins = (
        "from facts_tallies as facts",
        "cross join generation",
        "left join sites on sites.site_id = facts.site_id",
        f"where facts.metric = {text_literal(str(metric.tally))}",
        "  and facts.period_start <= generation.as_of",
        "  and ($site::varchar is null or facts.site_id = $site)",
        "  and ($service::varchar is null or facts.service_id = $service)",
    )
    comment = "counts made elsewhere, with the first and last local day of their period"
    return step(comment, "begun", "select\n" + selected(*columns) + "\n" + "\n".join(joins))


def _asked(metric: Metric) -> str:
    last = "last_day" if metric.is_tally else "day"
    return step(
        "only the days asked for",
        "events",
        "select *\nfrom begun\nwhere ($since::date is null or day >= $since::date)\n"
        f"  and ($until::date is null or {last} <= $until::date)",
    )


def days_span() -> str:
    return step(
        "the one period: the days asked for, or from the first event to the last",
        "span",
        "select\n  coalesce($since::date, min(day)) as first_day,\n  coalesce($until::date, max(day)) as last_day\nfrom events",
    )
