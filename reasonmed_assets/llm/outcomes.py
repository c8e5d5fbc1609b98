"""How an attempt ended, whether the call is tried again, and which endings are kept for ever: one table, `ENDINGS`.

Why an endpoint gave no reply is read in `refusals.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.refusals import Cause, Refusal, duration_s, refusal_of
from reasonmed_assets.vocabulary import Outcome

NEW_SEED = "a new call with another seed, `usable_retries` times"
AN_ERROR_PATH = "then a path is an error path and a judgement is missing"


@dataclass(frozen=True, slots=True)
class Ending:
    """What an outcome means.

    Attributes:
        happened: with the call.
        follows: what the build does then.
        is_kept: the ledger keeps it for ever, and no later build asks again, but for `reasonmed retry`.
        why: it is kept or not.
    """

    happened: str
    follows: str
    is_kept: bool
    why: str


ENDINGS: dict[Outcome, Ending] = {
    Outcome.COMPLETED: Ending("a usable reply", "used", True, "it is paid for"),
    Outcome.TRUNCATED: Ending(
        "the text was cut off at its bound of tokens", f"{NEW_SEED}; {AN_ERROR_PATH}", True, "the model answered so"
    ),
    Outcome.REFUSED: Ending(
        "the model refuses in its own words", f"{NEW_SEED}; {AN_ERROR_PATH}", True, "the model answered so"
    ),
    Outcome.EMPTY: Ending(
        "a reply without text, or thoughts alone", f"{NEW_SEED}; {AN_ERROR_PATH}", True, "the model answered so"
    ),
    Outcome.ANSWERLESS: Ending(
        "a text that names no option", f"{NEW_SEED}; {AN_ERROR_PATH}", True, "the model answered so"
    ),
    Outcome.MALFORMED: Ending(
        "a structured reply that cannot be read",
        f"a new call that quotes the problem, `usable_retries` times; {AN_ERROR_PATH}",
        True,
        "the model answered so",
    ),
    Outcome.FILTERED: Ending(
        "a filter of the provider stopped the text, or the prompt",
        f"after a text {NEW_SEED}, after a prompt none; {AN_ERROR_PATH}; the check `filtered` shows the share",
        True,
        "the same prompt meets the same filter",
    ),
    Outcome.REJECTED: Ending(
        "the endpoint declines this prompt alone: its length or its form",
        "no new call; the row is missing, and that is never a judgement",
        True,
        "it names this prompt, or accepted others before and after it declined this one twice",
    ),
    Outcome.DECLINED: Ending(
        "the endpoint declines the request for a reason that need not lie in its prompt",
        "asked once more after other calls were accepted; where none is, the build stops and quotes the answer",
        False,
        "a parameter, the model's name or the account may be wrong: corrected, the call succeeds",
    ),
    Outcome.UNAUTHORISED: Ending(
        "the key is missing or not accepted, or there is no credit",
        "the build stops and names the variable",
        False,
        "it succeeds with another key or with credit",
    ),
    Outcome.TRANSPORT_ERROR: Ending(
        "no reply: a limit, an overload, an outage, an error, a redirect, an unknown address",
        "a limit, an overload and an outage are waited for up to `outage_s`, then the build stops; an error is tried "
        "again `transport_retries` times, then the row is missing; an unknown or a new address stops the build",
        False,
        "it passes",
    ),
    Outcome.TIMED_OUT: Ending(
        "no reply in time", "tried again `transport_retries` times, then the row is missing", False, "it passes"
    ),
}
"""Every outcome, as the documentation shows it."""

FINAL_WITHOUT_REPLY = frozenset({Outcome.REJECTED, Outcome.FILTERED})
"""The outcomes that are kept although there is no reply: this prompt is declined whenever it is sent."""

_PERHAPS_ANSWERED_STATUSES = frozenset({408, 499, 504, 524})
"""A gateway gave up waiting; the model behind it may go on, and be paid for."""
_DETAIL_CHARACTERS = 500
_GATEWAY_TIMED_OUT = 504
FORBIDDEN_STATUSES = frozenset({403, 451})
"""Statuses of a filter, where they concern one prompt, and of the key, where they concern all."""
_ALONE = " (others were accepted)"
_TOLD = re.compile(r"HTTP (\d{3}):? ?(.*)", re.DOTALL)
_KEY_REFUSED = 401
_LIKE_A_KEY = re.compile(r"\b(?:sk|pk|rk|gsk|xai|hf|nvapi|key|AIza)[-_]?[\w*.-]*[\d*][\w*.-]{3,}|[\w-]*\*{3,}[\w-]*")


def endings_table() -> str:
    """`ENDINGS` in Markdown."""
    lines = ["| outcome | what happened | what follows | kept for ever | why |", "| --- | --- | --- | --- | --- |"]
    for outcome, ending in ENDINGS.items():
        kept = "yes" if ending.is_kept else "no, asked again by the next build"
        lines.append(f"| `{outcome}` | {ending.happened} | {ending.follows} | {kept} | {ending.why} |")
    return "\n".join(lines)


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


class Received(NamedTuple):
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
        cause: why there is no reply; None where there is one.
        is_unsent: the request did not arrive, or was returned unprocessed.
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
    cause: Cause | None = None
    is_unsent: bool = False

    @property
    def read(self) -> Reply | None:
        """What could be read of the response, whether or not it is a reply."""
        return self.reply if self.reply is not None else self.partial

    @property
    def is_declined(self) -> bool:
        """Nothing was generated for it, so that it costs nothing: it did not arrive, or was turned away."""
        partial = self.partial
        if self.reply is not None or (partial is not None and (partial.content or partial.completion_tokens)):
            return False
        if self.is_unsent or self.outcome in (*FINAL_WITHOUT_REPLY, Outcome.DECLINED):
            return True
        status = self.http_status
        return status is not None and status >= 300 and status not in _PERHAPS_ANSWERED_STATUSES

    @property
    def is_final(self) -> bool:
        """The ledger keeps this outcome: there is a reply, or there will never be one."""
        return self.reply is not None or self.outcome in FINAL_WITHOUT_REPLY

    @property
    def is_overload(self) -> bool:
        """The endpoint is overloaded and should get fewer requests at a time."""
        return self.outcome == Outcome.TIMED_OUT or self.cause in (Cause.LIMIT, Cause.OVERLOAD)

    @property
    def is_silence(self) -> bool:
        """There was no response, or only a gateway's report that there is none."""
        return self.http_status is None or self.cause == Cause.OUTAGE or self.http_status == _GATEWAY_TIMED_OUT

    @property
    def is_sign_of_life(self) -> bool:
        """The endpoint is up: it answered, if only to decline."""
        return self.is_final or self.cause in (Cause.LIMIT, Cause.DECLINED)


def detail_of(status: int | None, refusal: Refusal, body: str) -> str:
    """What to record of a response that is no reply: its beginning. Endpoints echo parts of a key that they refuse:
    nothing of a 401 is quoted, and elsewhere what looks like a key is masked."""
    where = "an error" if status is None else f"HTTP {status}"
    if status == _KEY_REFUSED:
        return where
    said = " ".join(body.split())[:_DETAIL_CHARACTERS]
    if refusal.cause in (Cause.KEY, Cause.CREDIT, Cause.DECLINED):
        said = _LIKE_A_KEY.sub("[key]", said)
    return f"{where}: {said}" if said else where


def declined_alone(received: Received) -> Received:
    """A declined attempt of a call beside which others were accepted: it is declined for what it says, and kept."""
    cause = Cause.FILTER if received.http_status in FORBIDDEN_STATUSES else Cause.PROMPT
    return received._replace(outcome=cause.outcome, cause=cause, detail=f"{received.detail}{_ALONE}")


def was_kept_by_mistake(detail: str | None) -> bool:
    """Whether a call that is stored as rejected was declined for a reason that need not lie in its prompt.

    Earlier versions kept every response with status 400, 413 or 422, a wrong key and a missing credit among them.
    """
    told = _TOLD.match(detail or "")
    if told is None or told[0].endswith(_ALONE):
        return False
    return not refusal_of(int(told[1]), told[2]).cause.is_of_one_prompt


_LONGEST_COUNT = 15
"""Digits of a limit: a longer one is no limit."""


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait by the header Retry-After (a number or an HTTP date); None when absent or unreadable."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        seconds = float(value)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def rate_limits(headers: Mapping[str, str]) -> RateLimits:
    """The rate limits in a response's headers: `x-ratelimit-limit-requests`, `-tokens` and the like."""
    requests, tokens = headers.get("x-ratelimit-remaining-requests"), headers.get("x-ratelimit-remaining-tokens")
    if requests is None and tokens is None:
        return NO_RATE_LIMITS
    left = {"requests": requests, "tokens": tokens}
    waits = [duration_s(headers.get(f"x-ratelimit-reset-{kind}") or "") for kind, n in left.items() if n == "0"]
    return RateLimits(
        requests=_positive(headers.get("x-ratelimit-limit-requests")),
        tokens=_positive(headers.get("x-ratelimit-limit-tokens")),
        wait_s=max((wait for wait in waits if wait is not None), default=None),
    )


def _positive(value: str | None) -> int | None:
    if not value or not value.isascii() or not value.isdigit() or len(value) > _LONGEST_COUNT:
        return None
    return int(value) or None
