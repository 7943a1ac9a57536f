"""What may leave of an answer in SQL, whose columns nobody declared."""

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.suppression import POLICIES, publishable_answer


def shown(policy: str, **columns: list[object]) -> dict[str, list[object]]:
    return publishable_answer(pl.DataFrame(columns), POLICIES[policy]).to_dict(as_series=False)


def test_a_row_with_a_small_count_loses_its_numbers_and_keeps_its_words_and_its_hour() -> None:
    assert shown("cms", site=["A", "B"], hour=[3, 4], calls=[120, 90], abandoned=[10, 11], share=[0.0833, 0.122]) == {
        "site": ["A", "B"], "hour": [3, 4], "calls": [None, 90], "abandoned": [None, 11], "share": [None, 0.122],
        "withheld": [True, False],
    }  # fmt: skip


def test_counts_are_rounded_and_shares_too_but_not_a_wait() -> None:
    assert shown("nhs", n=[8, 0, 13], share_late=[0.125, 0.0, 0.4615], median_minutes=[31.25, None, 12.5]) == {
        "n": [10, 0, 15], "share_late": [0.12, 0.0, 0.46], "median_minutes": [31.25, None, 12.5], "withheld": [False] * 3,
    }  # fmt: skip


def test_an_answer_in_the_words_of_an_observation_is_withheld_as_one() -> None:
    rows = {"metric": ["m"] * 3, "statistic": ["share"] * 3, "site_id": ["A", "B", None], "numerator": [3.0, 177.0, 180.0],
            "denominator": [200.0, 400.0, 600.0], "value": [0.015, 0.4425, 0.3], "n": [200, 400, 600]}  # fmt: skip
    assert shown("cms", **rows)["withheld"] == [True, True, False]


def test_off_changes_nothing_and_no_other_policy_lets_a_row_of_one_case_leave() -> None:
    assert shown("off", case_id=["c1"], n=[1]) == {"case_id": ["c1"], "n": [1], "withheld": [False]}
    with pytest.raises(UserError, match="a row for each case_id: policy ehrql"):
        shown("ehrql", case_id=["c1"], days_open=[4])
