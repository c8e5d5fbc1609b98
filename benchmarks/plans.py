"""What plans say against what builds do: python benchmarks/plans.py FOLDER DATA_DIR [EDITS] [LIMIT] [SEED].

Builds a warehouse of real questions in FOLDER against an endpoint of its own that answers as the rehearsal does, at
declared prices. Then edits at random, one after another on the same warehouse: a prompt, a model, a parameter, a price,
a threshold, more questions, an override, a build that is killed. After each it plans, builds, and compares: first
calls and their dollars, as the endpoint counted them; repairs and retries apart. Prints a Markdown table and a summary.

A build here makes the tables by the code of `reasonmed build`, without Dagster and without audits, which ask no model:
thirty edits take minutes. Stopped, it goes on with the next edit when it is started again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.assets import definitions
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.calls import SEED_STEP
from reasonmed_assets.llm.prompts import rendering
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.display import Displays
from reasonmed_assets.materialisation.making import prepared
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.orchestration.jobs import MATCH_TABLES
from reasonmed_assets.orchestration.plan.plan import Plan
from reasonmed_assets.orchestration.plan.planning import plan
from reasonmed_assets.orchestration.plan.reasons import REPAIR
from reasonmed_assets.orchestration.starting import begin
from reasonmed_assets.servers.personas import Response
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys, read_answer_keys
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.servers.simulated import Endpoint, NetworkConditions
from reasonmed_assets.storage import open_warehouse

SOURCES = ("mmlu", "pubmedqa")
PROFILE = """\
extends = "simulated"

[sources]
declared = {sources}

[providers.rehearsal]
server = "none"
base_url = "{url}"

[checks]
model_checks = "warn"

[models.qwen]
prices = {{ input = 0.4, output = 0.4 }}
[models.deepseek]
prices = {{ input = 0.6, output = 1.2 }}
[models.huatuo]
prices = {{ input = 0.6, output = 1.2 }}
[models.small]
prices = {{ input = 0.15, output = 0.6 }}
[models.large]
prices = {{ input = 3.0, output = 12.0 }}
"""


@dataclass
class Counted:
    """What the endpoint was asked since this was last reset."""

    first: int = 0
    again: int = 0
    tokens: list[tuple[str, int, int]] = field(default_factory=list)


class Counting(Endpoint):
    """The rehearsal's endpoint, counting what it is asked. A model that was revised answers otherwise."""

    def __init__(self, keys: AnswerKeys) -> None:
        self._of_revision = cache(lambda n: Rehearsal(keys, SEED + n))
        super().__init__(self._of_revision(0), NetworkConditions(delay_ms=1))
        self.counted = Counted()
        self.revisions = Counter[str]()
        self.on_request: Callable[[], None] = lambda: None

    def _answer(self, raw: bytes) -> Response:
        body = orjson.loads(raw)
        self._rehearsal = self._of_revision(self.revisions[body["model"]])
        response = super()._answer(raw)
        usage = orjson.loads(response.body)["usage"]
        if len(body["messages"]) > 2 or (body.get("seed") or 0) >= BASE_SEED + SEED_STEP:
            self.counted.again += 1
        else:
            self.counted.first += 1
            self.counted.tokens.append((body["model"], usage["prompt_tokens"], usage["completion_tokens"]))
        self.on_request()
        return response


BASE_SEED = 20260101
SEED = 4_242
"""Another seed than the one of the stand-ins: they know nothing of these replies."""


def serve(endpoint: Endpoint) -> str:
    """Serve in a thread; returns the address."""
    started, found = threading.Event(), list[int]()

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(web.Server(endpoint.handle), "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        started.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    started.wait()
    return f"http://127.0.0.1:{found[0]}/v1"


def use_prompts(folder: Path) -> None:
    """Have prompts read from another folder, as they are in it now."""
    rendering._FOLDER = folder
    for cached in (rendering.prompt_hash, rendering._tags, rendering._environment, rendering._template):
        cached.cache_clear()
    rendering._system.cache_clear()


class Edits:
    """Edits of a warehouse, each on top of those before."""

    def __init__(self, folder: Path, seed: int, limit: int) -> None:
        self.folder = folder
        self.draw = random.Random(seed)
        self.limit = limit
        self.values: dict[str, Any] = {}
        self.n = 0

    def next(self) -> tuple[str, str]:
        """Make an edit; returns its kind and what it is."""
        self.n += 1
        kind = self.draw.choice(
            ["prompt"] * 4
            + ["parameter"] * 4
            + ["model"] * 3
            + ["price", "threshold", "questions", "override", "kill"] * 2
        )
        return kind, getattr(self, f"_{kind}")()

    def _prompt(self) -> str:
        role = self.draw.choice(["summariser", "evaluator", "ranker", "verifier", "refiner", "generator"])
        file = self.folder / "prompts" / f"{role}.md"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"Role: {role}", f"Role: {role}\nEdition {self.n}.", 1), encoding="utf-8")
        use_prompts(self.folder / "prompts")
        return f"prompt of the {role}"

    def _parameter(self) -> str:
        role = self.draw.choice(["summariser", "evaluator", "ranker", "verifier", "refiner", "regenerator"])
        self.values[f"roles.{role}.temperature"] = round(0.3 + self.draw.random(), 3)
        return f"temperature of the {role}"

    def _model(self) -> str:
        model = self.draw.choice(["small", "large", "huatuo"])
        self.values[f"models.{model}.revision"] = str(self.n)
        return f"revision of model {model}"

    def _price(self) -> str:
        self.values["models.qwen.prices"] = {"input": round(0.3 + self.draw.random(), 2), "output": 0.5}
        return "price of qwen"

    def _threshold(self) -> str:
        self.values["checks.thresholds.letter_shift_max"] = round(0.03 + self.draw.random() / 10, 3)
        return "a check's threshold"

    def _questions(self) -> str:
        self.limit += 3
        return f"limit {self.limit}"

    def _override(self) -> str:
        with open_warehouse(self.folder / "w").read() as con:
            ids = [one for (one,) in con.execute("select question_id from questions order by 1").fetchall()]
        file = self.folder / "overrides.toml"
        said = file.read_text(encoding="utf-8") if file.exists() else ""
        entry = '[[drop]]\nquestion_id = "{}"\nreason = "x"\ndecided_by = "y"\ndecided_on = 2026-11-20\n'
        file.write_text(said + entry.format(self.draw.choice(ids)), encoding="utf-8")
        self.values["sources.overrides"] = str(file)
        return "an override drops a question"

    def _kill(self) -> str:
        role = self.draw.choice(["summariser", "evaluator", "verifier"])
        self.values[f"roles.{role}.temperature"] = round(0.3 + self.draw.random(), 3)
        return f"killed after a change of the {role}"


@dataclass
class Done:
    """What was done so far.

    Attributes:
        edits: the edits.
        began: kind and name of one that is made and not yet planned.
        revisions: how often each model was revised.
        exact, estimated: whether each plan held.
    """

    edits: Edits
    began: tuple[str, str] | None = None
    revisions: Counter[str] = field(default_factory=Counter)
    exact: list[bool] = field(default_factory=list)
    estimated: list[bool] = field(default_factory=list)


def settings_of(edits: Edits, data: Path) -> BuildSettings:
    given = {"warehouse": str(edits.folder / "w"), "profile": str(edits.folder / "mine.toml"), "data_dir": str(data)}
    return begin(given | {"limit": edits.limit, "set": dict(edits.values)}, started_by="benchmark")


def build(settings: BuildSettings) -> None:
    """Make what a build would make up to the last calls, in the warehouse of the settings."""
    session = BuildSession(replace(settings, ledger=settings.ledger_reference), Displays, RunningBuild("benchmark"))
    session.build.is_last_run = True
    known, names = definitions(), tables()
    for name in (*MATCH_TABLES, *(one for one in TABLES if one not in MATCH_TABLES)):
        for partition in SOURCES if TABLES[name].is_partitioned else (None,):
            if name in names and TABLES[name].group != "provenance":
                make(known[name], session, partition)
    session.close()


def make(table: TableDefinition, session: BuildSession, partition: str | None) -> None:
    """Make a partition and publish it, unless it is up to date."""
    with prepared(table, session, partition, run_id="benchmark", log=logging.getLogger(__name__)) as ready:
        if ready.is_unchanged:
            return
        table.stage_rows(ready.stage)
        session.warehouse.publish(
            table.spec,
            partition,
            ready.stage.path,
            run_id="benchmark",
            fingerprint=ready.fingerprint if ready.stage.is_complete else "",
            parts=ready.parts,
            profile=session.profile.name,
            statistics={},
        )


def killed(edits: Edits, data: Path, endpoint: Counting) -> None:
    """Start a build in a process of its own and kill it after some requests."""
    arguments = [json.dumps(edits.values), str(edits.limit), str(edits.folder), str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    child = subprocess.Popen([sys.executable, __file__, "--build", *arguments], env=environment)
    left = edits.draw.randrange(5, 25)

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            child.send_signal(signal.SIGKILL)

    endpoint.on_request = count
    child.wait()
    endpoint.on_request = lambda: None


def usd_of(settings: BuildSettings, counted: Counted) -> float:
    profile = settings.loaded_profile
    names = {model.name: name for name, model in profile.models.items()}
    costs = [profile.cost_usd(names[model], datetime.now(UTC), *tokens) for model, *tokens in counted.tokens]
    return sum(one or 0.0 for one in costs)


@cache
def tables() -> set[str]:
    """The tables that calls are made for, and all that these are made from."""
    found = {"quality_scores", "answer_summaries", "verifier_audit"}
    waiting = list(found)
    while waiting:
        new = set(transform_of(waiting.pop()).tables) - found
        found |= new
        waiting += new
    return found


def main() -> None:
    if sys.argv[1] == "--build":
        values, limit, folder, data = sys.argv[2:]
        edits = Edits(Path(folder), 0, int(limit))
        edits.values = json.loads(values)
        use_prompts(Path(folder) / "prompts")
        build(settings_of(edits, Path(data)))
        return
    folder, data = Path(sys.argv[1]), Path(sys.argv[2])
    n_edits, limit, seed = (int(one) for one in [*sys.argv[3:6], *["30", "10", "1"][len(sys.argv) - 3 :]])
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "state.pickle"
    endpoint = Counting(read_answer_keys(data, SOURCES, {}))
    url = serve(endpoint)
    (folder / "mine.toml").write_text(PROFILE.format(url=url, sources=json.dumps(SOURCES)), encoding="utf-8")
    if not (folder / "prompts").is_dir():
        shutil.copytree(rendering._FOLDER, folder / "prompts")
    use_prompts(folder / "prompts")
    if not state.exists():
        build(settings_of(Edits(folder, seed, limit), data))
        print("| edit | planned | made | USD planned | USD made | retries planned | made | plan, CPU s | holds |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
        state.write_bytes(pickle.dumps(Done(Edits(folder, seed, limit))))
    done: Done = pickle.loads(state.read_bytes())
    endpoint.revisions = done.revisions
    while len(done.exact) + len(done.estimated) < n_edits:
        if done.began is None:
            done.began = kind, what = done.edits.next()
            if kind == "model":
                done.revisions[settings_of(done.edits, data).loaded_profile.models[what.split()[-1]].name] += 1
            if kind == "kill":
                killed(done.edits, data, endpoint)
            state.write_bytes(pickle.dumps(done))
        settings = settings_of(done.edits, data)
        at = time.process_time()
        made = plan(settings, tables=tables())
        seconds = time.process_time() - at
        endpoint.counted = Counted()
        build(settings)
        holds = _report(done.began[1], made, endpoint.counted, usd_of(settings, endpoint.counted), seconds)
        (done.exact if made.is_exact else done.estimated).append(holds)
        done.began = None
        state.write_bytes(pickle.dumps(done))
    print(f"\nexact: {sum(done.exact)} of {len(done.exact)}; estimated: {sum(done.estimated)} of {len(done.estimated)}")


def _report(what: str, made: Plan, counted: Counted, usd: float, seconds: float) -> bool:
    n, cost = made.to_make, made.first_usd
    # The endpoint tells a repair from a first call.
    n_first = n.expected - made.reasons.get(REPAIR, 0)
    holds = counted.first == n_first if made.is_exact else cost.low <= usd <= cost.high <= 2 * cost.low
    retries = sum(one.retries for one in made.calls)
    calls = f"{n_first:.0f}" if made.is_exact else f"≈ {n.expected:.0f} ({n.low:.0f} to {n.high:.0f})"
    print(
        f"| {what} | {calls} | {counted.first} | {cost.expected:.4f} ({cost.low:.4f} to {cost.high:.4f}) | {usd:.4f} "
        f"| {retries:.0f} | {counted.again} | {seconds:.1f} | {'yes' if holds else 'no'} |",
        flush=True,
    )
    return holds


if __name__ == "__main__":
    main()
