"""Queues, each stepped for every day at once: the loop runs over customers in order, the arrays over days.

A day is one row of a matrix, a customer one column; times are seconds since the day's start, and absent customers
are infinite. `Ragged` turns rows grouped by day into such matrices and back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """Where each of n sorted rows stands in a (groups x most) matrix."""

    row: Ints
    column: Ints
    shape: tuple[int, int]

    @classmethod
    def of(cls, group: Ints) -> "Ragged":
        """`group`: sorted group numbers of n rows (gaps allowed)."""
        if not len(group):
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), (0, 0))
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        sizes = np.diff(np.r_[first, len(group)])
        row = np.repeat(np.arange(len(first)), sizes)
        return cls(row, np.arange(len(group)) - np.repeat(first, sizes), (len(first), int(sizes.max())))

    def matrix(self, values: Floats, fill: float = np.inf) -> Floats:
        padded = np.full(self.shape, fill)
        padded[self.row, self.column] = values
        return padded

    def flat(self, matrix: Floats) -> Floats:
        flat: Floats = matrix[self.row, self.column]
        return flat

    @property
    def first(self) -> NDArray[np.bool_]:
        """True for the first row of each group."""
        first: NDArray[np.bool_] = self.column == 0
        return first


def served_in_order(arrival: Floats, service: Floats, patience: Floats, on: Floats, off: Floats) -> Floats:
    """First come, first served by several servers, each there from `on` to `off`; customers leave when patience ends.

    arrival, service, patience: days x customers, sorted by arrival. on, off: days x servers.
    Returns when each customer's service begins; NaN for those who gave up (or never came).
    """
    begins = np.full(arrival.shape, np.nan)
    free = np.where(on < off, on, np.inf)
    days = np.arange(len(arrival))
    for customer in range(arrival.shape[1]):
        here = arrival[:, customer]
        start = np.maximum(free, here[:, None])
        start[start >= off] = np.inf
        server = start.argmin(axis=1)
        begin = start[days, server]
        with np.errstate(invalid="ignore"):
            served = np.isfinite(begin) & (begin - here <= patience[:, customer])
        free[days[served], server[served]] = begin[served] + service[served, customer]
        begins[served, customer] = begin[served]
    return begins


def served_by_priority(arrival: Floats, service: Floats, patience: Floats, rank: Floats, on: Floats, off: Floats) -> Floats:
    """As `served_in_order`, but a free server takes the waiting customer of lowest `rank`, then the longest waiting.

    One pass of the loop lets each day's next free server take one customer, so it runs about as often as the
    busiest day has customers.
    """
    begins = np.full(arrival.shape, np.nan)
    gives_up = arrival + patience
    left = arrival.copy()  # arrival of those not yet taken; infinite once taken
    order = np.where(np.isfinite(arrival), rank * 1e7 + arrival, np.inf)  # 1e7 s is above any day's length
    free = np.where(on < off, on, np.inf)
    days = np.arange(len(arrival))
    while True:
        busy = np.isfinite(free).any(axis=1)
        if not busy.all():
            days, left, gives_up, order, free, off = days[busy], left[busy], gives_up[busy], order[busy], free[busy], off[busy]
        if not len(days):
            return begins
        rows = np.arange(len(days))
        server = free.argmin(axis=1)
        clock = free[rows, server]
        waiting = (left <= clock[:, None]) & (gives_up >= clock[:, None])
        key = np.where(waiting, order, np.inf)
        chosen = key.argmin(axis=1)
        idle = np.isinf(key[rows, chosen])
        coming = np.where(left[idle] > clock[idle, None], left[idle], np.inf)
        chosen[idle], clock[idle] = coming.argmin(axis=1), coming.min(axis=1)
        take = clock < off[rows, server]
        begins[days[take], chosen[take]] = clock[take]
        left[rows[take], chosen[take]] = np.inf
        free[rows[take], server[take]] = clock[take] + service[days[take], chosen[take]]
        free[rows[~take], server[~take]] = np.inf  # this server has gone home, or nobody is left to come


def worked_through(arrival: Floats, service: Floats) -> Floats:
    """When each piece of work is finished by a team that takes them in order, in the team's own working time.

    Lindley's recursion in closed form: finish_i = S_i + max over j <= i of (arrival_j - S_(j-1)).
    """
    done = np.cumsum(service)
    return done + np.maximum.accumulate(arrival - (done - service))
