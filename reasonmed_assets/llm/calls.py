"""What a step hands to the call engine, and what it gets back. How calls are made is in `engine/`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson

from reasonmed_assets.vocabulary import ERROR_KINDS, Outcome

SEED_STEP = 1_000_003
"""Distance between the seeds of a call and of its retries: larger than any difference between declared seeds."""

_QUOTED_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Call:
    """One model call that a row needs.

    Attributes:
        row_id: id of the row that the reply is for; comes back in the result.
        group: question id; calls of a question come together, so that an endpoint can reuse the shared prefix.
        role: model role (see `profiles.model.ROLES`).
        provider: name in the profile's providers.
        model: name in the profile's models.
        body: the whole chat-completions body as it is sent (model, messages, sampling, seed, response_format).
        sample: index among calls with one body.
        fields: the input row; handed to the parser and back with the result.
        headers: what of the request's headers changes the reply, by name in lower case.
    """

    row_id: str
    group: str
    role: str
    provider: str
    model: str
    body: dict[str, Any]
    sample: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Reply(NamedTuple):
    """One reply of a model. Token counts (see `replies/usage.py`) are None where the endpoint does not tell them.

    Attributes:
        finish_reason: the provider's word that decides how the reply ended; None where it gives none.
        tool_arguments: the arguments of the tools that it calls, one JSON object a line.
        unreadable: why its content cannot be read; None where it can, or is null.
    """

    content: str | None
    reasoning: str | None = None
    refusal: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    served_model: str | None = None
    system_fingerprint: str | None = None
    is_simulated: bool = False
    tool_arguments: str | None = None
    unreadable: str | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


@dataclass(slots=True)
class Bill:
    """What attempts cost.

    Attributes:
        usd: US dollars of those whose cost is known.
        n_unknown: attempts of unknown cost: the endpoint did not tell what they used, or the model has no price.
        unknown_usd: what was set aside for these, as far as the model has a price.
    """

    usd: float = 0.0
    n_unknown: int = 0
    unknown_usd: float = 0.0

    def add_attempt(self, usd: float | None, reserved_usd: float) -> None:
        """Add an attempt: its cost, or what was set aside for it where that is not known."""
        if usd is None:
            self.n_unknown += 1
            self.unknown_usd += reserved_usd
        else:
            self.usd += usd

    def add(self, other: Bill) -> None:
        """Add what other attempts cost."""
        self.usd += other.usd
        self.n_unknown += other.n_unknown
        self.unknown_usd += other.unknown_usd


class Unusable(Exception):  # noqa: N818 - an outcome of a reply, which only becomes an error when retries are used up
    """A reply that arrived and is unusable; a parser raises it.

    Attributes:
        outcome: one of `vocabulary.ERROR_KINDS`.
        detail: what is wrong with the reply; for a malformed one it is quoted to the model.
        value: what could be parsed nevertheless, or None.
    """

    def __init__(self, outcome: str, detail: str, value: Any = None) -> None:
        if outcome not in ERROR_KINDS:
            raise ValueError(f"an unusable reply is one of {', '.join(ERROR_KINDS)}, not {outcome!r}")
        super().__init__(f"{outcome}: {detail}")
        self.outcome = Outcome(outcome)
        self.detail = detail
        self.value = value


Parse = Callable[[Reply, Mapping[str, Any]], Any]
"""Makes a value of a reply and the row's fields; raises `Unusable`. Pure: a stored reply is parsed again on reuse."""


class Result(NamedTuple):
    """How the calls for one row ended.

    Attributes:
        row_id: as in the call.
        outcome: `completed` means that `value` is what the parser made.
        detail: what went wrong, in words; None when completed.
        value: the parsed value; of an unusable reply what its parser could save, else None.
        reply: the last reply, or None when there was none.
        call_keys: ledger keys of all calls of this row, the one that was used last.
        attempts: attempts over all these calls, those of earlier builds included.
        is_cached: True when no request was sent for this row in this run.
        fields: as in the call.
    """

    row_id: str
    outcome: Outcome
    detail: str | None
    value: Any
    reply: Reply | None
    call_keys: list[str]
    attempts: int
    is_cached: bool
    fields: Mapping[str, Any]


def call_key(
    provider: str,
    model_name: str,
    revision: str,
    body: Mapping[str, Any],
    sample: int,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Ledger key of a call: 32 hex digits.

    The same declared provider, model, revision, body (in any order of its keys), sample and headers of the call give
    the same key. Neither the endpoint's address nor the data set is part of it.

    Raises:
        TypeError: the body is not plain JSON.
    """
    identity = [provider, model_name, revision, sample, body, *([headers] if headers else [])]
    try:
        canonical = orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise TypeError(f"the body of a call to {model_name} is not plain JSON: {error}") from error
    return hashlib.sha256(canonical).hexdigest()[:32]


def retry_of(call: Call, k: int, unusable: Unusable, reply: Reply | None) -> Call:
    """The k-th new call (from 1) for a row, after `reply` to an earlier one was `unusable`.

    It asks with another seed; where the body has none, with another sample index, so that its key is new in any case.
    After a malformed reply that could be read the model also sees it and what was wrong with it. `call` is the row's
    first call.
    """
    body = dict(call.body)
    sample = call.sample
    if body.get("seed") is None:
        sample += SEED_STEP * k
    else:
        body["seed"] += SEED_STEP * k
    said = ((reply.content or reply.tool_arguments) if reply else None) or ""
    if unusable.outcome == Outcome.MALFORMED and said:
        body["messages"] = [*body["messages"], *_repair_messages(unusable, said)]
    return replace(call, body=body, sample=sample)


def _repair_messages(unusable: Unusable, said: str) -> list[dict[str, str]]:
    request = (
        f"That reply cannot be used: {unusable.detail}. Answer the request above again, "
        "in exactly the form that it asks for, with nothing before or after it."
    )
    return [
        {"role": "assistant", "content": said[:_QUOTED_CHARACTERS]},
        {"role": "user", "content": request},
    ]
