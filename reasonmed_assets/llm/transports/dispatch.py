"""Sends claimed calls from an event loop of its own: in order, within each provider's limits, with retries."""

from __future__ import annotations

import asyncio
import hashlib
import random
import resource
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import uvloop

from reasonmed_assets.llm.outcomes import EndpointError, EngineError, Received, declined_alone
from reasonmed_assets.llm.refusals import Cause
from reasonmed_assets.llm.transports.declines import Verdict, declines_all
from reasonmed_assets.llm.transports.lanes import LIMITS, Job, Lane
from reasonmed_assets.llm.transports.limits import (
    backoff_s,
    wait_asked_s,
)
from reasonmed_assets.llm.transports.loop import LoopSender
from reasonmed_assets.vocabulary import Outcome

_SPARE_FILES = 512
_UNSAVED = 256
_FIRST_AHEAD = 16
MOST_AHEAD = 512
_TRIES_ALONE = 3
"""So often one call is tried before its endpoint counts as down, where no other one was answered since."""


class Dispatcher(LoopSender):
    """Sends jobs over HTTP.

    Args:
        on_attempt: called in that thread for every attempt: job, outcome, whether it is the job's last in
            this run. Returns whether the call is to be tried again here. Must return soon.
        on_failure: called in that thread with the exception that ends the run.
        on_notice: called in that thread with news for the user: an endpoint is down, or back.
        before_sending: called in that thread with jobs that are about to be sent, the seconds that each may take, and
            what is to be called, from any thread, with those that may be.
        most_ahead: how many calls of an endpoint may be noted beside those that it may have in flight. They count as
            sent when this process is killed, but those in flight need not wait until they are noted.

    While 256 replies wait for the disk nothing is sent: a kill loses at most those and the calls in flight. The
    thread that stores them calls `saved`.
    """

    def __init__(
        self,
        on_attempt: Callable[[Job, Received, bool], bool],
        on_failure: Callable[[BaseException], None],
        on_notice: Callable[[str], None],
        before_sending: Callable[[Sequence[Job], float, Callable[[Sequence[Job]], None]], None],
        most_ahead: int,
    ) -> None:
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._on_notice = on_notice
        self._before_sending = before_sending
        self._most_ahead = most_ahead
        self._lanes: dict[str, list[Lane]] = {}
        self._n_returned = 0
        self._n_saved = 0
        self._is_held_back = False
        self._has_failed = False
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
        if lane.breaker.is_open and not (lane.ready or lane.waiting):
            busiest = max(self._lanes[lane.name], key=lambda other: len(other.waiting))
            if busiest.waiting:
                lane.waiting.append(busiest.waiting.pop())
        self._pump(lane)

    def _waiting(self, name: str) -> list[Job]:
        """Take all waiting calls of a provider, to be spread over its endpoints again."""
        waiting = [job for lane in self._lanes[name] for job in (*lane.ready, *lane.waiting)]
        for lane in self._lanes[name]:
            lane.ready.clear()
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
        if self._is_stopping or self._has_failed:
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
        if 2 * len(lane.ready) <= lane.n_ahead:
            self._note(lane)
        return lane.take(now) if lane.ready else None

    def _note(self, lane: Lane) -> None:
        """Have the next calls noted."""
        if not lane.is_noting and (jobs := lane.to_be_noted()):
            lane.is_noting = True
            self._before_sending(jobs, lane.provider.timeout_s, partial(self._tell, lane))

    def _tell(self, lane: Lane, jobs: Sequence[Job]) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._noted, lane, jobs)

    def _noted(self, lane: Lane, jobs: Sequence[Job]) -> None:
        """Calls may be sent; where the endpoint could have had them before, more are noted ahead from now on."""
        lane.is_noting = False
        if not lane.ready and lane.waiting and lane.n_free > 0:
            lane.n_ahead = min(max(2 * lane.n_ahead, _FIRST_AHEAD), self._most_ahead)
        lane.ready.extend(jobs)
        self._pump(lane)
        others = self._lanes[lane.name]
        if lane.breaker.is_open and len(others) > 1:
            self._take(self._waiting(lane.name))  # this one was the probe; the next ones go elsewhere

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
            if job is not None and lane.n_free > 0:
                self._pump(lane)

    async def _attempt(self, lane: Lane, job: Job) -> bool:
        """Send a call once. Returns whether the run goes on."""
        sent_at: float | None = None
        try:
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
                pause_s = 0.0 if received.cause in LIMITS else backoff_s(tries, received.retry_after_s, self._draw)
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
            self._has_failed = True  # nothing more is paid for until the run has been stopped
            self._on_failure(error)
            return False
        if is_tried_again and not is_held:
            self._loop.call_at(job.not_before, self._retry, job)
        if lane.declines.are_held and lane.is_idle:
            self._loop.call_later(backoff_s(1, None, self._draw), self._ask_once_more, lane)
        return True

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
            return declined_alone(received), False, None
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
        is_limit = received.cause in LIMITS
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
        did = "allowed no call" if received.cause in LIMITS else "not answered"
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
