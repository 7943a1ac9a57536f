"""Whoever tries to work out what was withheld, from all that is published: exact linear reasoning over every sum that they know.

The attacker knows the policy, that parts add up to their whole, that shares are of counts, and that no count is negative. Each
withheld count is an unknown; each published one is known, within what its rounding leaves open. For every withheld small count
the attacker asks a linear programme for the least and the most that it can be.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array

from metrics.suppression import Policy

PLACE = ("site_id", "service_id", "stratum")


@dataclass(frozen=True)
class Found:
    """One count that was withheld, what it is, and the least and most that the attacker could tell it to be."""

    what: str
    truth: float
    least: float
    most: float

    @property
    def values(self) -> int:
        return int(np.floor(self.most + 1e-6) - np.ceil(self.least - 1e-6)) + 1


def attacked(truth: pl.DataFrame, told: pl.DataFrame, policy: Policy, nothing: bool) -> list[Found]:
    """What the attacker finds of every withheld row's counts that are small in truth.

    truth, told: the same rows: numerator, denominator, and those of PLACE and the period (`time`, `part_of`: the longer
    period) that there are. nothing: whether a withheld row may be of nobody.
    """
    keys = [tuple(row) for row in truth.select(*PLACE, "time").iter_rows()]
    sums = [sum_of(keys, axis) for axis in range(3)] + [sum_of_time(keys, truth["part_of"].to_list())]
    equations = [pair for found in sums for pair in found]
    bounds = [
        *(limits(shown, held, policy, 0) for shown, held in zip(told["numerator"], told["withheld"], strict=True)),
        *(
            limits(b - a if a is not None else None, held, policy, 0)
            for a, b, held in told.select("numerator", "denominator", "withheld").iter_rows()
        ),
    ]
    return solve(truth, told, equations, bounds, policy, nothing)


def limits(shown: float | None, held: bool, policy: Policy, least: int) -> tuple[float, float | None]:
    """What a count may be: unknown where it is withheld, what is shown else, give or take its rounding."""
    if held or shown is None:
        return (least, None)
    return (max(shown - policy.round_to // 2, 0), shown + policy.round_to // 2)


def sum_of(keys: list[tuple[str | None, ...]], axis: int) -> list[tuple[int, list[int]]]:
    """Whole and parts along one axis."""
    at = {key: row for row, key in enumerate(keys)}
    parts: dict[tuple[int, str], list[int]] = {}
    for key, row in at.items():
        whole = at.get((*key[:axis], None, *key[axis + 1 :]))
        if key[axis] is not None and whole is not None:
            parts.setdefault((whole, str(key[axis]).partition("=")[0] if axis == 2 else ""), []).append(row)
    return [(whole, rows) for (whole, _), rows in parts.items()]


def sum_of_time(keys: list[tuple[str | None, ...]], part_of: list[str | None]) -> list[tuple[int, list[int]]]:
    at = {key: row for row, key in enumerate(keys)}
    parts: dict[int, list[int]] = {}
    for key, of in zip(keys, part_of, strict=True):
        if of is not None and (*key[:3], of) in at:
            parts.setdefault(at[(*key[:3], of)], []).append(at[key])
    return list(parts.items())


def solve(truth, told, equations, bounds, policy, nothing) -> list[Found]:  # type: ignore[no-untyped-def]
    """Every withheld small count's range."""
    n = truth.height
    rows, columns, values = [], [], []
    for at, (whole, parts) in enumerate(equations):
        for half in (0, 1):
            rows += [2 * at + half] * (len(parts) + 1)
            columns += [half * n + whole, *(half * n + part for part in parts)]
            values += [1.0, *([-1.0] * len(parts))]
    adding_up = csr_array((values, (rows, columns)), shape=(2 * len(equations), 2 * n)) if equations else None
    people = csr_array((-np.ones(2 * n), (np.tile(np.arange(n), 2), np.arange(2 * n))), shape=(n, 2 * n))
    least = np.where(told["withheld"].to_numpy() & (not nothing), -1.0, 0.0)
    asked = {
        "A_eq": adding_up,
        "b_eq": np.zeros(2 * len(equations)) if equations else None,
        "A_ub": people,
        "b_ub": least,
        "bounds": bounds,
    }
    found = []
    for row in np.flatnonzero(told["withheld"].to_numpy()):
        top, bottom = truth["numerator"][int(row)], truth["denominator"][int(row)]
        for name, count, unknowns in (
            ("in it", top, [row]),
            ("not in it", bottom - top, [n + row]),
            ("all", bottom, [row, n + row]),
        ):
            if 0 < count <= policy.most_hidden:
                weights = np.zeros(2 * n)
                weights[unknowns] = 1.0
                ends = [linprog(sign * weights, **asked, method="highs") for sign in (1, -1)]
                low = ends[0].fun if ends[0].status == 0 else 0.0
                high = -ends[1].fun if ends[1].status == 0 else np.inf
                found.append(Found(f"{name}: {truth.row(int(row))}", count, low, min(high, 1e6)))
    return found
