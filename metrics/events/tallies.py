"""Counts somebody else already made: interval reports, national returns, waits in bins (FHIR MeasureReport)."""

from metrics.events.declaration import Column, EventTable, Rule, in_order, record_columns

TALLIES = EventTable(
    name="tallies",
    row="one count made elsewhere, or one bin of a wait",
    fhir="MeasureReport",
    key=("tally_id",),
    anchor="period_start",
    columns=(
        Column("tally_id", "text", "Unique in its source: metric, place, period and bin together.", "identifier", required=True),
        Column("site_id", "text", "The place, as listed in sites.csv.", "reporter", required=True),
        Column("service_id", "text", "The clinic, speciality, queue or department at the site.", "group"),
        Column("metric", "text", "Which tally, as metric definitions name it.", "measure", required=True),
        Column("period_start", "instant", "The period's first instant.", "period.start", required=True),
        Column("period_end", "instant", "The instant after the period's last.", "period.end", required=True),
        Column("numerator", "number", "Cases that meet the condition.", "group.population[numerator]", unit="cases"),
        Column("denominator", "number", "All cases.", "group.population[denominator]", unit="cases"),
        Column("bin_lower", "number", "The bin's lower edge, in the metric's unit.", "", unit="the metric's unit"),
        Column("bin_upper", "number", "The bin's upper edge; null where it is open.", "", unit="the metric's unit"),
        Column("count", "number", "Cases in the bin (weighted counts need not be whole).", "", unit="cases"),
        Column("published", "text", "A statistic that the file itself gives: compared, and in no figure.", "measureScore",
               values=("median", "p90", "p95", "share", "mean")),
        Column("published_value", "number", "Its value, as published.", "measureScore", unit="the metric's unit; of 1 for a share"),
        *record_columns(),
    ),
    own_rules=(
        *in_order("period_start", "period_end"),
        Rule("ratio_or_bin", "A tally holds a numerator and a denominator, a bin and its count, or a value as published.",
             "denominator is null and count is null and published_value is null", "count"),
        Rule("counts_or_published", "A value as published stands in a row of its own, beside no counts, and says what it is.",
             "published_value is not null and (published is null or denominator is not null or count is not null)",
             "published_value"),
        Rule("not_a_percentage", "A percentage is no count: 71.4 of 100 is not cases.",
             "denominator in (1, 100) and numerator <> round(numerator)", "numerator"),
        Rule("numerator_within_denominator", "The numerator is at most the denominator.", "numerator > denominator", "numerator"),
        Rule("not_negative", "Counts are 0 or more.", "numerator < 0 or denominator < 0 or count < 0", "count"),
    ),
    notes=(
        "A file that holds only percentages is refused: a percentage cannot be added up. What a file publishes beside counts is "
        "kept as published, for the check that compares the two (TQ016), and is in no figure.",
    ),
)  # fmt: skip
