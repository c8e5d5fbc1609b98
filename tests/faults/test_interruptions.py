"""Builds that are interrupted where SIGINT was ignored when they started: each ends, and no call is made twice.

Five hundred interruptions take about a quarter of an hour: pytest -m slow -rP tests/faults/test_interruptions.py.
INTERRUPTIONS says how many, FAULTS_SECONDS how long they may take. A failure names the seed of its draws;
INTERRUPTION_SEED sets it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from batch_stub import QUICK, BatchStub
from bounded import Clock
from stub import Answer, Request, Stub, reply

pytestmark = pytest.mark.slow

INTERRUPTIONS = int(os.environ.get("INTERRUPTIONS", "500"))
SEED = int(os.environ.get("INTERRUPTION_SEED", "0")) or random.randrange(1, 2**31)
OF_ONE_BUILD = 25
ROWS = 40 * OF_ONE_BUILD
HEEDED_S = 30
SMALL = Path(__file__).parents[1] / "llm" / "small.py"
WHILE_POLARS_WORKS = f"""
import runpy, sys, threading, time
import polars as pl

def sort():
    while True:
        pl.DataFrame({{"a": range(20_000)}}).sort("a", descending=True)
        time.sleep(0.002)

threading.Thread(target=sort, daemon=True).start()
sys.path.insert(0, {str(SMALL.parent)!r})
runpy.run_path({str(SMALL)!r}, run_name="__main__")
"""
"""The small build of the engine, beside polars, which puts a handler of its own in place and may take the signal."""
TRANSPORTS: dict[str, tuple[type[Stub], dict[str, Any]]] = {
    "http": (Stub, {}),
    "batch": (BatchStub, {"transport": "batch", "batch": QUICK}),
}


def start(folder: Path, stub: Stub, provider: dict[str, Any]) -> subprocess.Popen[str]:
    """Start a build as `nohup` and some CI runners do: with SIGINT ignored."""
    arguments = [str(folder), stub.base_url, str(ROWS), "8", "0", json.dumps(provider)]
    return subprocess.Popen(
        [sys.executable, "-c", WHILE_POLARS_WORKS, *arguments],
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    try:
        return process.communicate(timeout=HEEDED_S)
    finally:
        process.kill()


def requests(stub: Stub) -> int:
    """Requests of every kind."""
    return stub.asked.total() if isinstance(stub, BatchStub) else stub.n


def interrupt(process: subprocess.Popen[str], stub: Stub, after: int) -> None:
    """Interrupt a build once so many more requests have come; it ends and says why."""
    wanted, deadline = requests(stub) + after, time.monotonic() + HEEDED_S
    while requests(stub) < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, said = ended(process)
    assert requests(stub) >= wanted, said
    assert "KeyboardInterrupt" in said


def answer(_: Request) -> Answer:
    return reply("answer", delay_s=0.02)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_interrupted_build_ends_and_the_next_goes_on(transport: str, tmp_path: Path, clock: Clock) -> None:
    print(f"INTERRUPTION_SEED={SEED}")
    draw = random.Random(SEED)
    server, provider = TRANSPORTS[transport]
    wanted = INTERRUPTIONS // len(TRANSPORTS)
    done = builds = 0
    while done < wanted:
        builds, folder = builds + 1, tmp_path / str(builds)
        with server(answer) as stub:
            if isinstance(stub, BatchStub):
                stub.slow_polls = 10**6
            for _ in range(min(OF_ONE_BUILD, wanted - done)):
                clock.check(f"{done} of {wanted} interruptions were made")
                interrupt(start(folder, stub, provider), stub, draw.randint(1, 20))
                done += 1
                with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
                    assert ledger.execute("select count(*) from claims").fetchone() == (0,), "what it claimed is free"
            if isinstance(stub, BatchStub):
                stub.slow_polls = 1
            out, said = ended(start(folder, stub, provider))
            assert out.count(" completed ") == ROWS, said
            assert stub.n == ROWS, "no call is made twice: what was in flight is stored"
    print(f"{transport}: {done} interruptions of {builds} builds")
