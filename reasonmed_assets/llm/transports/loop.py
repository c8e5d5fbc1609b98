"""The base of asynchronous senders: an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reasonmed_assets.llm.transports.lanes import Job


_log = logging.getLogger(__name__)
_LAST_S = 5.0
"""How long a library may take to end cancelled work."""


class LoopSender:
    """Takes jobs from any thread into an event loop, until it is stopped.

    A subclass says what happens to them (`_take`), keeps its running work in `_tasks`, and releases what it opened
    (`_close`). It calls this constructor last: the thread runs from then on.
    """

    _tasks: Collection[asyncio.Task[None]]

    def __init__(self, thread_name: str, loop: asyncio.AbstractEventLoop) -> None:
        self._lock = threading.Lock()
        self._is_stopping = False
        self._stopped = asyncio.Event()
        self._loop = loop
        self._thread = threading.Thread(target=self._run_loop, name=thread_name, daemon=True)
        self._thread.start()

    def submit(self, jobs: Iterable[Job]) -> None:
        """Have calls made, in order, as soon as possible; from any thread. Does nothing after `stop`."""
        with self._lock:
            if not self._is_stopping:
                self._loop.call_soon_threadsafe(self._take, list(jobs))

    def stop(self, grace_s: float) -> None:
        """Begin nothing more; running calls have `grace_s` seconds. Returns at once."""
        with self._lock:
            if self._is_stopping:
                return
            self._is_stopping = True
        asyncio.run_coroutine_threadsafe(self._wind_down(grace_s), self._loop)

    def join(self) -> None:
        """Wait for the end of the thread after `stop`; an interruption cuts it short."""
        try:
            self._thread.join()
        except BaseException:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join()
            raise

    def _take(self, jobs: list[Job]) -> None:
        """Begin with jobs; called in the loop."""

    async def _close(self) -> None:
        """Release what was opened; called in the loop, once nothing is running."""

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _wind_down(self, grace_s: float) -> None:
        self._stopped.set()
        if self._tasks and grace_s > 0:
            await asyncio.wait(self._tasks, timeout=grace_s)
        self._cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_S)
        try:
            await asyncio.wait_for(self._close(), _LAST_S)
        except Exception:
            _log.exception("a connection could not be closed")
        finally:
            self._loop.stop()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
