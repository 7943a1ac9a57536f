"""A section of the page: which figure speaks for it, its chart, and two sentences. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from metrics.definitions.metric import SHARES, Metric
from metrics.definitions.numbers import day
from metrics.snapshot.content import Chart, IconRow, Section
from metrics.snapshot.wording import assurance_sentence, chart_title, lag_sentence, named, place_words, value_sentence

NEWS = ("concern_high", "concern_low")  # spoken of before all else, then a target that will be missed, then an improvement


def section(family: str, rows: Sequence[IconRow], metrics: Mapping[str, Metric], week: date) -> Section:
    """The section of these rows; without a figure it says so, in words alone."""
    drawn = [row for row in rows if row.sparkline]
    heading = family.capitalize()
    if not drawn:
        return Section(family, heading, (f"No headline figure of {family} has a closed week yet.",), None)
    row = min(drawn, key=news)
    sentences = (value_sentence(row), assurance_sentence(row) + lag_sentence(row, week))
    return Section(family, heading, sentences, chart(row, metrics[row.metric]))


def news(row: IconRow) -> int:
    """How pressing a row is, 0 the most; of equal ones the first of the page speaks."""
    if row.variation in NEWS:
        return 0
    if row.assurance == "consistent_fail":
        return 1
    return {"improvement": 2, "neutral": 3}.get(row.variation.split("_")[0], 4 if row.variation == "common_cause" else 5)


def chart(row: IconRow, metric: Metric) -> Chart:
    """The chart of a row that has points."""
    unit = "" if row.statistic in (*SHARES, "count") else metric.unit
    first, last = row.sparkline[0].week, row.sparkline[-1].week
    where = place_words(row.place)
    title = chart_title(row)
    subtitle = f"{named(row)}{f', in {unit}' if unit else ''}, {where}, by week"
    alt = (
        f"Control chart of {named(row)} at {where}, for {len(row.sparkline)} weeks from {day(first)} "
        f"to the week of {day(last)}. Newest figure {row.value}, n {row.n}. Target {row.target}. {title}."
    )
    return Chart(title, subtitle, row.statistic, unit, row.sparkline, row.variation, row.assurance, row.target, alt)
