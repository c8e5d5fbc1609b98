"""A persona at work: what it answers to each request, and its own book of what it generated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from reasonmed_assets.servers.personas.persona import Event, Exchange, Persona, Response, Tokens
from reasonmed_assets.servers.rehearsal.behaviour import digest, share_of
from reasonmed_assets.servers.rehearsal.replies import Message

_FEWEST_THOUGHTS = 40
_MORE_THOUGHTS = 200
"""Tokens of a thought."""


class Writer(Protocol):
    """The substitute for the model."""

    def reply(self, body: Mapping[str, Any]) -> Message:
        """The message for a request; equal bodies get equal ones."""


@dataclass(frozen=True)
class Entry:
    """A request and what became of it.

    Attributes:
        prompt: the first message of the user.
        event: its name; None for a plain reply.
        tokens: what was generated; None where nothing was.
        is_counted: the response told them.
        answers: the response held the whole answer.
        ends: how the call ends if this was its last request.
    """

    prompt: str
    event: str | None
    status: int
    tokens: Tokens | None
    is_counted: bool
    answers: bool
    ends: str


class Acting:
    """Answers as a persona does.

    What happens to a call follows from the seed and its body, and for how long from the number of its requests; a limit
    and an outage follow the clock.

    Args:
        persona: whom to imitate.
        writer: writes the messages.
        seed: another seed has other calls meet its events.

    Attributes:
        book: every request that reached it, in order.
    """

    def __init__(self, persona: Persona, writer: Writer, seed: int) -> None:
        self.persona = persona
        self.book: list[Entry] = []
        self._writer = writer
        self._seed = str(seed)
        self._met: Counter[bytes] = Counter()
        self._began_at: float | None = None
        self._left = float(persona.limit.burst) if persona.limit else 0.0
        self._refilled_at = 0.0

    def respond(self, body: Mapping[str, Any], now: float) -> Response:
        """The response to a request at `now` seconds."""
        exchange = self._exchange(body)
        prompt = next((str(m.get("content")) for m in body["messages"] if m["role"] == "user"), "")
        event, response = self._happening(exchange, prompt, now)
        answers = event is None or event.answers
        self.book.append(
            Entry(
                prompt,
                event.name if event else None,
                response.status,
                exchange.tokens if response.is_generated else None,
                response.is_counted,
                answers,
                event.ends if event else "completed",
            )
        )
        return replace(response, headers={**self.persona.headers, **response.headers})

    def _exchange(self, body: Mapping[str, Any]) -> Exchange:
        persona, message = self.persona, self._writer.reply(body)
        drawn = digest(self._seed, "tokens", orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        thoughts = _FEWEST_THOUGHTS + drawn % _MORE_THOUGHTS if persona.thinks else 0
        cached = message.prompt_tokens * 3 // 4 if persona.caches and drawn % 3 == 0 else 0
        tokens = Tokens(message.prompt_tokens, cached, message.completion_tokens + thoughts, thoughts)
        return Exchange(persona, body, message, tokens)

    def _happening(self, exchange: Exchange, prompt: str, now: float) -> tuple[Event | None, Response]:
        persona, body = self.persona, exchange.body
        for parameter, respond in persona.declines.items():
            if parameter in body:
                return Event(f"parameter {parameter} declined", respond, ends="rejected"), respond(exchange)
        if found := self._unavailable(now):
            return found, found.respond(exchange)
        event = self._event(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), prompt)
        return event, event.respond(exchange) if event else exchange.reply()

    def _unavailable(self, now: float) -> Event | None:
        limit, outage = self.persona.limit, self.persona.outage
        if self._began_at is None:
            self._began_at = self._refilled_at = now
        if outage and outage.starts_s <= now - self._began_at < outage.starts_s + outage.lasts_s:
            return Event("outage", outage.respond)
        if limit:
            self._left = min(limit.burst, self._left + (now - self._refilled_at) * limit.per_second)
            self._refilled_at = now
            if self._left < 1:
                return Event("limit", limit.respond)
            self._left -= 1
        return None

    def _event(self, canonical: bytes, prompt: str) -> Event | None:
        """At most one event for a prompt, and one for a call."""
        events = self.persona.events
        if found := self._drawn([event for event in events if event.times is None], "prompt", prompt.encode()):
            return found
        found = self._drawn([event for event in events if event.times is not None], "call", canonical)
        if found is None or found.times is None or self._met[canonical] >= found.times:
            return None
        self._met[canonical] += 1
        return found

    def _drawn(self, events: list[Event], what: str, identity: bytes) -> Event | None:
        drawn = share_of(digest(self._seed, what, identity))
        for event in events:
            if drawn < event.share:
                return event
            drawn -= event.share
        return None
