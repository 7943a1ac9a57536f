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
        *record_columns(),
    ),
    own_rules=(
        *in_order("period_start", "period_end"),
        Rule("ratio_or_bin", "A tally holds a numerator and a denominator, or a bin and its count.",
             "denominator is null and count is null", "count"),
        Rule("numerator_within_denominator", "The numerator is at most the denominator.", "numerator > denominator", "numerator"),
        Rule("not_negative", "Counts are 0 or more.", "numerator < 0 or denominator < 0 or count < 0", "count"),
    ),
    notes=("A file that holds only percentages is refused: a percentage cannot be added up.",),
)  # fmt: skip
