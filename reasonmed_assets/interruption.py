"""Being told to stop, by SIGINT or SIGTERM: a state that outlasts the exception.

An exception that a signal handler raises can be lost: in a callback of a library, in a destructor, or because a
library or the shell (`nohup`, `&`) put another handler in its place. What a process was told is therefore noted as
well, beside every handler, and whatever waits or begins something new asks for it (`check`).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ONE_S = 0.3
"""Signals that come within this time are one: some programs signal a process and then its whole group."""

_SHOW_CURSOR = "\x1b[?25h"

_told = threading.Event()
_is_noted = False


def is_requested() -> bool:
    """Whether the process was told to stop, and nobody has acknowledged it."""
    return _told.is_set()


def check() -> None:
    """Stop here where the process was told to.

    Raises:
        KeyboardInterrupt: it was.
    """
    if _told.is_set():
        raise KeyboardInterrupt("told to stop")


def acknowledge() -> None:
    """Go on to what is left to be done at the end."""
    _told.clear()


def heed_at_once() -> None:
    """SIGINT raises KeyboardInterrupt from here on, also where it was ignored when the process started.

    For commands that enter `heeded` after long imports: the handler of a library hands on what Python handled before
    it, and swallows what was ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def heeded() -> Iterator[None]:
    """SIGINT and SIGTERM raise KeyboardInterrupt inside, also where SIGINT was ignored; a second one ends the process.

    To be entered after the imports: one of them may put its own handler in the place of one that is there before. Only
    the main thread can; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_raised = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal is_raised
        if not is_raised:
            is_raised = True
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    try:
        with noted(_end_at_once):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


@contextmanager
def noted(again: Callable[[int], None] = lambda number: None) -> Iterator[None]:
    """SIGINT and SIGTERM are noted inside, whoever handles them; `again` is called with each but the first.

    Only the main thread can; in others, and inside another one, this does nothing.
    """
    global _is_noted
    if _is_noted or threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # The interpreter writes the number of every signal there, before any handler runs.
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    thread = threading.Thread(target=_watch, args=(reading, again), name="signals", daemon=True)
    thread.start()
    _is_noted = True
    try:
        yield
    finally:
        _is_noted = False
        signal.set_wakeup_fd(before)
        os.close(writing)
        thread.join()
        os.close(reading)
        _told.clear()


def _watch(reading: int, again: Callable[[int], None]) -> None:
    first_at: float | None = None
    while numbers := os.read(reading, 512):
        stops = [number for number in numbers if number in _SIGNALS]
        if not stops:
            continue
        now = time.monotonic()
        if first_at is None:
            first_at = now
            _told.set()
        elif now - first_at > _ONE_S:
            again(stops[-1])


def _end_at_once(number: int) -> None:
    """What was stored is safe, as after a kill; what the process started ends with it."""
    text = "reasonmed: stopped at once; the same command goes on from what is stored\n"
    os.write(2, (_SHOW_CURSOR * sys.stderr.isatty() + text).encode())
    os._exit(128 + number)
