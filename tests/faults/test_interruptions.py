"""Builds that are interrupted where SIGINT was ignored when they started: each ends, and no call is made twice.

`pytest -m slow -rP tests/faults/test_interruptions.py` makes 500 interruptions, or as many as INTERRUPTIONS says. A
failure names the seed of its draws; INTERRUPTION_SEED sets it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
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
START_S, HEEDED_S = 300, 60
CHILD = Path(__file__).with_name("interrupted_child.py")
TRANSPORTS: dict[str, tuple[type[Stub], dict[str, Any]]] = {
    "http": (Stub, {}),
    "batch": (BatchStub, {"transport": "batch", "batch": QUICK}),
}


@contextmanager
def started(folder: Path, stub: Stub, times: int, provider: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """A process that builds as `nohup` and some CI runners start it: with SIGINT ignored."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(folder), stub.base_url, str(ROWS), str(times), json.dumps(provider)],
        env=os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(CHILD.parents[1] / "llm")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def requests(stub: Stub) -> int:
    """Requests of every kind."""
    return stub.asked.total() if isinstance(stub, BatchStub) else stub.n


def interrupt(process: subprocess.Popen[str], stub: Stub, after: int) -> None:
    """Interrupt a build after that many further requests; it says that it was."""
    wanted, deadline = requests(stub) + after, time.monotonic() + START_S
    while requests(stub) < wanted:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    too_late = threading.Timer(HEEDED_S, process.kill)
    too_late.start()
    assert process.stdout is not None
    assert process.stdout.readline() == "interrupted\n"
    too_late.cancel()


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
        builds, folder, times = builds + 1, tmp_path / str(builds), min(OF_ONE_BUILD, wanted - done)
        with server(answer) as stub:
            if isinstance(stub, BatchStub):
                stub.slow_polls = 10**6
            with started(folder, stub, times, provider) as process:
                for _ in range(times):
                    clock.check(f"{done} of {wanted} interruptions were made")
                    interrupt(process, stub, draw.randint(1, 20))
                    done += 1
                    assert claims(folder) == 0, "what it claimed is free"
                _, said = process.communicate(timeout=HEEDED_S)
                assert "KeyboardInterrupt" in said
            if isinstance(stub, BatchStub):
                stub.slow_polls = 1
            with started(folder, stub, 1, provider) as process:
                out, said = process.communicate(timeout=START_S)
            assert out == f"{ROWS}\n", said
            assert stub.n == ROWS, "no call is made twice: what was in flight is stored"
    print(f"{transport}: {done} interruptions of {builds} builds")


def claims(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return ledger.execute("select count(*) from claims").fetchone()[0]
