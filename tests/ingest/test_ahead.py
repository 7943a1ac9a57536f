"""Items taken one ahead: the same ones in the same order, and the same error at the same place."""

import threading
from collections.abc import Iterator

import pytest

from metrics.ingest.ahead import one_ahead


def test_the_items_in_their_order() -> None:
    assert list(one_ahead(range(100))) == list(range(100))
    assert list(one_ahead([])) == []


def test_the_next_item_is_taken_while_one_is_worked_on() -> None:
    taken = threading.Semaphore(0)

    def counted() -> Iterator[int]:
        for number in range(3):
            taken.release()
            yield number

    ahead = one_ahead(counted())
    next(ahead)
    assert taken.acquire(timeout=60)
    assert taken.acquire(timeout=60)  # the second, though nobody has asked for it
    assert list(ahead) == [1, 2]


def test_an_error_comes_where_its_item_was_asked_for() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("the second cannot be read")

    ahead = one_ahead(broken())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="the second"):
        next(ahead)
