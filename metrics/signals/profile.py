"""Profiles: which form of the control-chart rules is in force. Every chart and every stored verdict prints its profile's name."""

from dataclasses import dataclass
from typing import Literal

RUN_POINTS = 7
"""Successive points on one side of the centre that make a shift (Making Data Count; 6 in its Excel option, 8 at the IHI)."""

TREND_POINTS = 7
"""Successive points that rise, or fall, each on the one before: 7 points are 6 steps (Making Data Count)."""

LEAST_POINTS = 13
"""Points in a segment below which limits are a trial and no verdict is given (Making Data Count's own tool; NHSRplotthedots#194)."""

BASELINE_POINTS = 24
"""Closed points that make the limits until a person stores a baseline. Limits worked out anew from every point withdraw 17.6 % of the
flags raised on a newest point; limits that stand still withdraw none (reference simulation, T = 104)."""


@dataclass(frozen=True)
class Profile:
    """The switches in which published tools differ.

    `run_points`: 6, 7 or 8. `trend_points`: points, not steps. `screen`: moving ranges above 3.267 times their mean are left out of it.
    `two_sigma`: whether a point beyond a limit counts as near it in two of three ("inclusive") or not ("strict"). `assurance`: target
    against the limits, or all of the last six points against the target. `least_points`: closed points in a segment under which the
    verdict is not_assessed. `baseline_points`: the first so many closed points of a segment make its limits (None: all of them).
    `gaps`: a period without a value breaks runs and moving ranges ("kept") or is left out of time ("closed").
    `constant`: limits of a series that never moves: its mean ("mean") or none at all ("undefined").
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


NHSR_0_2_2 = Profile("nhsr-0.2.2", least_points=1, baseline_points=None, gaps="closed", constant="undefined")
"""NHSRplotthedots 0.2.2 as it is, defects included (docs/deviations.md): what the oracle in tests/oracles is compared with."""

DEFAULT = Profile("timely")
"""The same rules with the defects mended and limits that stand still."""
