"""Builds that are killed, interrupted, or run at the same time; calls are counted at the server."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import Build, calls, profile
from stub import Request, Stub, reply

from reasonmed_assets.llm.ledger import LedgerError

BUILD = [sys.executable, str(Path(__file__).with_name("small.py"))]
IN_FLIGHT = 32


def slow(request: Request):
    """Useful after a retry for every seventh row, after 20 ms."""
    row = int(request.body["messages"][0]["content"][1:])
    is_useless = row % 7 == 0 and request.body["seed"] == 7
    return reply("!truncated" if is_useless else f"answer {row}", delay_s=0.02)


def start(folder: Path, stub: Stub, n: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*BUILD, str(folder), stub.base_url, str(n), str(IN_FLIGHT)], stdout=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return sorted(line for line in out.splitlines() if not line.startswith("made"))


def wait_for(stub: Stub, n: int) -> None:
    deadline = time.monotonic() + 30
    while stub.n < n and time.monotonic() < deadline:
        time.sleep(0.001)


def test_after_kill_9_at_most_the_calls_in_flight_are_made_again(tmp_path: Path) -> None:
    draw = random.Random(5)
    n = 210
    needed = n + n // 7
    with Stub(slow) as stub:
        undisturbed = finish(start(tmp_path / "undisturbed", stub, n))
        assert stub.n == needed
        for kill in range(3):
            stub.forget()
            folder = tmp_path / str(kill)
            process = start(folder, stub, n)
            wait_for(stub, draw.randrange(1, needed))
            process.kill()
            process.communicate(timeout=30)
            resumed = finish(start(folder, stub, n))
            # Replies that reached the process but not the disk: those of one commit window, at most as many again.
            assert needed <= stub.n <= needed + 2 * IN_FLIGHT
            assert resumed == undisturbed


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_chain_of_kills_still_ends_with_every_row(tmp_path: Path, how: signal.Signals) -> None:
    with Stub(slow) as stub:
        for so_far in (40, 90, 150):
            process = start(tmp_path, stub, 210)
            wait_for(stub, so_far)
            process.send_signal(how)
            process.communicate(timeout=30)
        assert len(finish(start(tmp_path, stub, 210))) == 210
        if how is signal.SIGINT:
            assert stub.n == 240, "an interrupted build waits for the calls in flight and stores them"


def test_two_builds_of_the_same_rows_pay_once(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        one, two = start(tmp_path, stub, 210), start(tmp_path, stub, 210)
        assert finish(one) == finish(two)
        assert stub.n == 240


def test_a_build_takes_over_from_one_that_is_killed_beside_it(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        one = start(tmp_path, stub, 210)
        wait_for(stub, 30)
        two = start(tmp_path, stub, 210)
        time.sleep(0.5)
        one.kill()
        one.communicate(timeout=30)
        assert len(finish(two)) == 210
        assert stub.n <= 240 + 2 * IN_FLIGHT


def test_a_torn_log_costs_its_last_page_only(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        process = start(tmp_path, stub, 210)
        wait_for(stub, 150)
        process.kill()
        process.communicate(timeout=30)
        log = tmp_path / "ledger.sqlite-wal"
        log.write_bytes(log.read_bytes()[:-1000])
        assert len(finish(start(tmp_path, stub, 210))) == 210
        assert stub.n <= 240 + 3 * IN_FLIGHT


def test_a_full_disk_stops_the_build_and_what_was_stored_stays(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        with Build(tmp_path, stub.base_url, profile(max_in_flight=8)) as build:
            build.results(calls(20))
            build.ledger._writer._connection.execute("pragma max_page_count = 20")
            with pytest.raises(LedgerError, match="full"):
                build.results(calls(2000))
            build.ledger._writer._connection.execute("pragma max_page_count = 1000000")
        stored = stub.n
        assert stored < 2000
        with Build(tmp_path, stub.base_url) as build:
            stub.forget()
            assert {r.outcome for r in build.results(calls(20)).values()} == {"completed"}
            assert stub.n == 0
