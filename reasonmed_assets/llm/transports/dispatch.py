"""Sends claimed calls from an event loop of its own: in order, within each provider's limits, with retries."""

from __future__ import annotations

import asyncio
import hashlib
import random
import resource
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import uvloop

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.calls import Bill, Call
from reasonmed_assets.llm.outcomes import EndpointError, EngineError, Received, UnauthorisedError
from reasonmed_assets.llm.refusals import Cause
from reasonmed_assets.llm.transports.declines import Declines, Verdict
from reasonmed_assets.llm.transports.limits import (
    Breaker,
    InFlight,
    LimitPauses,
    PerMinute,
    backoff_s,
    wait_asked_s,
)
from reasonmed_assets.llm.transports.loop import LoopSender
from reasonmed_assets.vocabulary import Outcome

_BYTES_PER_TOKEN = 4
_SPARE_FILES = 512
_UNSAVED = 256
_LIMITS = frozenset({Cause.LIMIT, Cause.OVERLOAD})
_FORBIDDEN = frozenset({403, 451})
_TRIES_ALONE = 3
"""So often one call is tried before its endpoint counts as down, where no other one was answered since."""


class Transport(Protocol):
    """Something that sends a request once."""

    async def send(self, body: bytes, model: str, headers: Mapping[str, str]) -> Received:
        """Send a request for a model once, with further headers."""

    async def close(self) -> None:
        """Release what was opened."""


@dataclass(slots=True)
class Job:
    """A claimed call on its way.

    Attributes:
        key: its ledger key.
        call: the call.
        body: its body as it is sent.
        tries: attempts made in this run.
        excused: those of them that failed because the endpoint was down.
        failed_at: when the first of the others failed, on the event loop's clock.
        not_before: when the next attempt may be made, on that clock.
        limited_at: when it first met a limit or an overload.
        declined_at: when it was first declined for a reason that need not lie in it.
        others_accepted: others that were sent after that were accepted.
        batch_id: the last batch that held it, if any.
        reserved_usd: what an attempt may cost at most, in US dollars; None where the model has no price.
        bill: what the attempts made in this run cost.
    """

    key: str
    call: Call
    body: bytes
    tries: int = 0
    excused: int = 0
    failed_at: float | None = None
    not_before: float = 0.0
    limited_at: float | None = None
    declined_at: float | None = None
    others_accepted: bool = False
    batch_id: str | None = None
    reserved_usd: float | None = None
    bill: Bill = field(default_factory=Bill)

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the request, roughly."""
        return len(self.body) // _BYTES_PER_TOKEN

    @property
    def completion_tokens(self) -> int:
        """The most tokens that a reply may have."""
        asked = self.call.body
        return asked.get("max_tokens") or asked.get("max_completion_tokens") or 0

    @property
    def tokens(self) -> int:
        """The most tokens that an attempt may cost, roughly."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an endpoint may be asked for, learnt and counted over all steps of a build."""

    in_flight: InFlight
    requests: PerMinute
    tokens: PerMinute
    breaker: Breaker

    @classmethod
    def of(cls, provider: Provider) -> Allowance:
        """The allowance that the profile declares."""
        now = time.monotonic()
        return cls(
            InFlight(provider.max_in_flight),
            PerMinute(provider.requests_per_minute, now),
            PerMinute(provider.tokens_per_minute, now),
            Breaker(),
        )

    def share(self, n: int) -> None:
        """Keep to the `n`-th part, since `n` builds use the provider."""
        now = time.monotonic()
        self.in_flight.share(n)
        self.requests.share(n, now)
        self.tokens.share(n, now)

    def wait_s(self, now: float) -> float:
        """Seconds until the next request may be sent."""
        return max(self.requests.wait_s(now), self.tokens.wait_s(now))


class Lane:
    """The calls of one endpoint: waiting, in flight, or pausing before their next attempt.

    `accepted` has the models of its provider that are known to accept calls, and is added to.
    """

    def __init__(
        self,
        name: str,
        provider: Provider,
        url: str,
        transport: Transport,
        allowance: Allowance,
        accepted: set[str],
    ) -> None:
        self.name = name
        self.provider = provider
        self.url = url
        self.transport = transport
        self.allowance = allowance
        self.waiting: deque[Job] = deque()
        self.n_sent = 0
        self.answered_at = float("-inf")
        self.replied_at = float("-inf")
        self.declines = Declines(accepted, asks_again=provider.transport_retries > 0)
        self.pauses = LimitPauses()
        self.paused_until = 0.0
        self.has_alarm = False
        self.has_told_of_wait = False

    @property
    def breaker(self) -> Breaker:
        """Whether the endpoint is up."""
        return self.allowance.breaker

    def wait_s(self, now: float) -> float | None:
        """Seconds until the next call may be sent; None when a reply has to arrive first, or no call waits."""
        if not self.waiting or self.n_sent >= self.allowance.in_flight.limit:
            return None
        until_probe = self.breaker.wait_s(now)
        if until_probe is None or (self.n_sent and self.declines.are_held and self.declines.are_doubtful):
            return None
        return max(0.0, until_probe, self.paused_until - now, self.allowance.wait_s(now))

    def take(self, now: float) -> Job:
        """The next call, counted as sent."""
        job = self.waiting.popleft()
        job.tries += 1
        self.n_sent += 1
        self.breaker.sent(job.key)
        if self.declines.are_held and self.declines.are_doubtful:
            self.declines.sent(job)
        self.allowance.requests.take(1, now)
        self.allowance.tokens.take(job.tokens, now)
        return job

    def returned(self, job: Job, received: Received, sent_at: float, now: float, draw: random.Random) -> None:
        """Count a call that came back, and learn from its outcome."""
        load = self.n_sent
        self.n_sent -= 1
        self._learn_rates(job, received, now)
        if received.is_overload:
            self.allowance.in_flight.overloaded(sent_at, now)
            if received.cause in _LIMITS:
                if job.limited_at is None:
                    job.limited_at = now
                self._pause(self.pauses.next_s(sent_at, now, received.retry_after_s, draw), now)
        elif received.is_final:
            self.allowance.in_flight.replied(now - sent_at, load, now)

    def _learn_rates(self, job: Job, received: Received, now: float) -> None:
        reply, limits = received.reply, received.limits
        used = (reply.prompt_tokens or 0) + (reply.completion_tokens or 0) if reply else 0
        if used or (reply is None and received.outcome != Outcome.TIMED_OUT):
            self.allowance.tokens.take(used - job.tokens, now)
        if limits.requests is not None:
            self.allowance.requests.told(limits.requests, job.call.model, now)
        if limits.tokens is not None:
            self.allowance.tokens.told(limits.tokens, job.call.model, now)
        if limits.wait_s is not None:
            self._pause(limits.wait_s, now)

    def _pause(self, asked_s: float, now: float) -> None:
        self.paused_until = max(self.paused_until, now + wait_asked_s(asked_s, self.provider.outage_s))

    def has_stalled(self, now: float) -> bool:
        """No reply has come for as long as the provider is waited for, because it is down or allows no call."""
        since = (self.breaker.down_since, self.pauses.since)
        return any(at is not None and now - at > self.provider.outage_s for at in since)

    @property
    def is_idle(self) -> bool:
        """No call is in flight, and none waits."""
        return not (self.n_sent or self.waiting)

    def is_given_up(self, job: Job, now: float) -> bool:
        """Others got replies after this call first met a limit, and none has come for long: the limit is its own."""
        return job.limited_at is not None and job.limited_at < self.replied_at and self.has_stalled(now)

    def is_tried_again(self, job: Job, received: Received, now: float) -> bool:
        """Whether the call gets another attempt in this run: those lost to a limit or an outage do not count."""
        if received.is_final or received.cause == Cause.DECLINED or self.is_given_up(job, now):
            return False
        return job.tries - job.excused <= self.provider.transport_retries

    def is_at_fault(self, job: Job) -> bool:
        """A call that fails while others are answered says nothing about the endpoint."""
        return job.failed_at is not None and job.failed_at < self.answered_at


class Dispatcher(LoopSender):
    """Sends jobs over HTTP.

    Args:
        on_attempt: called in that thread for every attempt: job, outcome, whether it is the job's last in
            this run. Returns whether the call is to be tried again here. Must return soon.
        on_failure: called in that thread with the exception that ends the run.
        on_notice: called in that thread with news for the user: an endpoint is down, or back.
        before_sending: called in that thread before every attempt, with the job and what is to be called, from any
            thread, once it may be sent; None where nothing has to be done before.

    While 256 replies wait for the disk nothing is sent: a kill loses at most those and the calls in flight. The
    thread that stores them calls `saved`.
    """

    def __init__(
        self,
        on_attempt: Callable[[Job, Received, bool], bool],
        on_failure: Callable[[BaseException], None],
        on_notice: Callable[[str], None],
        before_sending: Callable[[Job, Callable[[], None]], None] | None = None,
    ) -> None:
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._on_notice = on_notice
        self._before_sending = before_sending
        self._lanes: dict[str, list[Lane]] = {}
        self._n_returned = 0
        self._n_saved = 0
        self._is_held_back = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._draw = random.Random()  # noqa: S311 - jitter
        super().__init__("model-calls", uvloop.new_event_loop())

    def add_provider(self, name: str, lanes: Sequence[Lane]) -> None:
        """Make a provider known, with a lane per endpoint, before its first job."""
        _allow_open_files(sum(lane.provider.max_in_flight for lane in lanes) + _SPARE_FILES)
        self._lanes[name] = list(lanes)

    def saved(self) -> None:
        """An attempt is on disk; called in one thread."""
        self._n_saved += 1
        if self._is_held_back and self._n_returned - self._n_saved < _UNSAVED:
            self._is_held_back = False
            with self._lock:
                if not self._is_stopping:
                    self._loop.call_soon_threadsafe(self._pump_all)

    def _take(self, jobs: list[Job]) -> None:
        lanes = {}
        now = self._loop.time()
        for job in jobs:
            if job.not_before > now:
                self._loop.call_at(job.not_before, self._retry, job)
                continue
            lane = self._lane_for(job)
            lane.waiting.append(job)
            lanes[id(lane)] = lane
            if lane.breaker.is_open:
                self._pump(lane)  # this one is the probe; the next ones go elsewhere
        for lane in lanes.values():
            self._pump(lane)

    def _probe(self, lane: Lane) -> None:
        """Try an endpoint that is down with a call that waits for another one."""
        if lane.breaker.is_open and not lane.waiting:
            busiest = max(self._lanes[lane.name], key=lambda other: len(other.waiting))
            if busiest.waiting:
                lane.waiting.append(busiest.waiting.pop())
        self._pump(lane)

    def _waiting(self, name: str) -> list[Job]:
        """Take all waiting calls of a provider, to be spread over its endpoints again."""
        waiting = [job for lane in self._lanes[name] for job in lane.waiting]
        for lane in self._lanes[name]:
            lane.waiting.clear()
        return waiting

    def _lane_for(self, job: Job) -> Lane:
        """The endpoint of a job: by its question, so that shared prefixes meet one cache; another when it is down.

        Every endpoint has its own place in the order of each question (rendezvous hashing): when one is down or added,
        only its part of the questions moves.
        """
        lanes = self._lanes[job.call.provider]
        if len(lanes) == 1:
            return lanes[0]
        lanes = sorted(lanes, key=lambda lane: hashlib.md5(f"{job.call.group} {lane.url}".encode()).digest())  # noqa: S324
        now = self._loop.time()
        return next((lane for lane in lanes if lane.breaker.wait_s(now) == 0), lanes[0])

    def _pump(self, lane: Lane) -> None:
        """Send what may be sent now."""
        while (job := self._next(lane)) is not None:
            task = self._loop.create_task(self._work(lane, job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self, lane: Lane) -> Job | None:
        """The next call that may be sent now; where it only has to wait, the next look is scheduled."""
        if self._is_stopping:
            return None
        now = self._loop.time()
        wait_s = lane.wait_s(now)
        if wait_s is None:
            return None
        if self._n_returned - self._n_saved >= _UNSAVED:
            self._is_held_back = True
            if self._n_returned - self._n_saved >= _UNSAVED:
                return None
            self._is_held_back = False  # saved meanwhile; nothing else would return to it
        if wait_s > 0:
            self._set_alarm(lane, wait_s)
            return None
        return lane.take(now)

    def _pump_all(self) -> None:
        for lanes in self._lanes.values():
            for lane in lanes:
                self._pump(lane)

    def _set_alarm(self, lane: Lane, wait_s: float) -> None:
        if not lane.has_alarm:
            lane.has_alarm = True
            self._loop.call_later(wait_s, self._alarm, lane)

    def _alarm(self, lane: Lane) -> None:
        lane.has_alarm = False
        self._pump(lane)

    async def _work(self, lane: Lane, first: Job) -> None:
        """Make a call, then others as long as there is one to be made: a task for each would cost more than it does."""
        job: Job | None = first
        while job is not None and await self._attempt(lane, job):
            job = self._next(lane)
            self._pump(lane)

    async def _attempt(self, lane: Lane, job: Job) -> bool:
        """Send a call once. Returns whether the run goes on."""
        sent_at: float | None = None
        try:
            if self._before_sending is not None:
                await self._may_be_sent(job)
            sent_at = self._loop.time()
            received = await lane.transport.send(job.body, job.call.body["model"], job.call.headers)
            lane.returned(job, received, sent_at, self._loop.time(), self._draw)
            fatal = received.fatal or self._heed(lane, job, received, sent_at)
            is_held = False
            if received.cause == Cause.DECLINED and fatal is None:
                received, is_held, fatal = self._weigh(lane, job, received)
            is_last = fatal is not None or not (is_held or lane.is_tried_again(job, received, self._loop.time()))
            self._n_returned += 1
            if not is_last:
                # Where a limit was met, the pause is its endpoint's.
                tries = max(1, job.tries - job.excused)
                pause_s = 0.0 if received.cause in _LIMITS else backoff_s(tries, received.retry_after_s, self._draw)
                job.not_before = self._loop.time() + pause_s
            is_tried_again = self._on_attempt(job, received, is_last)
            if fatal is not None:
                raise fatal
        except asyncio.CancelledError:
            lane.breaker.abandoned(job.key)
            if sent_at is not None:
                self._on_attempt(job, _cut_off(self._loop.time() - sent_at), True)
            raise
        except BaseException as error:
            lane.breaker.abandoned(job.key)
            self._on_failure(error)
            return False
        if is_tried_again and not is_held:
            self._loop.call_at(job.not_before, self._retry, job)
        if lane.declines.are_held and lane.is_idle:
            self._loop.call_later(backoff_s(1, None, self._draw), self._ask_once_more, lane)
        return True

    async def _may_be_sent(self, job: Job) -> None:
        assert self._before_sending is not None
        may = asyncio.Event()
        self._before_sending(job, lambda: self._tell(may))
        await may.wait()

    def _tell(self, event: asyncio.Event) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(event.set)

    def _ask_once_more(self, lane: Lane) -> None:
        """Ask again about the calls that were declined, since there are no others."""
        if lane.is_idle:
            lane.waiting.extend(lane.declines.release())
            self._pump(lane)

    def _weigh(self, lane: Lane, job: Job, received: Received) -> tuple[Received, bool, EngineError | None]:
        """What becomes of a declined call: its outcome, whether it waits for others, what ends the run."""
        job.excused += 1
        verdict = lane.declines.declined(job, self._loop.time())
        if verdict == Verdict.ALL:
            return received, False, declines_all(lane.name, lane.provider, lane.url, job, received)
        if verdict == Verdict.ALONE:
            cause = Cause.FILTER if received.http_status in _FORBIDDEN else Cause.PROMPT
            return received._replace(outcome=cause.outcome, cause=cause), False, None
        return received, verdict == Verdict.HELD, None

    def _retry(self, job: Job) -> None:
        lane = self._lane_for(job)
        if lane.breaker.is_open:
            lane.waiting.append(job)  # another call may succeed as the next probe
        else:
            lane.waiting.appendleft(job)
        self._pump(lane)

    def _heed(self, lane: Lane, job: Job, received: Received, sent_at: float) -> EndpointError | None:
        """Notice an endpoint that is down or back; its calls go to the others meanwhile.

        Returns what ends the run, once no endpoint of the provider has answered for as long as the profile waits.
        """
        now, breaker = self._loop.time(), lane.breaker
        is_limit = received.cause in _LIMITS
        if is_limit:
            job.excused += 1
            self._tell_of_limit(lane, received)
        if received.is_sign_of_life:
            lane.answered_at = now
            if received.is_final:
                lane.replied_at = now
            was_paused = received.is_final and lane.pauses.answered()
            if breaker.returned() or was_paused:
                self._on_notice(f"{lane.url} answers again")
                self._take(self._waiting(lane.name))
            if received.reply is not None:
                lane.waiting.extend(lane.declines.accepted(job, sent_at))
            return self._stalled(lane, job, received) if is_limit else None
        if job.failed_at is None:
            job.failed_at = now
        is_at_fault = lane.is_at_fault(job)
        # Calls that time out together are not an outage when others were answered meanwhile.
        counts = not is_at_fault and lane.answered_at < sent_at
        is_outage = received.cause == Cause.OUTAGE and not is_at_fault
        is_alone = is_outage and job.excused >= _TRIES_ALONE - 1
        if breaker.failed(job.key, now, counts=counts, is_silence=received.is_silence, is_alone=is_alone):
            self._on_notice(
                f"{lane.url} is down ({received.detail}): trying one call now and then until it answers, "
                f"at most {lane.provider.outage_s:g} s"
            )
        if is_outage or (breaker.is_open and not is_at_fault and not is_limit):
            job.excused += 1
        lanes = self._lanes[lane.name]
        if breaker.is_open and len(lanes) > 1:
            self._take(self._waiting(lane.name))
            self._loop.call_later(breaker.wait_s(now) or 0.0, self._probe, lane)
        return self._stalled(lane, job, received)

    def _stalled(self, lane: Lane, job: Job, received: Received) -> EndpointError | None:
        """What ends the run once no endpoint of the provider has replied for as long as the profile waits."""
        now = self._loop.time()
        if not all(other.has_stalled(now) for other in self._lanes[lane.name]) or lane.is_given_up(job, now):
            return None
        did = "allowed no call" if received.cause in _LIMITS else "not answered"
        return EndpointError(
            f"provider {lane.name}: {lane.url} has {did} for {lane.provider.outage_s:g} s (the last time: "
            f"{received.detail}); what was received is stored, run the same command again once it is back"
        )

    def _tell_of_limit(self, lane: Lane, received: Received) -> None:
        if lane.pauses.is_to_be_told:
            self._on_notice(
                f"{lane.url} allows no call now ({received.detail}): trying again after pauses, "
                f"at most {lane.provider.outage_s:g} s"
            )
        asked_s = received.retry_after_s or 0.0
        waited_s = wait_asked_s(asked_s, lane.provider.outage_s)
        if asked_s > waited_s and not lane.has_told_of_wait:
            lane.has_told_of_wait = True
            self._on_notice(f"{lane.url} asks to wait {asked_s:,.0f} s: trying again after {waited_s:g} s")

    async def _close(self) -> None:
        for lanes in self._lanes.values():
            for lane in lanes:
                await lane.transport.close()


def declines_all(name: str, provider: Provider, url: str, job: Job, received: Received) -> EngineError:
    """The error for a model of which every call is declined; `job` is one of them."""
    variable = provider.api_key_env
    key = f"the key (environment variable {variable})" if variable else "the key, which the profile does not declare"
    told = (
        f"provider {name}: {url} declines every call to model {job.call.body['model']}: {received.detail}. "
        f"None of it is kept. Check name and parameters in [models.{job.call.model}] of the profile, the provider's "
        f"address and {key}; then run the same command again"
    )
    return (UnauthorisedError if received.http_status in _FORBIDDEN else EndpointError)(told)


def _cut_off(latency_s: float) -> Received:
    """The outcome of a call whose reply the run did not wait for; it may have been paid for."""
    detail = "cut off: the build was stopped before the reply came"
    started_at = datetime.now(UTC) - timedelta(seconds=latency_s)
    return Received(Outcome.TRANSPORT_ERROR, detail, None, None, None, None, latency_s * 1000, started_at)


def _allow_open_files(wanted: int) -> None:
    """Every call in flight is an open socket; the usual limit of 1,024 files is raised as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
