"""The queues, stepped for all days at once, against one customer after another in plain Python."""

import heapq
from math import inf, isnan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.simulate.queues import Ragged, served_by_priority, served_in_order, worked_through

WHOLE = st.integers(0, 60).map(float)
CUSTOMER = st.tuples(WHOLE, st.integers(1, 20).map(float), st.integers(0, 40).map(float), st.integers(1, 5).map(float))
DAY = st.lists(CUSTOMER, max_size=12).map(sorted)
SERVER = st.tuples(st.integers(0, 20).map(float), st.integers(0, 90).map(float))
DAYS = st.lists(DAY, min_size=1, max_size=4)
SERVERS = st.lists(SERVER, min_size=1, max_size=3)


def matrices(days: list[list[tuple[float, ...]]]) -> tuple[np.ndarray, ...]:
    most = max(*map(len, days), 1)
    padded = [[*day, *[(inf, inf, inf, inf)] * (most - len(day))] for day in days]
    return tuple(np.array([[customer[k] for customer in day] for day in padded]) for k in range(4))


def shifts(servers: list[tuple[float, float]], days: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tile([on for on, _ in servers], (days, 1)), np.tile([off for _, off in servers], (days, 1))


def in_order(day: list[tuple[float, ...]], servers: list[tuple[float, float]]) -> list[float]:
    free, begins = [on if on < off else inf for on, off in servers], []
    for arrival, service, patience, _ in day:
        starts = [max(at, arrival) if max(at, arrival) < off else inf for at, (_, off) in zip(free, servers, strict=True)]
        server = starts.index(min(starts))
        served = starts[server] < inf and starts[server] - arrival <= patience
        begins.append(starts[server] if served else float("nan"))
        if served:
            free[server] = starts[server] + service
    return begins


def by_priority(day: list[tuple[float, ...]], servers: list[tuple[float, float]]) -> list[float]:
    begins = [float("nan")] * len(day)
    idle = [(on, number) for number, (on, off) in enumerate(servers) if on < off]
    heapq.heapify(idle)
    left = set(range(len(day)))
    while idle:
        clock, server = heapq.heappop(idle)
        waiting = [n for n in left if day[n][0] <= clock <= day[n][0] + day[n][2]]
        later = [n for n in left if day[n][0] > clock]
        sickest = min(waiting, key=lambda n: (day[n][3], day[n][0], n), default=None)
        chosen = min(later, key=lambda n: (day[n][0], n), default=None) if sickest is None else sickest
        if chosen is None:
            continue
        begin = max(clock, day[chosen][0])
        if begin < servers[server][1]:
            begins[chosen] = begin
            left.remove(chosen)
            heapq.heappush(idle, (begin + day[chosen][1], server))
    return begins


def same(found: np.ndarray, expected: list[list[float]]) -> bool:
    return all(
        (isnan(a) and isnan(b)) or a == b for row, day in zip(found, expected, strict=True) for a, b in zip(row, day, strict=False)
    )


@given(DAYS, SERVERS)
def test_served_in_order(days: list[list[tuple[float, ...]]], servers: list[tuple[float, float]]) -> None:
    arrival, service, patience, _ = matrices(days)
    assert same(served_in_order(arrival, service, patience, *shifts(servers, len(days))), [in_order(day, servers) for day in days])


@given(DAYS, SERVERS)
def test_served_by_priority(days: list[list[tuple[float, ...]]], servers: list[tuple[float, float]]) -> None:
    found = served_by_priority(*matrices(days), *shifts(servers, len(days)))
    assert same(found, [by_priority(day, servers) for day in days])


@given(st.lists(st.tuples(WHOLE, st.integers(1, 20).map(float)), min_size=1).map(sorted))
def test_worked_through(work: list[tuple[float, float]]) -> None:
    clock, expected = 0.0, []
    for arrival, service in work:
        clock = max(clock, arrival) + service
        expected.append(clock)
    arrival, service = np.array(work).T
    assert worked_through(arrival, service).tolist() == expected


@given(st.lists(st.integers(0, 5), max_size=30).map(sorted))
def test_rows_by_day_go_into_a_matrix_and_come_back(group: list[int]) -> None:
    ragged, values = Ragged.of(np.array(group, np.int64)), np.arange(len(group), dtype=float)
    assert ragged.flat(ragged.matrix(values)).tolist() == values.tolist()
    assert np.isfinite(ragged.matrix(values)).sum(axis=1).tolist() == [group.count(day) for day in dict.fromkeys(group)]
