"""What a persona is: the ways in which one program or provider ends, refuses, limits, counts, thinks and fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from reasonmed_assets.servers.rehearsal.behaviour import digest
from reasonmed_assets.servers.rehearsal.replies import Message

THOUGHT = (
    "The question wants one option. Option A comes to mind first, and at first sight the answer is A. "
    "Each of the others is weighed against the findings before one is chosen."
)
"""What every persona thinks. It names an option that is not meant: a thought that is taken for the answer shows."""
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Tokens:
    """What a generation took: `cached` is a part of `prompt`, `reasoning` one of `completion`."""

    prompt: int
    cached: int
    completion: int
    reasoning: int


@dataclass(frozen=True)
class Response:
    """An HTTP response, and what it cost.

    Attributes:
        ending: `half`: the body breaks off; `reset`: the connection is closed without a response.
        is_generated: the model wrote something for it, which a provider may charge.
        is_counted: it tells the tokens.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    ending: Literal["whole", "half", "reset"] = "whole"
    is_generated: bool = False
    is_counted: bool = False


@dataclass(frozen=True)
class Exchange:
    """A request that a persona answers, and what the model wrote."""

    persona: Persona
    body: Mapping[str, Any]
    message: Message
    tokens: Tokens

    def completion(self, finish: str | None = None, *, content: str | None = None) -> dict[str, Any]:
        """The response of the persona, with another finish reason or content on request."""
        persona, message = self.persona, self.message
        said = persona.writes(THOUGHT if persona.thinks else None, message.content if content is None else content)
        if message.refusal is not None:
            said["refusal"] = message.refusal
        plain = persona.length if message.finish_reason == "length" else persona.stop
        reason = plain if finish is None else finish
        choice = {"index": 0, "message": {"role": "assistant", **said}, "finish_reason": reason}
        response: dict[str, Any] = {
            "id": f"chatcmpl-{digest(orjson.dumps(self.body, option=orjson.OPT_SORT_KEYS)):032x}",
            "object": "chat.completion",
            "created": 0,
            "model": self.body.get("model", ""),
            "simulated": True,
            "choices": [{**choice, **persona.in_choice}],
        }
        usage = persona.counts(self.tokens)
        return response | ({} if usage is None else {"usage": usage}) | dict(persona.in_response)

    @property
    def beginning(self) -> str:
        """The first half of what the model wrote, which ends in the middle of a sentence."""
        content = self.message.content or ""
        return content[: len(content) // 2]

    def reply(self, response: Mapping[str, Any] | None = None, **more: Any) -> Response:
        """A response as HTTP."""
        chosen = self.completion() if response is None else response
        told = {"is_generated": True, "is_counted": bool(chosen.get("usage"))}
        return Response(**{"status": 200, "body": orjson.dumps(chosen), "headers": JSON, **told, **more})


Respond = Callable[[Exchange], Response]


@dataclass(frozen=True)
class Event:
    """Something other than a plain reply that happens to a share of the calls.

    Attributes:
        name: what happens, as the table of tried endpoints says it.
        times: how many requests in a row meet it; None: all with this prompt, since the prompt is the reason.
        ends: how a call ends for which no later request is answered.
        answers: the response holds the whole answer.
    """

    name: str
    respond: Respond
    share: float = 0.04
    times: int | None = 1
    ends: str = "completed"
    answers: bool = False


@dataclass(frozen=True)
class Limit:
    """What is accepted at most: requests a second, and how many at once after a pause."""

    per_second: float
    burst: int
    respond: Respond


@dataclass(frozen=True)
class Outage:
    """Seconds from the first request during which nobody is answered."""

    starts_s: float
    lasts_s: float
    respond: Respond


@dataclass(frozen=True)
class BatchHabits:
    """How a Batch API differs from the plain one.

    Attributes:
        status: of a batch that has ended.
        no_file_id: what an absent file is called.
        has_error_file: lines that failed are in a file of their own.
        first_read: what the first read of a file gets in its place.
    """

    status: str = "completed"
    no_file_id: str | None = None
    has_error_file: bool = False
    first_read: Response | None = None


@dataclass(frozen=True)
class Persona:
    """One program or provider.

    Attributes:
        name: on the command line.
        imitates: the program or provider.
        habits: what is known of it, in a sentence or two.
        sources: where that is said.
        writes: the message for a thought and an answer, either of which may be None.
        counts: the usage; None: it tells none.
        thinks: it is a reasoning model.
        caches: a part of the prompts comes from a cache.
        stop, length: its finish reasons.
        in_response, in_choice: further keys.
        declines: the parameters that it does not take, and what it answers to them.
        provider, model: what a profile declares for it.
        untried: what only the real one can show.
    """

    name: str
    imitates: str
    habits: str
    sources: tuple[str, ...]
    writes: Callable[[str | None, str | None], dict[str, Any]]
    counts: Callable[[Tokens], dict[str, Any] | None]
    events: tuple[Event, ...]
    thinks: bool = False
    caches: bool = False
    stop: str = "stop"
    length: str = "length"
    in_response: Mapping[str, Any] = field(default_factory=dict)
    in_choice: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    limit: Limit | None = None
    outage: Outage | None = None
    declines: Mapping[str, Respond] = field(default_factory=dict)
    batch: BatchHabits = BatchHabits()
    provider: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    untried: str = ""
