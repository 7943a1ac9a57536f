"""The last steps of a metric's query: counts or quantiles by group, and how sure they are."""

from metrics.definitions.lengths import words_from_length
from metrics.definitions.metric import MEAN_WAIT, QUANTILES, Metric
from metrics.definitions.sql_rows import Place, selected, step

Z = "1.959963984540054"  # the normal quantile of a two-sided 95 % interval
NOTHING_OPEN = "0::bigint as still_open"


def figures_of(metric: Metric, statistic: str, place: Place) -> list[str]:
    """The steps of a statistic after `cases` or `waits`; the last one is the query's own select."""
    if statistic in QUANTILES:
        return _bin_quantile(metric, statistic, place) if metric.is_tally else _quantile(metric, statistic, place)
    if statistic == MEAN_WAIT:
        return _mean_wait(metric, place)
    if statistic == "mean":
        return [*_mean(place), final(metric, place, MEAN_COLUMNS, "denominator > 0", "means")]
    if statistic == "count":
        return [counted_cases(place), final(metric, place, COUNT_COLUMNS, "numerator > 0")]
    return [_ratio(metric, place), shares(), final(metric, place, RATIO_COLUMNS, "denominator > 0 or still_open > 0", "shares")]


def _ratio(metric: Metric, place: Place) -> str:
    if metric.is_tally:
        return _tally_ratio(metric, place)
    if metric.kind == "rate":
        return step(
            "two counts; what is not decided yet is in neither",
            "figures",
            f"select {place.groups},\n"
            "  count(*) filter (where met and counted and not undecided) as numerator,\n"
            "  count(*) filter (where counted and not undecided) as denominator,\n"
            f"  count(*) filter (where undecided) as still_open\nfrom cases\ngroup by {place.groups}",
        )
    assert metric.within is not None
    limit = metric.within_ticks
    return step(
        f"within {metric.within_words} ({limit} on this clock): finished in time, of all known to be in time or not",
        "figures",
        f"select {place.groups},\n"
        f"  count(*) filter (where ending = 'done' and wait <= {limit}) as numerator,\n"
        f"  count(*) filter (where ending = 'done' or wait > {limit}) as denominator,\n"
        f"  count(*) filter (where ending = 'open') as still_open\nfrom waits\nwhere wait is not null\ngroup by {place.groups}",
    )


def _tally_ratio(metric: Metric, place: Place) -> str:
    if metric.kind == "rate":
        top, bottom, comment = "sum(numerator)", "sum(denominator)", "counts re-added; never an average of shares"
    else:
        top = f"coalesce(sum(count) filter (where bin_upper <= {metric.within_units:g}), 0)"
        bottom, comment = "sum(count)", f"bins that end at or before {metric.within_units:g} {metric.unit}; exact at a bin's edge"
    return step(
        comment,
        "figures",
        f"select {place.groups},\n  {top} as numerator,\n  {bottom} as denominator,\n  {NOTHING_OPEN}\n"
        f"from cases\ngroup by {place.groups}",
    )


def shares() -> str:
    return step(
        "the share, and what Wilson's 95 % interval needs; a share of nothing is null, never 0",
        "shares",
        f"select *,\n  numerator / nullif(denominator, 0) as share,\n  {Z} ^ 2 / nullif(denominator, 0) as zz,\n"
        "  sqrt(zz * (share * (1 - share) + zz / 4)) as spread\nfrom figures",
    )


def counted_cases(place: Place) -> str:
    return step(
        "cases", "figures", f"select {place.groups}, count(*) as numerator, {NOTHING_OPEN}\nfrom cases\ngroup by {place.groups}"
    )


def _mean(place: Place) -> list[str]:
    added_up = step(
        "the scores added up, and their squares",
        "figures",
        f"select {place.groups},\n  sum(score)::double as numerator,\n  count(score) as denominator,\n"
        f"  sum(score * score)::double as squares,\n  {NOTHING_OPEN}\nfrom cases\nwhere score is not null\ngroup by {place.groups}",
    )
    means = step(
        "the mean, and how far its 95 % interval reaches; of answers all alike it is not known",
        "means",
        "select *,\n  numerator / denominator as mean,\n"
        "  sqrt(greatest(0, squares - numerator ^ 2 / denominator)) as spread,\n"
        f"  case when spread > 0 then {Z} * spread / denominator end as off\n"
        "from figures",
    )
    return [added_up, means]


def _quantile(metric: Metric, statistic: str, place: Place) -> list[str]:
    q = QUANTILES[statistic]  # type: ignore[index]
    alike = f"over (partition by {place.groups}, ending"
    ranked = step(
        "each wait's rank among those that ended alike, how many those are, and how far a rank may be off (95 %)",
        "ranked",
        f"select *,\n  row_number() {alike} order by wait) as rank,\n  count(*) {alike}) as n,\n"
        f"  {Z} * sqrt(n * {q}::double * (1 - {q}::double)) as off\nfrom waits\nwhere wait is not null",
    )
    figures = step(
        f"the {statistic} of finished waits, between the order statistics that hold it with 95 % confidence",
        "figures",
        f"select {place.groups},\n"
        f"  quantile_cont(wait, {q}) filter (where ending = 'done') as middle,\n"
        f"  max(wait) filter (where ending = 'done' and rank = floor(n * {q}::double - off)) as low,\n"
        f"  max(wait) filter (where ending = 'done' and rank = ceil(n * {q}::double + off) + 1) as high,\n"
        "  count(*) filter (where ending = 'done') as finished,\n"
        f"  count(*) filter (where ending = 'open') as still_open\nfrom ranked\ngroup by {place.groups}",
    )
    unit = metric.unit_ticks
    columns = (
        *NO_COUNTS, f"middle / {unit} as value", "finished as n", f"low / {unit} as lower", f"high / {unit} as upper", "still_open",
    )  # fmt: skip
    return [ranked, figures, final(metric, place, columns, "finished > 0 or still_open > 0")]


def _mean_wait(metric: Metric, place: Place) -> list[str]:
    figures = step(
        "the finished waits added up; how sure their mean is, is not told: waits are skewed",
        "figures",
        f"select {place.groups},\n"
        "  sum(wait) filter (where ending = 'done')::double as total,\n"
        "  count(*) filter (where ending = 'done') as finished,\n"
        f"  count(*) filter (where ending = 'open') as still_open\nfrom waits\nwhere wait is not null\ngroup by {place.groups}",
    )
    columns = (
        *NO_COUNTS, f"total / nullif(finished, 0) / {metric.unit_ticks} as value", "finished as n", "null::double as lower",
        "null::double as upper", "still_open",
    )  # fmt: skip
    return [figures, final(metric, place, columns, "finished > 0 or still_open > 0")]


def _bin_quantile(metric: Metric, statistic: str, place: Place) -> list[str]:
    q = QUANTILES[statistic]  # type: ignore[index]
    bins = step(
        "the wait's bins added up; the last one may be open, without an upper edge",
        "bins",
        f"select {place.groups}, bin_lower, bin_upper, sum(count) as cases\nfrom cases\n"
        f"where count > 0\ngroup by {place.groups}, bin_lower, bin_upper",
    )
    running = step(
        "how many cases lie in a bin or below it",
        "running",
        f"select *,\n  sum(cases) over (partition by {place.groups} order by bin_lower, bin_upper nulls last) as upto,\n"
        f"  sum(cases) over (partition by {place.groups}) as total\nfrom bins",
    )
    inside = f"bin_lower + ({q} * total - (upto - cases)) / cases * (bin_upper - bin_lower)"
    figures = step(
        f"the {statistic}, by linear interpolation inside the bin that holds it; in the open one it is not known, but for the edge",
        "figures",
        f"select {place.groups},\n  arg_min_null({inside}, upto) as middle,\n  arg_min(bin_lower, upto) as edge,\n"
        "  any_value(total) as total\nfrom running\n"
        f"where upto >= {q} * total\ngroup by {place.groups}",
    )
    columns = (
        *NO_COUNTS, "middle as value", "round(total)::bigint as n", "case when middle is null then edge end as lower",
        "null::double as upper", NOTHING_OPEN,
    )  # fmt: skip
    return [bins, running, figures, final(metric, place, columns, "total > 0")]


NO_COUNTS = ("null::double as numerator", "null::double as denominator")

RATIO_COLUMNS = (
    "numerator::double as numerator", "denominator::double as denominator", "share as value", "round(denominator)::bigint as n",
    "case when denominator > 0 then greatest(0, (share + zz / 2 - spread) / (1 + zz)) end as lower",
    "case when denominator > 0 then least(1, (share + zz / 2 + spread) / (1 + zz)) end as upper",
    "still_open",
)  # fmt: skip
MEAN_COLUMNS = (
    "numerator", "denominator::double as denominator", "mean as value", "denominator as n", "mean - off as lower",
    "mean + off as upper", "still_open",
)  # fmt: skip
COUNT_COLUMNS = (
    "numerator::double as numerator", "null::double as denominator", "numerator::double as value", "numerator as n",
    "null::double as lower", "null::double as upper", "still_open",
)  # fmt: skip


def final(metric: Metric, place: Place, columns: tuple[str, ...], worth_saying: str, last: str = "figures") -> str:
    wait = f" + interval '{words_from_length(metric.matures)}'" if metric.matures else ""
    mature = f"{place.next_period}{wait} <= (select as_of from generation) as mature"
    names = selected("period_start", *place.columns, *columns, mature)
    return f"select\n{names}\nfrom {last}\nwhere {worth_saying}\norder by {place.groups}"
