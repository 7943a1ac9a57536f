"""Binomial probabilities over whole arrays, to the last few digits, with numpy alone.

A point's probability is Loader's saddle-point form (C. Loader 2000, Fast and Accurate Computation of Binomial Probabilities: what
R and scipy build on), which loses no digits to large factorials. A tail is its nearest point times a sum of shrinking ratios.
"""

from math import lgamma, log, pi

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TABLED = 16
"""Below it Stirling's error is taken from a table; from it on five terms of its series are exact to the last digit."""

STIRLING_ERROR = np.array([0.0, *(lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(2 * pi) for n in range(1, TABLED))])
SERIES = (1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188)

TIE = 64 * float(np.finfo(np.float64).eps)
"""A chance this near to q, relatively, is q: what R allows too, so that one half of a fair coin is one half."""

ENOUGH = 1e-17
"""A term this small beside the sum changes no digit of it."""


def at_most(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X <= k) for whole k and n (as floats), p from 0 to 1; arrays of one length. k below 0 gives 0, k from n on 1."""
    low = k + 1 <= n * p  # the sum runs away from the mean, where terms shrink
    summed = np.where(low, _tail(np.where(low, k, 0.0), n, p), 1 - _tail(np.where(low, 0.0, n - k - 1), n, 1 - p))
    return np.where(k < 0, 0.0, np.where(k >= n, 1.0, np.clip(summed, 0.0, 1.0)))


def at_least(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X >= k): the same of the cases that are not counted, so that a small chance keeps its digits."""
    return at_most(n - k, n, 1 - p)


def smallest(q: float, n: Floats, p: Floats) -> Floats:
    """The smallest whole k with P(X <= k) >= q, 0 < q < 1: a normal guess with its skew, then single steps to the right place."""
    q *= 1 - TIE
    sd = np.sqrt(n * p * (1 - p))
    z = _normal_quantile(q)
    skew = np.divide(1 - 2 * p, sd, out=np.zeros_like(sd), where=sd > 0)
    k = np.clip(np.round(n * p + sd * (z + skew * (z * z - 1) / 6)), 0, n)
    reached = at_most(k, n, p)
    while (short := (reached < q) & (k < n)).any():
        k = np.where(short, k + 1, k)
        reached = np.where(short, reached + probability(k, n, p), reached)
    while (far := ((below := reached - probability(k, n, p)) >= q) & (k > 0)).any():
        k, reached = np.where(far, k - 1, k), np.where(far, below, reached)
    return k


def probability(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X = k), 0 <= k <= n."""
    inside = (k > 0) & (k < n) & (p > 0) & (p < 1)
    m, size, share = np.where(inside, k, 1.0), np.where(inside, n, 2.0), np.where(inside, p, 0.5)
    rest = size - m
    exponent = _stirling(size) - _stirling(m) - _stirling(rest) - _deviance(m, size * share) - _deviance(rest, size * (1 - share))
    middle = np.exp(exponent) * np.sqrt(size / (2 * pi * m * rest))
    with np.errstate(divide="ignore", invalid="ignore"):
        none, every = np.exp(n * np.log1p(-p)), np.exp(n * np.log(p))
    none, every = np.where(n == 0, 1.0, none), np.where(n == 0, 1.0, every)  # 0 log 0
    edge = np.where(k == 0, none, np.where(k == n, every, 0.0))
    return np.where(inside, middle, edge)


def _tail(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X <= k) for 0 <= k below the mean: P(X = k) (1 + r + r r' + ...), each ratio below 1."""
    k = np.clip(k, 0.0, n)
    total = np.ones_like(k)
    term = np.ones_like(k)
    odds = np.divide(1 - p, p, out=np.zeros_like(p), where=p > 0)
    j = k.copy()
    while (term > ENOUGH * total).any():
        term = term * np.maximum(j, 0.0) / (n - j + 1) * odds
        total += term
        j -= 1
    return probability(k, n, p) * total


def _stirling(n: Floats) -> Floats:
    """log n! less Stirling's formula, for whole n >= 0."""
    small = STIRLING_ERROR[np.minimum(n, TABLED - 1).astype(np.int64)]
    big = np.maximum(n, TABLED)
    s0, s1, s2, s3, s4 = SERIES
    square = big * big
    series = (s0 - (s1 - (s2 - (s3 - s4 / square) / square) / square) / square) / big
    return np.where(n < TABLED, small, series)


def _deviance(x: Floats, mean: Floats) -> Floats:
    """x log(x / mean) + mean - x, by a series where x is near the mean and the plain form would cancel."""
    near = np.abs(x - mean) < 0.1 * (x + mean)
    v = (x - mean) / (x + mean)
    series, term = (x - mean) * v, 2 * x * v
    for power in range(3, 33, 2):  # v < 0.1: fifteen terms reach past the last digit
        term = term * v * v
        series = series + term / power
    return np.where(near, series, x * np.log(x / mean) + mean - x)


def _normal_quantile(q: float) -> float:
    """A starting point only, good to 0.00045 (Abramowitz and Stegun 26.2.23)."""
    t = (-2 * log(min(q, 1 - q))) ** 0.5
    z = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t**3)
    return float(z if q > 0.5 else -z)
