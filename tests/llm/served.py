"""A persona of the simulated endpoint in a thread, and calls whose right answers are known."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from small import profile

from reasonmed_assets.assets.asking import _call
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call
from reasonmed_assets.roles import ROLES
from reasonmed_assets.servers.personas import Acting, Entry, Persona
from reasonmed_assets.servers.rehearsal.asked import read_prompt
from reasonmed_assets.servers.rehearsal.replies import Message
from reasonmed_assets.servers.simulated import Endpoint, NetworkConditions

OPTIONS = ("Aspirin", "Heparin", "Warfarin", "Alteplase")
PRICES = {"input": 3.0, "cached_input": 0.5, "output": 12.0}
"""US dollars per million tokens."""
SEED = 7
QUICK_BATCHES = {"gather_s": 0.05, "poll_first_s": 0.02, "poll_longest_s": 0.05, "find_s": 0.1}
ROLE_SECTIONS = ("verifier", "ranker", "refiner", "regenerator", "summariser", "evaluator")


@dataclass(frozen=True)
class Meant:
    """What the model means by its reply to one question."""

    role: str
    letter: str
    verdict: str

    @classmethod
    def of(cls, number: int) -> Meant:
        """Every third call asks for a verdict; the letter is never A, which all thoughts and broken texts name."""
        role = "verifier" if number % 3 == 0 else "generator"
        return cls(role, "BCD"[number % 7 % 3], ("correct", "error")[number % 2])


class Writer:
    """Replaces the model: writes what `Meant` says, at a length that differs by question."""

    def reply(self, body: Mapping[str, Any]) -> Message:
        """The reply to a call of `calls`."""
        asked = read_prompt(body["messages"])
        number = int(asked.question.split()[1].rstrip(":"))
        meant = Meant.of(number)
        filler = "The findings of the patient are weighed one by one. " * (4 + number % 9)
        text = OPTIONS["ABCD".index(meant.letter)]
        content = f"At first sight the answer is A. {filler}\n\n{filler}\n\nFinal answer: {meant.letter}. {text}"
        if asked.role == "verifier":
            content = f'{{"verdict": "{meant.verdict.capitalize()}", "reason": "{filler.strip()} So it is."}}'
        prompt = sum(len(message["content"]) for message in body["messages"]) // 4
        return Message(content, None, None, "stop", prompt, len(content) // 4)


def calls(made_by: Profile, n: int) -> Iterator[Call]:
    """Calls to generator and verifier, as a build makes them."""
    for number in range(n):
        row = {
            "row_id": str(number),
            "question_id": f"q{number}",
            "generator": "g",
            "sample": 1,
            "seed": number,
            "question": f"Case {number}: which of these is given first?",
            "context": None,
            "options": list(OPTIONS),
            "gold_letter": "B",
            "gold_text": "Heparin",
            "path_text": "The clot is fresh.\n\nFinal answer: B. Heparin",
        }
        yield _call(made_by, ROLES[Meant.of(number).role], row)


def profile_for(persona: Persona, **provider: Any) -> Profile:
    """One provider and one model, declared as the persona wants it."""
    declared = profile(**{"kind": "simulated", "batch": QUICK_BATCHES, **persona.provider, **provider}).model_dump(
        exclude_unset=True
    )
    small = declared["models"]["small"]
    for price in ("prompt_usd_per_million", "completion_usd_per_million"):
        small.pop(price)
    declared["models"]["small"] = small | {"prices": PRICES} | dict(persona.model)
    return Profile.model_validate(declared)


class Served:
    """The endpoint over HTTP, in a thread of this process, on 127.0.0.1.

    Attributes:
        book: what it generated, as it knows.
    """

    def __init__(self, persona: Persona, seed: int = SEED) -> None:
        writer: Any = Writer()
        self._acting = Acting(persona, writer, seed)
        self._endpoint = Endpoint(writer, NetworkConditions(delay_ms=0), self._acting)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._port = 0

    @property
    def book(self) -> list[Entry]:
        return self._acting.book

    @property
    def base_url(self) -> str:
        """Where it is served; for Azure the resource."""
        version = "" if "azure_api_version" in self._acting.persona.provider else "/v1"
        return f"http://127.0.0.1:{self._port}{version}"

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        server = web.Server(self._endpoint.handle, access_log=None)
        self._loop, self._left = asyncio.get_running_loop(), asyncio.Event()
        listening = await self._loop.create_server(server, "127.0.0.1", 0, backlog=4096)
        self._port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        await self._left.wait()
        listening.close()
        await server.shutdown(0)
