"""Waiting for a provider's Batch API: what costs nothing is asked again until it is answered, for as long as the
profile says; what is to be paid for is asked once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.llm.transports.batches.api import (
    ENDED,
    UNDER_WAY,
    BatchApi,
    GoneError,
    RemoteBatch,
    UnansweredError,
)
from reasonmed_assets.vocabulary import Outcome

_TOO_MANY = 429
_PAUSE_GROWTH = 1.5

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The run ends; a batch in progress is left to the next one."""


class PatientApi:
    """The Batch API of one provider, for the tasks of one event loop. Every wait ends with `StoppedError` when the
    run does.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        api: its requests.
        stopped: set when the run ends.
    """

    def __init__(self, name: str, provider: Provider, api: BatchApi, stopped: asyncio.Event) -> None:
        self._name = name
        self._provider = provider
        self._settings = provider.batch
        self._api = api
        self._stopped = stopped
        self._uncreated_since: float | None = None

    async def upload(self, batch_id: str, lines: bytes) -> str:
        """Send an input file; returns its id. Raises: EndpointError."""
        return await self._patiently(partial(self._api.upload, batch_id, lines))

    async def submit(self, batch_id: str, file_id: str) -> str:
        """Submit a batch, once, since each request that arrives is one to be paid for; returns its remote id.

        Raises:
            UnansweredError: it was not created, as far as the provider tells.
            EndpointError: none could be created for as long as the profile waits.
        """
        try:
            remote_id = (await self._api.create(file_id, batch_id)).remote_id
        except UnansweredError as unanswered:
            found = await self.find(batch_id, file_id) if unanswered.status != _TOO_MANY else None
            if found is None:
                self._uncreated_since = self._uncreated_since or _now()
                if _now() - self._uncreated_since > self._provider.outage_s:
                    raise self._not_answered(unanswered) from unanswered
                raise
            remote_id = found
        self._uncreated_since = None
        return remote_id

    async def find(self, batch_id: str, file_id: str | None = None) -> str | None:
        """The provider's id of a batch that was perhaps created, by its metadata or file; None when it was not."""
        until = _now() + self._settings.find_s
        while True:
            found = await self._patiently(partial(self._api.find, batch_id, file_id))
            if found is not None:
                return found.remote_id
            if _now() >= until:
                return None
            await self.pause(min(self._settings.poll_first_s, max(0.0, until - _now())))

    async def ended(self, remote_id: str, n_calls: int) -> RemoteBatch:
        """A batch that has ended, polled until then.

        Raises:
            EndpointError: its status has been none that is known for as long as the profile waits.
            UnansweredError: the provider does not know the batch, nor did while one is looked for.
        """
        pause_s, status, unknown_since = self._settings.poll_first_s, None, None
        while True:
            remote = await self.retrieve(remote_id)
            if remote.status in ENDED:
                return remote
            is_known = remote.status in UNDER_WAY
            if remote.status != status:
                status = remote.status
                note = "" if is_known else " (an unknown status: it is polled as one under way)"
                level = logging.INFO if is_known else logging.WARNING
                _log.log(level, "%s: batch %s with %d calls: %s%s", self._name, remote_id, n_calls, status, note)
            unknown_since = None if is_known else unknown_since or _now()
            if unknown_since and _now() - unknown_since > self._provider.outage_s:
                raise EndpointError(
                    f"provider {self._name}: the status of batch {remote_id} has been {status!r} for "
                    f"{self._provider.outage_s:g} s, which is none of OpenAI's Batch API. The batch is recorded: look "
                    "it up at the provider, and run the same command again once it has ended"
                )
            await self.pause(pause_s)
            pause_s = self.longer(pause_s)

    async def retrieve(self, remote_id: str) -> RemoteBatch:
        """A batch as it is now. One that was just created may be unknown for a moment."""
        since = _now()
        while True:
            try:
                return await self._patiently(partial(self._api.retrieve, remote_id))
            except GoneError as gone:
                if _now() - since >= self._settings.find_s:
                    raise UnansweredError(Outcome.TRANSPORT_ERROR, str(gone)) from gone
            await self.pause(min(self._settings.poll_first_s, self._settings.find_s))

    async def _patiently(self, request: Callable[[], Awaitable[_T]]) -> _T:
        """Repeat a request that costs nothing until it is answered.

        Raises:
            EndpointError: there was no answer for as long as the profile waits; batches go on and are not lost.
        """
        since, pause_s = _now(), self._settings.poll_first_s
        while True:
            try:
                return await request()
            except UnansweredError as unanswered:
                if _now() - since > self._provider.outage_s:
                    raise self._not_answered(unanswered) from unanswered
                if pause_s == self._settings.poll_first_s:
                    limit_s = self._provider.outage_s
                    _log.warning("%s: no answer (%s): asking again, at most %g s", self._name, unanswered, limit_s)
            await self.pause(pause_s)
            pause_s = self.longer(pause_s)

    def _not_answered(self, unanswered: UnansweredError) -> EndpointError:
        return EndpointError(
            f"provider {self._name}: {self._api.base_url} has not answered for {self._provider.outage_s:g} s (the last "
            f"time: {unanswered}); batches in progress are recorded, run the same command again once it is back"
        )

    async def pause(self, seconds: float) -> None:
        """Wait; raises `StoppedError` when the run ends."""
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return
        raise StoppedError

    def longer(self, pause_s: float) -> float:
        return min(self._settings.poll_longest_s, pause_s * _PAUSE_GROWTH)


def _now() -> float:
    return asyncio.get_running_loop().time()
