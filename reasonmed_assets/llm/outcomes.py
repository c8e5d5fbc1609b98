"""How an attempt ended, whether the call is tried again, and which endings stop the build.

| outcome | what happened | within a build | later builds |
|---|---|---|---|
| completed | a reply that its parser could use | used | reused |
| truncated, refused, empty, answerless | an unusable reply | new call with another seed | reused, the new calls too |
| malformed | a structured reply that does not parse | new call that quotes the error | reused, the new calls too |
| rejected | the endpoint rejects this request (400, 413, 422) | kept as it is | reused |
| transport_error | no reply: connection, 429, 5xx, or a response that is not a reply | retried | called again |
| timed_out | no reply in time | retried | called again |
| unauthorised | the key is missing or not accepted (401, 402, 403) | everything stops | called again |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.vocabulary import Outcome

FINAL_WITHOUT_REPLY = Outcome.REJECTED
"""The one outcome that is kept although there is no reply."""

REJECTED_STATUSES = frozenset({400, 413, 422})
UNAUTHORISED_STATUSES = frozenset({401, 402, 403})
NOT_THERE_STATUSES = frozenset({404, 405})
TOO_MANY_STATUS = 429
OVERLOADED_STATUSES = frozenset({TOO_MANY_STATUS, 503, 529})
_NOBODY_THERE_STATUSES = frozenset({502, 504})
_TIMED_OUT_STATUSES = frozenset({408, 504})
_DETAIL_CHARACTERS = 500


class EngineError(ReasonmedError):
    """A failure that further calls cannot cure: the build stops, and what was received is stored."""


class UnauthorisedError(EngineError):
    """The provider's key is missing or not accepted; the message names the variable, never the key."""


class EndpointError(EngineError):
    """The endpoint is not what the profile says: no such address or model."""


class SimulatedReplyError(EngineError):
    """A simulated reply came from a provider that is not declared as simulated."""


class BudgetError(EngineError):
    """The build's budget does not cover the next call; what was paid for is stored."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What an endpoint reports about its limits (headers `x-ratelimit-*`, as OpenAI names them); None if nothing.

    Attributes:
        requests, tokens: allowed a minute.
        wait_s: seconds until there is something left, where one of them is used up.
    """

    requests: int | None = None
    tokens: int | None = None
    wait_s: float | None = None


NO_RATE_LIMITS = RateLimits()


@dataclass(frozen=True, slots=True)
class Received:
    """The outcome of sending a request once.

    Attributes:
        outcome: before the reply is parsed.
        detail: what went wrong, in words, without any key.
        http_status: None when there was no response.
        raw: body of the response, reply or not, as far as it is kept (see `transports/responses.py`).
        reply: the same, read; None where it is no reply.
        retry_after_s: seconds that the endpoint asked to wait.
        latency_ms: from sending to the end of the response.
        started_at: when it was sent.
        limits: what the endpoint reports about its rate limits.
        fatal: the error that ends the run, since no further call can succeed.
        partial: what the endpoint sent and counted of a reply that it broke off.
    """

    outcome: Outcome
    detail: str | None
    http_status: int | None
    raw: bytes | None
    reply: Reply | None
    retry_after_s: float | None
    latency_ms: float
    started_at: datetime
    limits: RateLimits = NO_RATE_LIMITS
    fatal: EngineError | None = None
    partial: Reply | None = None

    @property
    def read(self) -> Reply | None:
        """What could be read of the response, whether or not it is a reply."""
        return self.reply if self.reply is not None else self.partial

    @property
    def is_final(self) -> bool:
        """The ledger keeps this outcome: there is a reply, or there will never be one."""
        return self.reply is not None or self.outcome == FINAL_WITHOUT_REPLY

    @property
    def is_overload(self) -> bool:
        """The endpoint is overloaded and should get fewer requests at a time."""
        return self.outcome == Outcome.TIMED_OUT or self.http_status in OVERLOADED_STATUSES

    @property
    def is_silence(self) -> bool:
        """There was no response, or only a gateway's report that there is none."""
        return self.http_status is None or self.http_status in _NOBODY_THERE_STATUSES

    @property
    def is_sign_of_life(self) -> bool:
        """The endpoint is up: it answered, if only to reject."""
        return self.is_final or self.http_status == TOO_MANY_STATUS


def outcome_of_status(status: int) -> Outcome:
    """Outcome of a response whose status is not 200."""
    if status in REJECTED_STATUSES:
        return Outcome.REJECTED
    if status in UNAUTHORISED_STATUSES:
        return Outcome.UNAUTHORISED
    if status in _TIMED_OUT_STATUSES:
        return Outcome.TIMED_OUT
    return Outcome.TRANSPORT_ERROR


def detail_of_status(status: int, body: str) -> str:
    """What to record of such a response. A response to a refused key is not quoted: endpoints echo parts of the key."""
    if status in UNAUTHORISED_STATUSES:
        return f"HTTP {status}"
    said = " ".join(body.split())[:_DETAIL_CHARACTERS]
    return f"HTTP {status}: {said}" if said else f"HTTP {status}"


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait by the header Retry-After (a number or an HTTP date); None when absent or unreadable."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def rate_limits(headers: Mapping[str, str]) -> RateLimits:
    """The rate limits in a response's headers: `x-ratelimit-limit-requests`, `-tokens` and the like."""
    if "x-ratelimit-remaining-requests" not in headers and "x-ratelimit-remaining-tokens" not in headers:
        return NO_RATE_LIMITS
    waits = [
        _duration_s(headers.get(f"x-ratelimit-reset-{kind}"))
        for kind in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{kind}") == "0"
    ]
    return RateLimits(
        requests=_positive(headers.get("x-ratelimit-limit-requests")),
        tokens=_positive(headers.get("x-ratelimit-limit-tokens")),
        wait_s=max((wait for wait in waits if wait is not None), default=None),
    )


def _positive(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and int(value) > 0 else None


def _duration_s(value: str | None) -> float | None:
    """Seconds in "250ms", "1s" or "6m0s"."""
    parts = _DURATION.findall(value or "")
    return sum(float(number) * _UNIT_S[unit] for number, unit in parts) if parts else None
