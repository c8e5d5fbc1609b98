"""Sends claimed calls from an event loop of its own: in order, within each provider's limits, again where it helps."""

from __future__ import annotations

import asyncio
import random
import resource
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from reasonmed_assets.llm.calls import Call
from reasonmed_assets.llm.limits import InFlight, PerMinute, backoff_s, wait_asked_s
from reasonmed_assets.llm.outcomes import OVERLOADED_STATUSES, Received
from reasonmed_assets.llm.transport import new_session
from reasonmed_assets.profiles.model import Provider

_BYTES_PER_TOKEN = 4
_SPARE_FILES = 512


class Transport(Protocol):
    """Something that sends a request once."""

    async def send(self, session: aiohttp.ClientSession, body: bytes) -> Received:
        """Send a request once; raises an `EngineError` where the whole build has to stop."""


@dataclass(slots=True)
class Job:
    """A claimed call on its way.

    Attributes:
        key: its ledger key.
        call: the call.
        body: its body as it is sent.
        tries: attempts made in this run.
        batch_id: the batch that it went with last, if any.
    """

    key: str
    call: Call
    body: bytes
    tries: int = 0
    batch_id: str | None = None

    @property
    def tokens(self) -> int:
        """The most tokens that an attempt may cost, roughly."""
        asked = self.call.body
        most = asked.get("max_tokens") or asked.get("max_completion_tokens") or 0
        return len(self.body) // _BYTES_PER_TOKEN + most


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a provider may be asked for, learnt and counted over all steps of a build."""

    in_flight: InFlight
    requests: PerMinute
    tokens: PerMinute

    @classmethod
    def of(cls, provider: Provider) -> Allowance:
        """The allowance that the profile declares."""
        now = time.monotonic()
        return cls(
            InFlight(provider.max_in_flight),
            PerMinute(provider.requests_per_minute, now),
            PerMinute(provider.tokens_per_minute, now),
        )

    def wait_s(self, now: float) -> float:
        """Seconds until the next request may be sent."""
        return max(self.requests.wait_s(now), self.tokens.wait_s(now))


class Lane:
    """The calls of one provider: waiting, in flight, or pausing before their next attempt."""

    def __init__(self, provider: Provider, transport: Transport, allowance: Allowance) -> None:
        self.provider = provider
        self.transport = transport
        self.allowance = allowance
        self.waiting: deque[Job] = deque()
        self.n_sent = 0
        self.paused_until = 0.0
        self.has_alarm = False

    def wait_s(self, now: float) -> float | None:
        """Seconds until the next call may be sent; None when a reply has to come first, or no call waits."""
        if not self.waiting or self.n_sent >= self.allowance.in_flight.limit:
            return None
        return max(0.0, self.paused_until - now, self.allowance.wait_s(now))

    def take(self, now: float) -> Job:
        """The next call, counted as sent."""
        job = self.waiting.popleft()
        job.tries += 1
        self.n_sent += 1
        self.allowance.requests.take(1, now)
        self.allowance.tokens.take(job.tokens, now)
        return job

    def returned(self, job: Job, received: Received, sent_at: float, now: float) -> None:
        """Count a call that came back, and learn from how it did."""
        self.n_sent -= 1
        reply = received.reply
        used = (reply.prompt_tokens or 0) + (reply.completion_tokens or 0) if reply else 0
        if used:
            self.allowance.tokens.take(used - job.tokens, now)
        if received.is_overload:
            self.allowance.in_flight.overloaded(sent_at, now)
            if received.retry_after_s is not None and received.http_status in OVERLOADED_STATUSES:
                self.paused_until = max(self.paused_until, now + wait_asked_s(received.retry_after_s))
        elif received.is_final:
            self.allowance.in_flight.replied()

    def is_tried_again(self, job: Job, received: Received) -> bool:
        """Whether the call gets another attempt in this run."""
        return not received.is_final and job.tries <= self.provider.transport_retries


class Dispatcher:
    """An event loop in a thread that sends jobs.

    Args:
        on_attempt: called in that thread for every attempt: job, what came of it, whether it is the job's last in
            this run. Must return soon.
        on_failure: called in that thread with the exception that ends the run.
    """

    def __init__(
        self,
        on_attempt: Callable[[Job, Received, bool], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._draw = random.Random()  # noqa: S311 - jitter
        self._stopping = threading.Lock()
        self._is_stopping = False
        self._session: aiohttp.ClientSession | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="model-calls", daemon=True)
        self._thread.start()

    def add_lane(self, name: str, lane: Lane) -> None:
        """Make a provider known, before its first job."""
        _allow_open_files(lane.provider.max_in_flight + _SPARE_FILES)
        self._lanes[name] = lane

    def submit(self, jobs: Iterable[Job]) -> None:
        """Send jobs, in their order, as soon as the limits allow; from any thread. Does nothing after `stop`."""
        with self._stopping:
            if not self._is_stopping:
                self._loop.call_soon_threadsafe(self._enqueue, list(jobs))

    def stop(self, grace_s: float) -> None:
        """Send nothing more, wait up to `grace_s` seconds for calls in flight, end the thread."""
        with self._stopping:
            if self._is_stopping:
                return
            self._is_stopping = True
        asyncio.run_coroutine_threadsafe(self._wind_down(grace_s), self._loop)
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join()
            raise

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _enqueue(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._lanes[job.call.provider].waiting.append(job)
        for name in {job.call.provider for job in jobs}:
            self._pump(self._lanes[name])

    def _pump(self, lane: Lane) -> None:
        """Send what may be sent now; where only time is missing, come back then."""
        while not self._is_stopping:
            now = self._loop.time()
            wait_s = lane.wait_s(now)
            if wait_s is None:
                return
            if wait_s > 0:
                self._set_alarm(lane, wait_s)
                return
            task = self._loop.create_task(self._attempt(lane, lane.take(now)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _set_alarm(self, lane: Lane, wait_s: float) -> None:
        if not lane.has_alarm:
            lane.has_alarm = True
            self._loop.call_later(wait_s, self._alarm, lane)

    def _alarm(self, lane: Lane) -> None:
        lane.has_alarm = False
        self._pump(lane)

    async def _attempt(self, lane: Lane, job: Job) -> None:
        sent_at = self._loop.time()
        try:
            if self._session is None:
                self._session = new_session()
            received = await lane.transport.send(self._session, job.body)
            lane.returned(job, received, sent_at, self._loop.time())
            is_last = not lane.is_tried_again(job, received)
            self._on_attempt(job, received, is_last)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._on_failure(error)
            return
        if not is_last:
            pause = backoff_s(job.tries, received.retry_after_s, self._draw)
            self._loop.call_later(pause, self._retry, lane, job)
        self._pump(lane)

    def _retry(self, lane: Lane, job: Job) -> None:
        lane.waiting.appendleft(job)
        self._pump(lane)

    async def _wind_down(self, grace_s: float) -> None:
        if self._tasks and grace_s > 0:
            await asyncio.wait(self._tasks, timeout=grace_s)
        self._cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self._loop.stop()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()


def _allow_open_files(wanted: int) -> None:
    """Every call in flight is an open socket; the usual limit of 1,024 files is raised as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
