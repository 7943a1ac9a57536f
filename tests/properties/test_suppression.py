"""Whoever reads everything that is published cannot tell a withheld count from the others that the policy hides."""

import os
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.suppression import POLICIES, publishable
from tests.properties.attacker import Found, attacked

EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "8"))
SIZES = st.sampled_from([0, 1, 3, 7, 8, 10, 11, 14, 30, 80, 300])
HIDING = [name for name, policy in POLICIES.items() if policy.most_hidden]


@st.composite
def tables(draw: st.DrawFn, axes: tuple[int, int, int]) -> pl.DataFrame:
    """A share by site, service and group of patients (0: not by that), with every total. Columns as a frame of figures, and those
    that the attacker wants."""
    shape = tuple(max(count, 1) for count in axes)
    cells = draw(st.lists(SIZES, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    tops = [draw(st.integers(0, size)) for size in cells]
    size, top = np.array(cells).reshape(shape), np.array(tops).reshape(shape)
    rows = []
    for at in product(*([None, *range(count)] for count in axes)):
        taken = tuple(slice(None) if one is None else slice(one, one + 1) for one in at)
        names = [None if one is None else f"{kind}{one}" for kind, one in zip(("s", "v", "band=g"), at, strict=True)]
        rows.append(("m", "share", *names, float(top[taken].sum()), float(size[taken].sum())))
    schema = {"metric": pl.String, "statistic": pl.String, "site_id": pl.String, "service_id": pl.String, "stratum": pl.String,
              "numerator": pl.Float64, "denominator": pl.Float64}  # fmt: skip
    share = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    n = pl.col("denominator").cast(pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        share.alias("value"), n.alias("n"), pl.lit("now").alias("time"), pl.lit(None, pl.String).alias("part_of")
    )


def narrowed(found: list[Found], most: int) -> list[Found]:
    """The counts that the attacker knows to be one of fewer values than the policy hides."""
    return [one for one in found if one.values < most]


@pytest.mark.parametrize("policy", HIDING)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_nobody_works_out_what_was_withheld(policy: str, data: st.DataObject) -> None:
    axes = data.draw(st.sampled_from([(4, 0, 0), (2, 0, 0), (0, 5, 0), (0, 0, 4), (3, 2, 0), (3, 3, 0), (2, 2, 2)]))
    truth = data.draw(tables(axes))
    told = publishable(truth, POLICIES[policy])
    blocks = sum(count > 0 for count in axes) > 1  # there, a row of nobody may be withheld
    assert narrowed(attacked(truth, told, POLICIES[policy], nothing=blocks), POLICIES[policy].most_hidden) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_nobody_works_out_how_many_still_wait(data: st.DataObject) -> None:
    policy = POLICIES["cms"]
    waiting = data.draw(tables((4, 0, 0))).with_columns(numerator="denominator")
    frame = waiting.with_columns(
        statistic=pl.lit("median"), still_open=pl.col("denominator").cast(pl.Int64), numerator=pl.lit(None, pl.Float64),
        denominator=pl.lit(None, pl.Float64), n=pl.lit(500), value=pl.lit(3.5),
    )  # fmt: skip
    shown = publishable(frame, policy)
    told = waiting.with_columns(withheld=shown["still_open"].is_null()).with_columns(
        pl.when(~pl.col("withheld")).then(pl.col(name)).alias(name) for name in ("numerator", "denominator")
    )
    assert narrowed(attacked(waiting, told, policy, nothing=False), policy.most_hidden) == []


def test_the_attacker_wins_where_small_counts_alone_are_withheld() -> None:
    """What the attack is worth: it pins the only withheld place, and in a table of four the one that single sums do not give."""
    truth = tables_of([[3, 40], [30, 60]])
    alone = truth.with_columns(withheld=pl.col("denominator").is_between(1, 10)).with_columns(
        pl.when(~pl.col("withheld")).then(pl.col(name)).alias(name) for name in ("numerator", "denominator")
    )
    found = attacked(truth, alone, POLICIES["cms"], nothing=True)
    assert found and all(one.values == 1 and one.least == pytest.approx(one.truth) for one in found)


def tables_of(sizes: list[list[int]]) -> pl.DataFrame:
    size = np.array(sizes)
    rows = [
        (None if s is None else f"s{s}", None if v is None else f"v{v}", None,
         float(size[slice(None) if s is None else slice(s, s + 1), slice(None) if v is None else slice(v, v + 1)].sum()))
        for s, v in product([None, 0, 1], [None, 0, 1])
    ]  # fmt: skip
    frame = pl.DataFrame(
        rows, schema={"site_id": pl.String, "service_id": pl.String, "stratum": pl.String, "denominator": pl.Float64}, orient="row"
    )
    return frame.with_columns(numerator="denominator", time=pl.lit("now"), part_of=pl.lit(None, pl.String))
