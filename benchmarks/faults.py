"""What becomes of calls to an endpoint that misbehaves: every request in its log against every attempt in the ledger.

As a program, the build that is watched: python benchmarks/faults.py URL N IN_FLIGHT FOLDER.
"""

from __future__ import annotations

import hashlib
import resource
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from clients import calls, profile

from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store

TIMEOUT_S = 1.0
LATE = "timed_out"
"""Whatever the endpoint does, it may come too late."""
ENDINGS = {
    "reply": "completed",
    "huge reply": "completed",
    "id of another reply": "completed",
    "slow drip": "completed",
    "null content": "empty",
    "stall": LATE,
}
"""How the ledger has to record what the endpoint did; all else is a transport error."""


@dataclass(frozen=True)
class Account:
    """What was found.

    Attributes:
        actions: what the endpoint did, how often, and how the ledger has it.
        summary: name and number of everything else.
        is_whole: nothing is lost, invented or made twice.
    """

    actions: list[list[Any]]
    summary: list[list[Any]]
    is_whole: bool


def account(url: str, report: Callable[[], Mapping[str, Any]], n: int, in_flight: int, folder: Path) -> Account:
    """Make `n` calls, then those again that got no reply, and compare endpoint, ledger and results."""
    first, second = (_watched(url, n, in_flight, folder) for _ in range(2))
    log = report()["log"]
    ledger = _attempts(folder)
    recorded: defaultdict[str, Counter[str]] = defaultdict(Counter)
    n_other = 0
    for body_hash in log.keys() | ledger.keys():
        done, stored = log.get(body_hash, []), ledger.get(body_hash, [])
        n_other += abs(len(done) - len(stored))
        for action, outcome in zip(done, stored, strict=False):
            recorded[action][outcome] += 1
            n_other += outcome not in (ENDINGS.get(action, "transport_error"), LATE)
    missing = {outcome: k for outcome, k in first["outcomes"].items() if outcome not in ("completed", "empty")}
    actions = [
        [action, outcomes.total(), ", ".join(f"{outcome} {k:,}" for outcome, k in outcomes.most_common())]
        for action, outcomes in sorted(recorded.items(), key=lambda item: -item[1].total())
    ]
    n_requests, n_attempts = sum(map(len, log.values())), sum(map(len, ledger.values()))
    n_wrong = first["wrong"] + second["wrong"]
    summary: list[list[Any]] = [
        ["rows", n],
        ["results", first["rows"]],
        *([f"... {outcome}", k] for outcome, k in first["outcomes"].items()),
        ["requests at the endpoint", n_requests],
        ["attempts in the ledger", n_attempts],
        ["attempts that are not what the endpoint did", n_other],
        ["results with the text of another row", n_wrong],
        ["second run: rows asked again (those without a reply)", second["made_for"]],
        ["second run: results without a reply", sum(second["outcomes"].values()) - _replied(second)],
        ["seconds of the first run", round(first["seconds"])],
        ["peak MB", round(first["peak_mb"])],
    ]
    is_whole = (
        first["rows"] == second["rows"] == n
        and n_requests == n_attempts
        and n_other == n_wrong == 0
        and second["made_for"] == sum(missing.values())
    )
    return Account(actions, summary, is_whole)


def _replied(run: Mapping[str, Any]) -> int:
    return sum(run["outcomes"].get(outcome, 0) for outcome in ("completed", "empty"))


def _watched(url: str, n: int, in_flight: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, url, str(n), str(in_flight), str(folder)]
    return orjson.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _attempts(folder: Path) -> dict[str, list[str]]:
    query = """
    select lower(hex(c.call_key)), a.outcome
    from attempts as a inner join calls as c using (call_id)
    order by a.call_id, a.attempt
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    file = folder / "ledger.sqlite"
    with open_store(file) as store, closing(sqlite3.connect(file)) as ledger:
        for key, outcome in ledger.execute(query):
            found[key].append(outcome)
        bodies = {key: orjson.dumps(store.body_of(key)) for key in found}
    return {hashlib.sha256(bodies[key]).hexdigest()[:32]: outcomes for key, outcomes in found.items()}


def asked_of(reply: Reply, fields: Mapping[str, Any]) -> bool:
    """Whether a reply answers the row's own question."""
    if not reply.content:
        raise Unusable("empty", "no content")
    return reply.content.startswith(f"{fields['asked']}\n")


def main() -> None:
    """Make the calls, say how they ended."""
    url, n, in_flight, folder = sys.argv[1:]
    started = time.perf_counter()
    outcomes: Counter[str] = Counter()
    rows, n_wrong, made_for = set(), 0, 0
    made_by = profile(max_in_flight=int(in_flight), timeout_s=TIMEOUT_S)
    with open_store(Path(folder) / "ledger.sqlite") as ledger:
        engine = Engine(made_by, ledger, lambda name: [url], LogProgress())
        for result in engine.run("measure", calls(int(n)), asked_of, 2):
            rows.add(result.row_id)
            outcomes[str(result.outcome)] += 1
            n_wrong += result.outcome == "completed" and not result.value
            made_for += not result.is_cached
    told = {
        "rows": len(rows),
        "outcomes": dict(outcomes),
        "wrong": n_wrong,
        "made_for": made_for,
        "seconds": time.perf_counter() - started,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(orjson.dumps(told).decode())


if __name__ == "__main__":
    main()
