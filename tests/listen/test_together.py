"""Who comes while others are kept is done with all who wait; one that cannot be done spoils no other's."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from metrics.listen import Together


class Acting:
    """Doubles numbers, one batch at a time; the first batch waits until it is let go. Whatever holds 13 fails as a whole."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.let_go = Event(), Event()

    def act(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        self.begun.set()
        assert self.let_go.wait(60)
        if 13 in asked:
            raise ValueError("13 cannot be done")
        return [2 * one for one in asked]


def all_told(acting: Acting, numbers: Sequence[int], most: int) -> list[object]:
    """What each was told, or why not; the first is being acted on when the others come."""
    together: Together[int, int] = Together(acting.act, most)

    def told(number: int) -> object:
        try:
            return together.told(number)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(numbers)) as threads:
        first = threads.submit(told, numbers[0])
        assert acting.begun.wait(60)
        others = [threads.submit(told, number) for number in numbers[1:]]
        while len(together._waiting) < len(others):
            pass
        acting.let_go.set()
        return [one.result() for one in (first, *others)]


@pytest.mark.parametrize(("most", "sizes"), [(100, [1, 9]), (4, [1, 4, 4, 1])])
def test_who_waits_is_done_at_once_each_by_its_own_answer(most: int, sizes: list[int]) -> None:
    acting = Acting()
    assert all_told(acting, range(10), most) == [2 * number for number in range(10)]
    assert [len(batch) for batch in acting.batches] == sizes


def test_one_that_cannot_be_done_is_told_so_alone() -> None:
    told = all_told(acting := Acting(), range(8, 16), 100)
    assert told == [16, 18, 20, 22, 24, "13 cannot be done", 28, 30]
    assert [len(batch) for batch in acting.batches] == [1, 7, *[1] * 7]
