"""Who goes first on the processor: work that nobody waits for stands back for pages and for live messages.

Standing back is Unix niceness: while others want the whole processor, 5 leaves a third of a full share, 10 a ninth, so what stands
back always goes on; while nobody does, it has all.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, get_ident

SESSION = Path("/proc/self/autogroup")  # on Linux: how far back the whole session stands, where the kernel shares out by session
Clock = Callable[[], float]
LOOK = 0.2  # seconds between looks at how much of the processor a thread has had


def stand_back(thread: int, how_far: int) -> None:
    """Let the other threads of this machine go first. Only Linux has a niceness for each thread; elsewhere nothing is done."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, thread, how_far)
        except OSError:
            return  # the thread has ended, or the machine does not let it: then it only is less polite


def own_clock() -> Clock:
    """What tells how many seconds of the processor this thread has had, from any thread; where the machine counts none, how many
    have passed."""
    if sys.platform != "linux":
        begun = time.monotonic()
        return lambda: time.monotonic() - begun
    clock = time.pthread_getcpuclockid(get_ident())
    return lambda: time.clock_gettime(clock)


def as_it_takes_long(had: Clock, ended: Event, acts: Sequence[tuple[float, Callable[[], None]]]) -> None:
    """Act each time a thread has had so many seconds (ascending), until it has ended."""
    with suppress(OSError):  # the thread is no more
        for seconds, act in acts:
            while had() < seconds:
                if ended.wait(LOOK):
                    return
            act()


def stand_back_apart(how_far: int) -> None:
    """Let every other process go first, with each thread that this one has or will have, in a session of its own.

    A kernel that shares the processor out between sessions first (Linux's autogroup) would not see the niceness of one that was
    started at another terminal, or by its own service: there the session stands back, too. Not for the leader of a process group,
    which cannot begin a session.
    """
    os.setsid()
    with suppress(OSError):  # the machine does not let it
        os.setpriority(os.PRIO_PGRP, 0, how_far)
    with suppress(OSError):  # no such kernel
        SESSION.write_text(f"{how_far}", encoding="ascii")
