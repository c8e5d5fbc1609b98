"""The calls of one endpoint: what waits, what is in flight, what it may be asked for, and when to pause."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.calls import Bill, Call
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.llm.refusals import Cause
from reasonmed_assets.llm.transports.declines import Declines
from reasonmed_assets.llm.transports.limits import (
    Breaker,
    InFlight,
    LimitPauses,
    PerMinute,
    wait_asked_s,
)
from reasonmed_assets.vocabulary import Outcome

_BYTES_PER_TOKEN = 4
LIMITS = frozenset({Cause.LIMIT, Cause.OVERLOAD})
"""What an endpoint is paused for."""


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
    _body: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def body(self) -> bytes:
        """The call's body as it is sent; made when it is first asked for."""
        if self._body is None:
            self._body = orjson.dumps(self.call.body)
        return self._body

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
    """The calls of one endpoint: waiting, noted as about to be sent (`ready`), in flight, or pausing before they are
    tried again.

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
        self.ready: deque[Job] = deque()
        self.is_noting = False
        self.n_ahead = 0
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

    @property
    def n_free(self) -> int:
        """How many calls more may be in flight."""
        return self.allowance.in_flight.limit - self.n_sent

    def to_be_noted(self) -> list[Job]:
        """The next calls to be noted: for all that may be in flight, and some ahead, so that these need not wait.

        An endpoint that is down gets one, its probe.
        """
        wanted = 1 if self.breaker.is_open else self.n_free + self.n_ahead
        n = min(wanted - len(self.ready), len(self.waiting))
        return [self.waiting.popleft() for _ in range(n)]

    def wait_s(self, now: float) -> float | None:
        """Seconds until the next call may be sent; None when a reply has to arrive first, or no call waits."""
        allowance = self.allowance
        if not (self.ready or self.waiting) or self.n_sent >= allowance.in_flight.limit:
            return None
        until_probe = allowance.breaker.wait_s(now)
        if until_probe is None or (self.n_sent and self.declines.are_held and self.declines.are_doubtful):
            return None
        return max(until_probe, self.paused_until - now, allowance.wait_s(now))

    def take(self, now: float) -> Job:
        """The next call, counted as sent."""
        job = self.ready.popleft()
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
            if received.cause in LIMITS:
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
        return not (self.n_sent or self.waiting or self.ready or self.is_noting)

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
