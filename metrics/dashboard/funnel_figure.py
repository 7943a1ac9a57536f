"""The funnel by site as a figure of the metric page: its words, its chart, its table."""

import polars as pl

from metrics.dashboard import funnel_chart, numbers
from metrics.dashboard.figures import Figure
from metrics.dashboard.metric_figures import View
from metrics.dashboard.sentences import within_ten
from metrics.signals.funnel import with_funnel, with_limits_at

LEAST_SITES = 3  # fewer make no comparison
STEPS = 80  # points along a drawn limit
BEYOND = {"above_998": "higher", "below_998": "lower"}


def figure(view: View, counts: pl.DataFrame, period: str) -> Figure:
    """`counts`: site, numerator and denominator of every site in one period; at least `LEAST_SITES` of them."""
    sites = judged(counts, view.better)
    first = sites.row(0, named=True)
    careful = f" {first['caution']}" if first["caution"] else ""
    return Figure(
        key=f"{view.contract.id}_{view.statistic}_{view.grain}_funnel",
        title=title(sites),
        caption=(
            f"{view.label} by site against its number of cases, {period}. The band holds 99.8% of sites that differ by chance and "
            f"usual spread alone (dashed: 95%). Overdispersion φ {first['phi']:.1f}, between sites τ² {first['tau2']:.4f}.{careful}"
        ),
        alt_text=spoken(sites, view, period),
        chart=funnel_chart.funnel(sites, lines(sites), view.measure, view.palette),
        table=sites.select(
            "site", "numerator", "denominator", "share", "place", "adjusted_lower_998", "adjusted_upper_998", "z_adjusted"
        ),
    )


def judged(counts: pl.DataFrame, better: str) -> pl.DataFrame:
    """The sites with their limits and `standing`, those outside first."""
    beyond = pl.col("place").replace_strict(BEYOND, default=None, return_dtype=pl.String)
    standing = (
        pl.when(beyond.is_null()).then(pl.lit("inside")).when(better == "neither").then(pl.lit("apart"))
        .when(beyond == better).then(pl.lit("better")).otherwise(pl.lit("worse"))
    )  # fmt: skip
    whole = counts.with_columns(funnel=pl.lit(0))
    order = standing.replace_strict({"worse": 0, "apart": 1, "better": 2, "inside": 3}, return_dtype=pl.Int8)
    return with_funnel(whole.lazy(), ["funnel"]).with_columns(standing=standing).sort(order, "site").drop("funnel").collect()


def lines(sites: pl.DataFrame) -> pl.DataFrame:
    """The limits at numbers of cases from the fewest to the most."""
    fewest, most = sites["denominator"].min(), sites["denominator"].max()
    along = pl.select(denominator=pl.linear_space(pl.lit(fewest) * 0.9, pl.lit(most) * 1.1, STEPS))
    fixed = sites.select("centre", "tau2").head(1)
    return with_limits_at(along.join(fixed, how="cross").lazy()).collect()


def title(sites: pl.DataFrame) -> str:
    """'Northgate Hospital stands out', or that none does."""
    outside = sites.filter(pl.col("standing") != "inside")["site"].to_list()
    if not outside:
        return "No site stands out from the others"
    if len(outside) == 1:
        return within_ten(f"{outside[0]} stands out", "One site stands out")
    return f"{len(outside)} of {len(sites)} sites stand out"


def spoken(sites: pl.DataFrame, view: View, period: str) -> str:
    """How many stand outside the limits, by name, and the level all are compared with."""
    centre = sites["centre"][0]
    words = {"worse": "worse than", "better": "better than", "apart": "apart from"}
    outside = [
        f"{row['site']} {numbers.percent(row['share'])}, {words[row['standing']]} the limits"
        for row in sites.filter(pl.col("standing") != "inside").to_dicts()
    ]
    told = "; ".join(outside) if outside else "none is outside the 99.8% limits"
    return (
        f"Funnel of {view.contract.title}, {view.label.lower()}, {len(sites)} sites, {period}, around {view.told(centre)}: {told}."
    )
