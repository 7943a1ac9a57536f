"""Group commit: whoever comes while the disk is busy is done with all others who wait, by one wait for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

MOST = 500  # asked at once: with more, the first of them would wait for longer than the disk takes
Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Together(Generic[Asked, Told]):
    """Any thread may ask; one at a time acts for all who wait, and nobody waits when nobody else is there."""

    def __init__(self, act: Callable[[Sequence[Asked]], Sequence[Told]], most: int = MOST) -> None:
        """act: gives an answer for each that was asked, in order; what it raises it has not done."""
        self._act, self._most = act, most
        self._turn, self._door = Lock(), Lock()
        self._waiting: list[tuple[Asked, Future[Told]]] = []

    def told(self, asked: Asked) -> Told:
        """The answer. Raises what acting on this one alone raises: one that cannot be done spoils no other's."""
        mine: Future[Told] = Future()
        with self._door:
            self._waiting.append((asked, mine))
        while not mine.done():
            with self._turn:
                if not mine.done():
                    self._next()
        return mine.result()

    def _next(self) -> None:
        with self._door:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            found = self._act([asked for asked, _ in batch])
        except Exception as error:
            self._apart(batch, error)
        else:
            for (_, told), one in zip(batch, found, strict=True):
                told.set_result(one)

    def _apart(self, batch: Sequence[tuple[Asked, "Future[Told]"]], error: Exception) -> None:
        """Each alone, where all at once could not be done."""
        if len(batch) == 1:
            batch[0][1].set_exception(error)
            return
        for asked, told in batch:
            try:
                told.set_result(self._act([asked])[0])
            except Exception as own:
                told.set_exception(own)
