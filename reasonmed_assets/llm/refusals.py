"""Why an endpoint did not answer: one reading of statuses, of errors inside a response with status 200, of batch lines.

A status alone says little: a wrong key, an empty account, a filter and a prompt that is too long all come as 400, and
gateways hand on an error under a status of their own. So the words of the error decide first, in whatever shape it
comes, and the status where they say nothing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from reasonmed_assets.vocabulary import Outcome


class Cause(StrEnum):
    """Why there is no reply. The first two concern one prompt, the next four every call to a model."""

    PROMPT = "prompt"
    FILTER = "filter"
    KEY = "key"
    CREDIT = "credit"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    DECLINED = "declined"
    LIMIT = "limit"
    OVERLOAD = "overload"
    OUTAGE = "outage"
    TIMEOUT = "timeout"
    FAILURE = "failure"

    @property
    def outcome(self) -> Outcome:
        """How an attempt ended that met this cause."""
        return _OUTCOMES.get(self, Outcome.TRANSPORT_ERROR)

    @property
    def is_of_one_prompt(self) -> bool:
        """It lies in this prompt: other calls are not affected, and this one is declined whenever it is made."""
        return self in (Cause.PROMPT, Cause.FILTER)


_OUTCOMES = {
    Cause.PROMPT: Outcome.REJECTED,
    Cause.FILTER: Outcome.FILTERED,
    Cause.KEY: Outcome.UNAUTHORISED,
    Cause.CREDIT: Outcome.UNAUTHORISED,
    Cause.DECLINED: Outcome.DECLINED,
    Cause.TIMEOUT: Outcome.TIMED_OUT,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an endpoint said instead of a reply.

    Attributes:
        cause: why.
        said: its words, in one line; empty where it gave none.
        wait_s: seconds after which the words say to try again.
    """

    cause: Cause
    said: str = ""
    wait_s: float | None = None


_SAID_CHARACTERS = 500
_READ_CHARACTERS = 4_000
_DEEPEST = 8
_DAY_WAIT_S = 600.0
"""A daily limit that ends sooner is waited for like any other; any other one stops the build."""

_CODE_FIELDS = frozenset(
    {"code", "type", "status", "reason", "kind", "name", "quotaid", "exception"}
    | {"error_code", "errorcode", "error_type", "innererror"}
)
_WORD_FIELDS = frozenset(
    {"message", "msg", "detail", "error", "description", "title", "raw", "text", "cause", "faultstring"}
    | {"error_description", "error_message", "error_msg"}
)
_WAIT_FIELDS = frozenset(
    {"retrydelay", "retry_delay", "retryafter", "retry_after", "retry_after_seconds", "retry-after"}
)
_QUOTING_FIELDS = frozenset(
    {"input", "ctx", "flagged_input", "url", "request", "body", "prompt", "messages", "choices", "usage"}
)
"""What repeats the request, in whose words nothing is to be looked for."""

_ACCOUNT = (
    r"insufficient[_ ](quota|balance|credits?|funds)|credit balance|billing|payment (is )?required|no payment"
    r"|(more|enough|any|available|out of|add|purchase|remaining) credits|credits? (limit|exhausted|depleted|expired)"
    r"|exceeded[_ ](your )?current[_ ]quota|budget_exceeded|(over|exceeded\w*|max\w*) budget|budget has been exceeded"
    r"|(spend\w*|usage) limit|free.?tier.{0,40}exhausted|freetieronly|arrearage|overdue|good standing|prepaid|top up"
    r"|balance is (insufficient|too low|exhausted)|monthly included credits|non-?payment|no remaining quota"
    r"|key limit exceeded|余额不足|欠费"
)
_RULES: tuple[tuple[Cause, str], ...] = (
    (
        Cause.FILTER,
        r"content[_ -]?(filter|polic|moderation|violat|management|safety)|responsible_?ai|moderation|flagged"
        r"|prohibited[_ ]content|usage (polic|guideline)|safety[_ ](check|system|filter|setting|polic|reason)|unsafe"
        r"|(for|by|our) safety|data_?inspection|inappropriate|content exists risk|sensitive[_ ](content|info|word)"
        r"|guardrail|policy[_ ]violation|violat\w+ .{0,40}polic|jailbreak|blocklist|block_?reason|invalid_prompt"
        r"|considered (sensitive|high risk|harmful)|blocked (due to|because of|for|by) (safety|recitation)|敏感",
    ),
    (Cause.CREDIT, _ACCOUNT + r"|quota[_ ](is )?(exhausted|exceeded|used up)"),
    (
        Cause.KEY,
        r"(api|access|auth\w*)[ _-]?(key|token).{0,40}(not valid|invalid|incorrect|expired|missing|required|not found"
        r"|revoked|disabled|blocked|leaked|suspended|malformed)"
        r"|(invalid|incorrect|wrong|expired|missing|no|unknown|revoked|bad).{0,15}(api|x-api|access)[ _-]?(key|token)"
        r"|api_key_invalid|authentication_?error|unauthenticated|unauthorized|(no|invalid|missing) auth"
        r"|authentication (failed|required|fails)|permission_?(denied|error)|user not found"
        r"|(account|organi[sz]ation).{0,40}(deactivated|disabled|suspended|deleted|flagged|not active|restricted)"
        r"|unsupported_country|region.{0,20}not supported|not (allowed|authori[sz]ed) to (access|use|perform|invoke)"
        r"|(do not|don['\u2019]t|does not|doesn['\u2019]t) have .{0,20}(access|permission)"
        r"|(without|no|insufficient|lacks?) (the )?(access|permission)"
        r"|\baccess[_ ]?(is )?denied|(not|insufficient) .{0,20}\bscopes?\b|authentication scopes|subscription key"
        r"|(not|isn['\u2019]t) (in|on) the (allow|authori[sz]ed)|not allowed to sample|must be a member of"
        r"|has not been used in project|security token.{0,40}(invalid|expired)",
    ),
    (
        Cause.PROMPT,
        r"context[_ ]?(length|window|size)|context (is )?(too long|overflow)|maximum (context|input|prompt)"
        r"|(prompt|input|message|messages|request|content)s? (is |are |was )?too[_ ](long|large|big)|payload too large"
        r"|(prompt|input|entity|request size) exceed|entity too large|string_above_max_length|too many (input )?tokens"
        r"|input tokens? (count )?.{0,30}exceed|(reduce|shorten) .{0,20}(prompt|length|input|messages)"
        r"|(in|with) your (prompt|messages?|input)\b|inputs?`? tokens? \+|inputs?`? must have (less|fewer|at most)"
        r"|(input|prompt)[_ ](length|tokens?) (\d+ )?(should|must|exceed|limit)|max(imum)?[_ ]tokens? (limit )?exceeded"
        r"|longer than the max\w* (model )?length|(model|message)s? tokens? limit|max message tokens|string too long"
        r"|expected max_?length|too many (total )?(text )?(bytes|characters)",
    ),
    (
        Cause.LIMIT,
        r"rate[_ -]?limit|too[_ ]many[_ ]requests|resource[_ ]?exhausted|throttl|\b(tpm|rpm|rpd|tpd)\b"
        r"|(requests|tokens) per (second|minute|hour|day)|concurrency|request limit|limit[_ ]reached|slow down",
    ),
    (
        Cause.OVERLOAD,
        r"overload|loading|warming|model is (starting|not ready)|not ready|temporarily|unavailable|capacity|busy"
        r"|try again later|no healthy upstream|queue (is )?full"
        r"|no (available|healthy) (server|worker|deployment|instance)",
    ),
    (
        Cause.OUTAGE,
        r"connect\w* ?(error|timeout|refused|reset|aborted|failed|failure)|econn|all attempts failed|upstream"
        r"|(cannot|could not|failed to|unable to) (connect|reach)|bad gateway|max retries exceeded|broken pipe"
        r"|(remote|server) (end )?disconnect|name or service not known|name resolution|no route to host|unreachable",
    ),
    (Cause.TIMEOUT, r"timed? ?out|timeout|deadline"),
    (
        Cause.DECLINED,
        r"invalid_request|unsupported[_ ](parameter|value)|unrecogni[sz]ed|unknown (parameter|field|argument)"
        r"|extra (inputs|fields|_forbid)|invalid model|not a valid model|model_not_found|not support|unsupportedparams",
    ),
)
_PATTERNS = {cause: re.compile(words) for cause, words in _RULES}
_OF_ACCOUNT = re.compile(_ACCOUNT)
_OVERLOADED = re.compile(
    r"\b(model|server|service|system|engine|endpoint|deployment|cluster|backend|workers|we)('s| is| are|) "
    r"((currently|temporarily|now|still|too|at the moment) )*"
    r"(overloaded|at (full |max\w* )?capacity|busy|loading|warming up)|temporarily (unavailable|overloaded)"
)
"""An overload in words that mean nothing else, whatever the status."""
_PASSING = frozenset({Cause.OVERLOAD, Cause.OUTAGE, Cause.TIMEOUT})
_LASTING = frozenset({Cause.FILTER, Cause.CREDIT, Cause.KEY, Cause.PROMPT, Cause.DECLINED})

_STATUSES = {
    400: Cause.DECLINED,
    401: Cause.KEY,
    402: Cause.CREDIT,
    404: Cause.NOT_FOUND,
    405: Cause.NOT_FOUND,
    408: Cause.TIMEOUT,
    409: Cause.FAILURE,
    410: Cause.NOT_FOUND,
    413: Cause.PROMPT,
    424: Cause.FAILURE,
    425: Cause.OVERLOAD,
    429: Cause.LIMIT,
    498: Cause.OVERLOAD,
    499: Cause.TIMEOUT,
    502: Cause.OUTAGE,
    503: Cause.OVERLOAD,
    504: Cause.TIMEOUT,
    529: Cause.OVERLOAD,
}

_SETTLED_BY_STATUS = frozenset({404, 405, 410, 499})
_BLAMES_NOBODY = frozenset({409, 424, 425, 498})
"""Statuses of the client's kind that gateways use for failures behind them."""

_DAILY = re.compile(r"per.?day|\b[rt]pd\b|daily|per.?month|monthly|per.?week|weekly")
_FREE_DAILY = re.compile(r"free.{0,20}per.?day|perday.{0,40}free|daily.{0,20}free|free.{0,20}daily")
_TOO_MUCH_FOR_A_MINUTE = re.compile(r"request too large for|(reduce|shorten).{0,30}(message|prompt|length|input)")
_BOUNDS_OF_REPLY = (
    re.compile(r"max_(?:completion_|output_|new_)?tokens\b.{0,60}?too large: (?P<asked>\d+).*?length is (?P<most>\d+)"),
    re.compile(r"must be <= (?P<most>\d+)\. given: .{0,60}? and (?P<asked>\d+) `max_new_tokens"),
)
_HANDED_ON = re.compile(r"(error|exception)\b.{0,40}(error code|exception|status)|litellm\.|\b40[0-3]\b")
_UNIT = r"(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])"
_WAIT = re.compile(r"\b(?:try|retry|wait|available|reset\w*)\b[^.\d]{0,40}(?=\d)")
_DURATIONS = re.compile(rf"(?:\d+(?:\.\d+)?\s*{_UNIT}[\s,]*(?:and\s+)?)+")
_DURATION = re.compile(rf"(\d+(?:\.\d+)?)\s*{_UNIT}")
_UNIT_S = {"ms": 0.001, "mi": 60.0, "m": 60.0, "s": 1.0, "h": 3600.0, "d": 86400.0}
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(slots=True)
class _Words:
    """The words of an error, by what they are."""

    codes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    wait_s: float | None = None


def refusal_of(status: int | None, body: Any) -> Refusal:
    """What an endpoint said instead of a reply.

    Args:
        status: of the response; None or 200 where only the error itself is known, as one inside a reply.
        body: the response, as bytes or text, or what JSON made of it: an object, or an error in it.
    """
    words = _Words()
    _read(words, _parsed(body), 0)
    said = " ".join(" ".join(dict.fromkeys([*words.codes, *words.texts])).split())
    lowered = said.lower()[:_READ_CHARACTERS]
    wait_s = words.wait_s if words.wait_s is not None else wait_in(lowered)
    status = _effective(status, words.statuses)
    cause = _cause(status, lowered, wait_s)
    return Refusal(cause, said[:_SAID_CHARACTERS], wait_s)


def wait_in(text: str) -> float | None:
    """Seconds to wait by words such as "try again in 6m0.5s" or "retry after 20 seconds"; None where there are none."""
    text = text.lower()
    for found in _WAIT.finditer(text):
        told = _DURATIONS.match(text, found.end())
        if told is not None:
            return duration_s(told[0])
    return None


def duration_s(text: str) -> float | None:
    """Seconds in "37s", "250ms", "6m0s" or "1 minute and 5 seconds"; None where it is no duration."""
    parts = _DURATION.findall(text)
    if not parts:
        return None
    seconds = sum(float(number) * _UNIT_S.get(unit[:2], _UNIT_S[unit[0]]) for number, unit in parts)
    return seconds if math.isfinite(seconds) else None


def _cause(status: int | None, words: str, wait_s: float | None) -> Cause:
    if status is not None and 300 <= status < 400:
        return Cause.MOVED
    if status in _SETTLED_BY_STATUS:
        return _STATUSES[status]
    if status == 401:
        return Cause.CREDIT if _OF_ACCOUNT.search(words) else Cause.KEY
    if status == 429 or "resource_exhausted" in words:
        return _limit(words, wait_s)
    passed_over = _passed_over(status, words)
    for cause, pattern in _PATTERNS.items():
        if cause not in passed_over and pattern.search(words) and not _is_another(cause, words):
            return cause
    if status in _STATUSES:
        return _STATUSES[status]
    if status is None:
        return Cause.FAILURE
    if status < 500:
        return Cause.DECLINED
    return Cause.OUTAGE if 520 <= status <= 530 else Cause.FAILURE


def _passed_over(status: int | None, words: str) -> frozenset[Cause]:
    """The causes that a status rules out, whatever words appear beside it."""
    if status is None:
        return frozenset()
    if status >= 500:
        # A server that fails blames the call only where it hands on another one's error, and 500 a prompt that is too
        # long. As a `server_error`, llama.cpp says so to the calls in all slots when one of them fills the context.
        may_be_prompt = status == 500 and "server_error" not in words
        return frozenset() if _HANDED_ON.search(words) else _LASTING - ({Cause.PROMPT} if may_be_prompt else set())
    if status in _BLAMES_NOBODY:
        return frozenset()
    return _PASSING - ({Cause.OVERLOAD} if _OVERLOADED.search(words) else set())


def _limit(words: str, wait_s: float | None) -> Cause:
    """A limit of a minute passes; one of the account, or of a day that is long, does not; one may be this prompt's."""
    if _TOO_MUCH_FOR_A_MINUTE.search(words):
        return Cause.PROMPT
    if "insufficient_quota" in words or _FREE_DAILY.search(words):
        return Cause.CREDIT
    if (wait_s is not None and wait_s <= _DAY_WAIT_S) or re.search(r"per.?min", words):
        return Cause.LIMIT
    return Cause.CREDIT if _OF_ACCOUNT.search(words) or _DAILY.search(words) else Cause.LIMIT


def _is_another(cause: Cause, words: str) -> bool:
    """What looks like a cause and is another one."""
    if cause == Cause.FILTER:
        return re.search(r"\b(account|organi[sz]ation|billing)\b", words) is not None and "content" not in words
    bounds = (pattern.search(words) for pattern in _BOUNDS_OF_REPLY if cause == Cause.PROMPT)
    return any(bound is not None and int(bound["asked"]) >= int(bound["most"]) for bound in bounds)


def _effective(status: int | None, inner: list[int]) -> int | None:
    """The status that the error itself names, where the response's says nothing or is a gateway's."""
    if inner and (status is None or status < 300 or status in (400, 500, 502)):
        return inner[0]
    return status if status is None or status >= 300 else None


def _parsed(body: Any) -> Any:
    if isinstance(body, bytes | bytearray):
        body = bytes(body).decode(errors="replace")
    if not isinstance(body, str):
        return body
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _TAGS.sub(" ", body[: 4 * _READ_CHARACTERS])


def _read(words: _Words, value: Any, depth: int) -> None:
    """Gather the words of an error in whatever shape it comes: an object, a list, a text, one within another."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        inner = _inner_json(value)
        if inner is not None:
            _read(words, inner, depth + 1)
        elif value.strip():
            words.texts.append(value)
    elif isinstance(value, list):
        for one in value[:20]:
            _read(words, one, depth + 1)
    elif isinstance(value, dict):
        for key, one in list(value.items())[:50]:
            _read_field(words, str(key).lower(), one, depth)


def _read_field(words: _Words, name: str, value: Any, depth: int) -> None:
    if name in _QUOTING_FIELDS:
        return
    if name in _WAIT_FIELDS:
        wait_s = _wait_field(value)
        words.wait_s = wait_s if wait_s is not None else words.wait_s
    elif name in _CODE_FIELDS and isinstance(value, str | int) and not isinstance(value, bool):
        if str(value).isascii() and str(value).isdigit() and 400 <= int(value) < 600:
            words.statuses.append(int(value))
        words.codes.append(str(value))
    elif name in _WORD_FIELDS or isinstance(value, dict | list):
        _read(words, value, depth + 1)


def _wait_field(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("seconds")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    except ValueError:
        return duration_s(str(value))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _inner_json(text: str) -> Any:
    """The error that a gateway wraps as a text into its own."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
