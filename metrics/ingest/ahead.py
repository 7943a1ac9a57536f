"""Reading beside judging: the next chunk is read on a thread of its own while the last one is worked on."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items in their order, each taken from `items` before it is asked for: one more than is asked for is held.

    Raises what taking an item raised, when that item is asked for. Ends, at the latest, after the item being taken.
    """
    source, nothing = iter(items), object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as thread:
        coming = thread.submit(next, source, nothing)
        while (item := coming.result()) is not nothing:
            coming = thread.submit(next, source, nothing)
            yield item  # type: ignore[misc]
