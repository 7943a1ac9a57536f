"""What the generation's tables and columns mean, in words: of the events by their declarations, of the rest as said here."""

import polars as pl

from metrics.events import TABLES
from metrics.warehouse import Generation, run_query

TABLE_MEANINGS = {
    "observations": "Every figure: a row a metric, statistic, period and place. Null places are all of them together",
    "signals": "What the control chart says of the newest point of each series",
    "signal_points": "Every point of every control chart, with its limits",
    "definitions": "The metrics: what each is called, asks and counts",
    "targets": "What a figure should be, since when, and who says so",
    "sites": "The places of sites.csv",
    "generation": "One row: which publication this is, and as of when its data are",
    "freshness": "Each feed: how many rows, how new, how many rejected",
    "query_metrics": "The metrics that people's queries count: how many rows each gave, or why it has no figures",
    "quality_counts": "What the data-quality checks count in the events of the newest months; see docs/quality.md",
    "feed_months": "Each feed, month by month",
    "wait_bins": "Waits, counted by length: re-adds exactly to any median or share",
    "day_counts": "Numerators and denominators by day and place",
    "stratum_counts": "Numerators and denominators by month, place and group of patients",
    "month_waits": "Waits by month, in the clock's own unit",
    "census_moves": "By how many those there at the end of a day differ from the day before; young: those within the limit",
    "month_censored": "How long those waited at least who left or still wait, by month, in the clock's own unit",
    "opening_hours": "When each site is open, for waits that count opening hours only",
    "working_days": "Each site's working days and holidays",
    "patients": "Patients without names: the groups they belong to",
}
COLUMN_MEANINGS = {
    "metric": "The metric's name, as in definitions",
    "statistic": "share, count, median, p90, p95, within (the share within the standard), mean, mean_wait or ratio; km_: estimated",
    "grain": "day, week, month, quarter or year",
    "period_start": "First local day of the period",
    "period_end": "Last local day of the period",
    "site_id": "The site; null: all of them together",
    "service_id": "The clinic, queue or department; null: all of them together",
    "stratum": "A group of patients, such as age_band=65-84; null: everybody",
    "numerator": "The count above the line; add these up, never the values",
    "denominator": "The count below the line",
    "completed": "Waits that ended",
    "value": "The figure; of waits in minutes",
    "n": "How many cases it stands on",
    "lower": "Lower end: of the 95% interval, or the chart's lower limit",
    "upper": "Upper end: of the 95% interval, or the chart's upper limit",
    "centre": "The chart's centre line",
    "still_open": "Cases that began in the period and are not over",
    "mature": "Whether late cases can still change it: true once settled",
    "definition_version": "Changes when the metric's definition does",
    "as_of": "The instant (UTC) the data reach to",
    "day": "The local day that puts the row into a period",
    "booked_day": "The local day of the booking",
    "next_visit_at": "When the same patient came next (UTC)",
    "next_contact_at": "When the same patient next made contact about the same topic (UTC)",
    "repeated": "The patient has another such row at the same instant: count this one no more",
    "counted": "For which of the data-quality checks the row is counted, by name",
    "about": "The column that is counted, or what else the count is of",
    "bucket": "The bar of a histogram: a length of time in minutes, or an hour of the day",
    "total": "Rows looked at; null in a histogram",
    "example": "The least key of a row that is hit",
    "bin": "Minutes: to the minute up to a day, to the hour up to 25 days, to the day beyond",
    "month": "First day of the month",
    "variation": "improvement_..., concern_..., common_cause: whether something changed, and which way",
    "assurance": "Whether the target will be met if nothing changes",
    "label": "What the chart calls the point",
    "rules": "Which rules of the control chart fired",
    "target": "The target in force",
    "title": "Its name in words",
    "question": "What it answers",
    "family": "Which group of metrics it belongs to",
    "unit": "Of its values",
    "better": "higher or lower: which way is better",
    "kind": "What sort it is",
    "name": "Its name in words",
    "time_zone": "The site's own clock",
    "region": "Its region",
    "source": "Who or what said so",
    "recorded_at": "When the source said so (UTC)",
    "rejected": "Rows that broke the contract",
    "rows": "How many rows",
    "valid_from": "First day in force",
    "valid_to": "Last day in force; null: still",
    "chart": "Which control chart: xmr, p_prime, t, ...",
    "profile": "Which set of rules judged it",
    "target_kind": "floor, ceiling or share_within: which side of the target is good",
    "target_source": "Who set the target",
    "points": "How many points the chart stands on",
    "missing": "How many periods have no figure",
    "trial": "Whether the limits are of too few points to be trusted",
    "lag1": "Correlation of each point with the one before",
    "muted": "Whether rules that take points for independent are left out",
    "runs_signal": "Whether the runs around the median are too few or too long",
    "since": "First day of what changed",
    "baseline_from": "First day of the baseline",
    "baseline_to": "Last day of the baseline",
    "baseline_by": "Who set the baseline",
    "baseline_reason": "Why the baseline was set",
    "rebase_suggested": "From when a new baseline might be due; somebody has to decide",
    "segment": "Which baseline the point is judged by, counted from 1",
    "near_lower": "Two thirds of the way from the centre to the lower limit",
    "near_upper": "Two thirds of the way from the centre to the upper limit",
    "point_type": "How the chart draws the point",
    "baseline": "Whether the point is part of the baseline",
    "closed": "Whether the period is over and settled",
    "trajectory": "What was planned for the period on the way to the target",
    "stretch": "A target beyond the target",
    "headline": "Whether it stands on the scorecard's head",
    "toml": "The definition as its file says it",
    "card": "The definition in words, as JSON",
    "position": "Its place in the catalogue",
    "role": "target, stretch, trajectory or reference",
    "closeness": "How narrowly it names its place: the largest wins",
    "verified": "Whether somebody read it at its source",
    "pack": "The list of an authority that it is from",
    "country": "The country whose holidays it keeps",
    "calendar": "The calendar whose hours it keeps",
    "built_as": "full or overlay",
    "base": "The generation that an overlay lies over",
    "built_at": "When it was built (UTC)",
    "sequence": "Counts the publications",
    "table_name": "The event table",
    "first_at": "The oldest event (UTC)",
    "last_at": "The newest event (UTC)",
    "allowed_hours": "How long the feed may be silent",
    "heard": "The days on which it said something",
    "wait": "The wait, in its clock's unit",
    "present": "How many more are there at the day's end than the day before",
    "young": "How many more of them are within the limit",
    "opens_at": "When it opens (UTC)",
    "closes_at": "When it closes (UTC)",
    "seconds_before": "Seconds open before this opening, since the first one",
    "starts_at": "When the local day begins (UTC)",
    "ends_at": "When the local day ends (UTC)",
    "working": "Whether it is a working day",
    "days_before": "Working days before this one, since the first one",
    "file": "The file that says so",
    "problem": "Why there are no figures; null: there are",
    "last_day": "The last local day of the count",
}


def schema(generation: Generation) -> pl.DataFrame:
    """Every column that a query can read: table_name, column_name, data_type, meaning; the most used tables first."""
    found = run_query(
        generation,
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'main' and not internal "
        "order by table_name, column_index",
    ).frame.unique(maintain_order=True)
    meanings = [meaning_of(table, column) for table, column in found.select("table_name", "column_name").rows()]
    order = {name: place for place, name in enumerate([*TABLE_MEANINGS, *(f"facts_{table}" for table in TABLES)])}
    place = pl.col("table_name").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return found.with_columns(pl.Series("meaning", meanings, dtype=pl.String)).sort(place, maintain_order=True)


def meaning_of_table(table: str) -> str:
    """What a row of the table is; nothing for one that this program does not know."""
    event = TABLES.get(table.removeprefix("facts_"))
    if table.startswith("facts_") and event:
        return f"{event.row[0].upper()}{event.row[1:]}, with its waits worked out"
    return TABLE_MEANINGS.get(table, "")


def meaning_of(table: str, column: str) -> str:
    """What the column of the table holds."""
    event = TABLES.get(table.removeprefix("facts_"))
    if event and column in event.column:
        declared = event.column[column]
        codes = f" One of {', '.join(declared.values)}." if declared.values else ""
        return f"{declared.meaning}{codes}"
    if table.startswith("facts_"):
        for ending, words in (("_wait", "The wait of {}, in its clock's unit; null: none"), ("_end", "How the wait of {} ended")):
            if column.endswith(ending):
                return words.format(column.removesuffix(ending))
    return COLUMN_MEANINGS.get(column, "")
