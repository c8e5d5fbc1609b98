"""One client in a process of its own: python benchmarks/clients.py KIND URL N IN_FLIGHT FOLDER.

KIND is `engine` (with its ledger in FOLDER), `aiohttp` (a bare loop, what Python's usual client can do at best),
`pyreqwest` (a bare loop with the HTTP client and the event loop of the engine) or `openai` (AsyncOpenAI). All send the
same N requests. Prints one line of JSON: seconds, processor seconds, peak memory.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call, Reply, Unusable
from reasonmed_assets.llm.prompts.rendering import render

STEM = (
    "A 45-year-old man comes to the emergency department with chest pain and dyspnoea that began two hours after a "
    "long flight. His pulse is 118/min, his blood pressure 104/68 mm Hg, his oxygen saturation 88% on room air. Which "
    "of the following is the best next step?"
)
OPTIONS = ["CT pulmonary angiography", "Exercise stress test", "Upper endoscopy", "Chest physiotherapy"]


def bodies(n: int) -> Iterator[dict[str, Any]]:
    """`n` different requests, as a generator's are."""
    messages = render("generator", {"question": STEM, "context": None, "options": OPTIONS})
    for row in range(n):
        asked = {"role": "user", "content": f"Question {row}.\n{messages[-1]['content']}"}
        yield {
            "model": "small-1b",
            "messages": [*messages[:-1], asked],
            "temperature": 0.7,
            "max_tokens": 8192,
            "seed": row,
        }


def calls(n: int) -> Iterator[Call]:
    """The same requests as calls of rows "0", "1" and so on."""
    for row, body in enumerate(bodies(n)):
        asked = body["messages"][-1]["content"]
        yield Call(str(row), f"g{row}", "generator", "local", "small", body, 0, {"asked": asked})


def profile(**provider: Any) -> Profile:
    """One provider with one model."""
    roles = ("verifier", "ranker", "refiner", "regenerator", "summariser", "evaluator")
    return Profile.model_validate(
        {
            "name": "benchmark",
            "description": "one model",
            "rules": {"evaluator_may_generate": True},
            "providers": {"local": {"kind": "real", "base_url": "http://127.0.0.1:1/v1", **provider}},
            "models": {"small": {"provider": "local", "name": "small-1b", "revision": "r1"}},
            "roles": {
                "generator": [{"slot": "g", "model": "small", "temperatures": [0.7]}],
                **{role: {"model": "small"} for role in roles},
            },
        }
    )


def content_of(reply: Reply, fields: Mapping[str, Any]) -> str:
    """The text of a reply."""
    if not reply.content:
        raise Unusable("empty", "no content")
    return reply.content


def run_engine(url: str, n: int, in_flight: int, folder: Path) -> int:
    """The call engine, ledger on."""
    from reasonmed_assets.llm.engine.engine import Engine
    from reasonmed_assets.llm.engine.progress import LogProgress
    from reasonmed_assets.llm.ledger.opening import open_store

    with open_store(folder / "ledger.sqlite") as ledger:
        engine = Engine(profile(max_in_flight=in_flight), ledger, lambda name: [url], LogProgress())
        return sum(result.outcome == "completed" for result in engine.run("measure", calls(n), content_of, 2))


def run_aiohttp(url: str, n: int, in_flight: int, folder: Path) -> int:
    """As many loops as calls in flight, nothing kept."""
    import aiohttp

    async def run() -> int:
        source, done = bodies(n), 0

        async def work(session: aiohttp.ClientSession) -> None:
            nonlocal done
            for body in source:
                async with session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as response:
                    reply = orjson.loads(await response.read())
                done += bool(reply["choices"][0]["message"]["content"])

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(work(session) for _ in range(in_flight)))
        return done

    return asyncio.run(run())


def run_pyreqwest(url: str, n: int, in_flight: int, folder: Path) -> int:
    """The same with the engine's client on its event loop."""
    import uvloop
    from pyreqwest.client import Client, ClientBuilder

    async def run() -> int:
        source, done = bodies(n), 0

        async def work(client: Client) -> None:
            nonlocal done
            for body in source:
                response = await client.post(f"{url}/chat/completions").body_bytes(orjson.dumps(body)).build().send()
                reply = orjson.loads((await response.bytes()).to_bytes())
                done += bool(reply["choices"][0]["message"]["content"])

        async with ClientBuilder().build() as client:
            await asyncio.gather(*(work(client) for _ in range(in_flight)))
        return done

    return uvloop.run(run())


def run_openai(url: str, n: int, in_flight: int, folder: Path) -> int:
    """The openai client as it is."""
    import openai

    async def run() -> int:
        source, done = bodies(n), 0
        async with openai.AsyncOpenAI(base_url=url, api_key="none", timeout=600) as client:

            async def work() -> None:
                nonlocal done
                for body in source:
                    reply = await client.chat.completions.create(**body)
                    done += bool(reply.choices[0].message.content)

            await asyncio.gather(*(work() for _ in range(in_flight)))
        return done

    return asyncio.run(run())


RUN: dict[str, Callable[[str, int, int, Path], int]] = {
    "engine": run_engine,
    "aiohttp": run_aiohttp,
    "pyreqwest": run_pyreqwest,
    "openai": run_openai,
}


def cpu_s() -> float:
    """Processor time of this process and its children so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Run a client, say what it took."""
    kind, url, n, in_flight, folder = sys.argv[1:]
    RUN[kind](url, 0, int(in_flight), Path(folder))  # imports
    started, cpu_before = time.perf_counter(), cpu_s()
    completed = RUN[kind](url, int(n), int(in_flight), Path(folder))
    measured = {
        "completed": completed,
        "seconds": time.perf_counter() - started,
        "cpu_s": cpu_s() - cpu_before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(orjson.dumps(measured).decode())


if __name__ == "__main__":
    main()
