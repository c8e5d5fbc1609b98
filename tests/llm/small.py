"""A profile and calls for tests of the engine; run as a program, a build of its own that can be killed."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from reasonmed_assets import interruption
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call, Reply, Result, Unusable
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.vocabulary import Outcome


def profile(**provider: Any) -> Profile:
    """One provider "local" with one model "small", which plays every role."""
    sampling = {"model": "small"}
    roles = ("verifier", "ranker", "refiner", "regenerator", "summariser", "evaluator")
    return Profile.model_validate(
        {
            "name": "test",
            "description": "one model",
            "rules": {"evaluator_may_generate": True},
            "providers": {
                "local": {"kind": "real", "base_url": "http://127.0.0.1:1/v1", "transport_retries": 5, **provider}
            },
            "models": {
                "small": {
                    "provider": "local",
                    "name": "small-1b",
                    "revision": "r1",
                    "prompt_usd_per_million": 1.0,
                    "completion_usd_per_million": 2.0,
                }
            },
            "roles": {
                "generator": [{"slot": "g", "model": "small", "temperatures": [0.7]}],
                **dict.fromkeys(roles, sampling),
            },
        }
    )


def call(row: int | str, seed: int | None = 7, sample: int = 0, text: str | None = None) -> Call:
    """A call whose question is `q<row>`."""
    body: dict[str, Any] = {
        "model": "small-1b",
        "messages": [{"role": "user", "content": text or f"q{row}"}],
        "max_tokens": 50,
    }
    if seed is not None:
        body["seed"] = seed
    return Call(str(row), f"g{row}", "verifier", "local", "small", body, sample, {"row": row})


def calls(n: int, first: int = 0) -> Iterator[Call]:
    """`n` different calls, made as they are asked for."""
    return (call(row) for row in range(first, first + n))


def text_of(reply: Reply, fields: Mapping[str, Any]) -> str:
    """The content; `!<outcome>` asks to be unusable."""
    if reply.content is None:
        raise Unusable("empty", "no content")
    if reply.content.startswith("!"):
        raise Unusable(reply.content[1:], "as told", value="saved")
    return reply.content


class Build:
    """An engine over one ledger and one endpoint."""

    def __init__(self, folder: Path, base_url: str, made_by: Profile | None = None) -> None:
        self.ledger = open_store(folder / "ledger.sqlite")
        self.engine = Engine(made_by or profile(), self.ledger, lambda name: [base_url], LogProgress())

    def __enter__(self) -> Build:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        self.ledger.close()

    def results(
        self,
        source: Iterable[Call],
        parse: Callable[[Reply, Mapping[str, Any]], Any] = text_of,
        retries: int = 2,
        retried: Collection[Outcome] = frozenset(),
    ) -> dict[str, Result]:
        """Results by row."""
        return {result.row_id: result for result in self.engine.run("step", source, parse, retries, retried)}


def outcomes_in(folder: Path) -> Counter[str]:
    """What the ledger says became of all requests."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return Counter(outcome for (outcome,) in ledger.execute("select outcome from attempts"))


def main() -> None:
    """Arguments: folder, base URL, number of calls, calls in flight, first row, perhaps more of the provider as JSON.

    Prints a line per result.
    """
    folder, base_url, n, in_flight, first, *more = sys.argv[1:]
    declared = json.loads(more[0]) if more else {}
    made_by = profile(max_in_flight=int(in_flight), **declared)
    with interruption.heeded(), Build(Path(folder), base_url, made_by) as build:
        for result in build.engine.run("step", calls(int(n), int(first)), text_of, 2):
            print(result.row_id, result.outcome, result.value, result.attempts, ",".join(result.call_keys), flush=True)
        print("made", build.engine.stats["step"].made, flush=True)


if __name__ == "__main__":
    main()
