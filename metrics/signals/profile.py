"""Profiles: which form of the control-chart rules is in force. Every chart and every stored verdict prints its profile's name."""

from dataclasses import dataclass
from typing import Literal

RUN_POINTS = 7
"""Successive points on one side of the centre that make a shift (Making Data Count; 6 in its Excel option, 8 at the IHI)."""

TREND_POINTS = 7
"""Successive points that rise, or fall, each on the one before: 7 points are 6 steps (Making Data Count)."""

LEAST_POINTS = 13
"""Points in a baseline below which its limits are a trial and give no verdict (Making Data Count's tool; NHSRplotthedots#194)."""

BASELINE_POINTS = 24
"""Closed points that make the limits until a person stores a baseline. Limits worked out anew from every point withdraw 17.6 % of
the flags raised on a newest point; limits that stand still withdraw none (reference simulation, 104 points a series)."""


@dataclass(frozen=True)
class Profile:
    """The switches in which published tools differ, and what is done where NHSRplotthedots 0.2.2 fails.

    run_points: 6, 7 or 8 points on one side make a shift. trend_points: points, not steps. screen: moving ranges of 3.267 times
    their mean and more are left out of it. two_sigma: whether a point beyond a limit counts as near it in two of three
    ("inclusive") or not ("strict"). assurance: the target against the limits, or against each of the last six points. least_points:
    points in the baseline under which nothing is judged. baseline_points: the first so many closed points of a segment make its
    limits (None: all). gaps: a missing period has its place in time and breaks runs and moving ranges ("kept"), or never was
    ("closed"). constant: limits of a series that does not move: its mean ("mean"), or none ("undefined"). joints: the last point of
    a trend that another follows keeps its own direction ("own"), or has that of the step between ("slope"). rebase: a segment that
    starts on a day between two periods begins with the next ("next"), or not at all ("exact"). charts: the kind of chart that fits
    the figure ("fitting"), or XmR whatever it is ("xmr").
    """

    name: str
    run_points: int = RUN_POINTS
    trend_points: int = TREND_POINTS
    screen: bool = True
    two_sigma: Literal["strict", "inclusive"] = "strict"
    assurance: Literal["limits", "last6"] = "limits"
    least_points: int = LEAST_POINTS
    baseline_points: int | None = BASELINE_POINTS
    gaps: Literal["kept", "closed"] = "kept"
    constant: Literal["mean", "undefined"] = "mean"
    joints: Literal["own", "slope"] = "own"
    rebase: Literal["next", "exact"] = "next"
    charts: Literal["fitting", "xmr"] = "fitting"


NHSR_0_2_2 = Profile(
    "nhsr-0.2.2", least_points=0, baseline_points=None, gaps="closed", constant="undefined", joints="slope", rebase="exact",
    charts="xmr",
)  # fmt: skip
"""NHSRplotthedots 0.2.2 as it is, defects included (docs/deviations.md): what tests/oracles/test_nhsr.py compares with R's
answers."""

DEFAULT = Profile("timely")
"""The same four rules with the defects mended, the fitting chart, and limits that stand still."""
