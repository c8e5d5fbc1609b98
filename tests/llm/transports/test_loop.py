"""The thread of a sender ends, whatever its connections do."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from reasonmed_assets.llm.transports.loop import LoopSender


class Stubborn(LoopSender):
    """Its task survives one cancellation, its connection cannot be closed."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self._tasks: set[asyncio.Task[None]] = set()
        super().__init__("stubborn", asyncio.new_event_loop())

    def _take(self, jobs: list) -> None:
        self._tasks.add(self._loop.create_task(self._work()))

    async def _work(self) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def _close(self) -> None:
        if self.error is None:
            await asyncio.sleep(60)
        else:
            raise self.error


@pytest.mark.parametrize("error", [RuntimeError("the handler is closed"), None])
def test_a_connection_that_cannot_be_closed_holds_nobody_up(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.transports.loop._LAST_S", 0.2)
    sender = Stubborn(error)
    sender.submit([])
    time.sleep(0.1)
    sender.stop(0.1)
    ended = threading.Thread(target=sender.join, daemon=True)
    ended.start()
    ended.join(10)
    assert not ended.is_alive()
