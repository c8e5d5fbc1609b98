"""Builds that are suspended while another one wants the same calls."""

from __future__ import annotations

import logging
import re
import signal
import sqlite3
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from forked import Forked
from small import Build, calls
from stub import Request, Stub, reply

from reasonmed_assets.llm.engine import engine

BUILD = Path(__file__).parents[1] / "small.py"
IN_FLIGHT = 32
AHEAD = 256
N = 1400
TIMEOUT_S = 60


def answer(request: Request, delay_s: float = 0.02):
    return reply(f"answer to {request.question}", delay_s=delay_s)


def start(folder: Path, stub: Stub, n: int = N) -> Forked:
    return Forked(BUILD, folder, stub.base_url, n, IN_FLIGHT, 0)


def finish(process: Forked) -> set[str]:
    out, said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, said
    return {line for line in out.splitlines() if not line.startswith("made")}


def wait_for(stub: Stub, n: int) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while stub.n < n and time.monotonic() < deadline:
        time.sleep(0.005)
    assert stub.n >= n


def stop_between_two_writes(process: Forked, folder: Path) -> None:
    """Stop a process while it does not hold the write lock of its ledger: nobody could write beside it."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(folder / "ledger.sqlite", timeout=0.2, isolation_level=None)) as ledger:
            try:
                ledger.execute("begin immediate")
                ledger.execute("rollback")
                return
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)
                time.sleep(0.02)


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_what_a_stopped_build_has_not_sent_is_made_by_another_and_nothing_twice(tmp_path: Path, times: int) -> None:
    for n in range(times):
        folder = tmp_path / str(n)
        with Stub(partial(answer, delay_s=0.02)) as stub:
            one = start(folder, stub)
            wait_for(stub, 200)
            stop_between_two_writes(one, folder)
            two = start(folder, stub)
            # Those that the first one has sent, or was about to send, stay its own.
            wait_for(stub, N - IN_FLIGHT - AHEAD)
            one.send_signal(signal.SIGCONT)
            assert finish(one) == finish(two)
            assert stub.n == N, "the one that woke up sent nothing that the other one had taken over"


def test_the_wait_for_a_stopped_process_is_told_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "_WAITING_NOTICE_S", 0.1)
    caplog.set_level(logging.WARNING)
    with Stub(partial(answer, delay_s=1.0)) as stub:
        one = start(tmp_path, stub, 3)
        wait_for(stub, 3)
        one.send_signal(signal.SIGSTOP)
        with Build(tmp_path, stub.base_url) as build:
            found: list[dict] = []
            waiting = threading.Thread(target=lambda: found.append(build.results(calls(3))))
            waiting.start()
            said = rf"has waited \d+ s for calls: 3 of process {one.pid} on \S+, which is stopped"
            deadline = time.monotonic() + TIMEOUT_S
            while time.monotonic() < deadline and not re.search(said, caplog.text):
                time.sleep(0.05)
            assert re.search(said, caplog.text), caplog.text
            one.send_signal(signal.SIGCONT)
            waiting.join(TIMEOUT_S)
            assert len(found[0]) == len(finish(one)) == stub.n == 3
