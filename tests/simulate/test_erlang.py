"""The queue against the closed form that telephone engineers have used since 1917."""

import numpy as np

from metrics.simulate.queues import served_in_order


def test_an_mm3_queue_makes_people_wait_as_erlang_says() -> None:
    """Erlang C for 3 servers at a load of 2.4: 64.7 % wait, 1.08 service times on average."""
    dice, days, many = np.random.default_rng(7), 60, 4000
    arrival = np.cumsum(dice.exponential(1 / 2.4, (days, many)), axis=1)
    on, off = np.zeros((days, 3)), np.full((days, 3), 1e9)
    waits = served_in_order(arrival, dice.exponential(1, (days, many)), np.full((days, many), 1e9), on, off) - arrival
    settled = waits[:, 500:]
    assert abs((settled > 0).mean() - 0.6472) < 0.015
    assert abs(settled.mean() - 1.0787) < 0.06
