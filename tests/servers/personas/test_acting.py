"""Personas: their declarations, and what each answers and writes into its book."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from reasonmed_assets.servers import LocalServer
from reasonmed_assets.servers.personas import PERSONAS, Acting, Persona
from reasonmed_assets.servers.rehearsal.replies import Message
from reasonmed_assets.servers.simulated import main
from reasonmed_assets.vocabulary import OUTCOMES

SENTENCE = "The findings are weighed one by one, and at first sight the answer is A. "


class Writer:
    def reply(self, body: Mapping[str, Any]) -> Message:
        return Message(SENTENCE * 5 + "\n\nFinal answer: B. Heparin", None, None, "stop", 400, 90)


def body(number: int) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": f"Case {number}"}], "max_completion_tokens": 200}


def asked(persona: Persona, n: int, tries: int = 1) -> Acting:
    """A persona after `n` calls of `tries` requests each, long after any outage and as slowly as its limit wants."""
    acting = Acting(persona, Writer(), 3)
    acting.respond(body(-1), 0.0)
    acting.book.clear()
    for number in range(n):
        for nth in range(tries):
            acting.respond(body(number), 100.0 + number * tries + nth)
    return acting


def test_there_are_enough_personas_each_with_ways_of_its_own() -> None:
    assert len(PERSONAS) >= 25
    assert len({persona.imitates for persona in PERSONAS.values()}) == len(PERSONAS)
    assert len({event.name for persona in PERSONAS.values() for event in persona.events}) >= 60
    for persona in PERSONAS.values():
        assert persona.habits and all(source.startswith("https://") for source in persona.sources), persona.name
        assert sum(event.share for event in persona.events) < 0.5, persona.name


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
def test_every_event_happens_to_about_its_share_of_the_calls(persona: Persona) -> None:
    seen = Counter(entry.event for entry in asked(persona, 1_500).book)
    for event in persona.events:
        assert 0.4 < seen.pop(event.name) / (1_500 * event.share) < 1.6, event.name
    assert set(seen) == {None}


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
def test_a_call_is_answered_once_its_event_has_passed_unless_the_prompt_is_the_reason(persona: Persona) -> None:
    most = max((event.times or 0 for event in persona.events), default=0)
    book = asked(persona, 300, tries=most + 1).book
    for last in book[most :: most + 1]:
        declared = next((event for event in persona.events if event.name == last.event), None)
        assert declared is None or declared.times is None, last


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
def test_the_same_calls_meet_the_same_events_in_any_order(persona: Persona) -> None:
    there = asked(persona, 200)
    back = Acting(persona, Writer(), 3)
    back.respond(body(-1), 0.0)
    back.book.clear()
    for number in reversed(range(200)):
        back.respond(body(number), 100.0 + 200 - number)
    assert sorted(there.book, key=str) == sorted(back.book, key=str)


def test_the_book_and_the_response_tell_the_same_tokens() -> None:
    acting = Acting(PERSONAS["xai"], Writer(), 3)
    for number in range(50):
        response = acting.respond(body(number), float(number))
        entry = acting.book[-1]
        if not entry.is_counted:
            continue
        usage = json.loads(response.body)["usage"]
        assert entry.tokens is not None
        assert usage["total_tokens"] == entry.tokens.prompt + entry.tokens.completion
        assert usage["completion_tokens"] == entry.tokens.completion - entry.tokens.reasoning
        assert usage["prompt_tokens_details"]["cached_tokens"] == entry.tokens.cached


def test_how_calls_end_is_named_as_the_vocabulary_does() -> None:
    assert {event.ends for persona in PERSONAS.values() for event in persona.events} <= {*OUTCOMES, "filtered"}


def test_an_outage_and_a_limit_pass_with_time() -> None:
    loading = Acting(PERSONAS["llama.cpp"], Writer(), 3)
    assert [loading.respond(body(0), at).status for at in (0.0, 0.1, 0.3)] == [503, 503, 200]
    limited = Acting(PERSONAS["openai"], Writer(), 3)
    statuses = Counter(limited.respond(body(number), 0.0).status for number in range(100))
    assert statuses[429] == 60
    assert limited.respond(body(101), 1.0).status != 429


def test_a_persona_is_served_by_the_command() -> None:
    command = [sys.executable, "-m", "reasonmed_assets.servers.simulated", "--exit-with-parent", "--delay-ms", "0"]
    with LocalServer([*command, "--persona", "mistral"], "simulated") as server:
        url = f"{server.base_url}/chat/completions"
        told: list[Any] = []
        for asked_for in (body(2), {**body(2), "seed": 1}):
            request = urllib.request.Request(url, json.dumps(asked_for).encode(), {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request) as response:
                    told.append((response.status, response.headers["X-Simulated"], json.load(response)))
            except urllib.error.HTTPError as error:
                with error:
                    told.append((error.code, error.headers["X-Simulated"], json.load(error)))
    (status, mark, reply), (declined, also, problem) = told
    assert (status, mark, declined, also) == (200, "true", 422, "true")
    assert [part["type"] for part in reply["choices"][0]["message"]["content"]] == ["thinking", "text"]
    assert problem["message"]["detail"][0]["loc"] == ["body", "seed"]


def test_the_command_lists_them_and_knows_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--persona", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(PERSONAS)
    with pytest.raises(SystemExit):
        main(["--persona", "nobody"])
    assert "--persona nobody: there are vllm, " in capsys.readouterr().err
