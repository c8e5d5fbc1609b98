"""Builds that are killed, interrupted, or run at the same time; calls are counted at the server."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from forked import Forked
from stub import Request, Stub, reply

BUILD = Path(__file__).parents[1] / "small.py"
IN_FLIGHT = 32
UNSAVED = 256
"""Replies that may wait for a slow disk; what that bounds is tested with a disk that is held up."""


def slow(request: Request, delay_s: float = 0.02):
    """Useful after a retry for every seventh row."""
    row = int(request.body["messages"][0]["content"][1:])
    is_useless = row % 7 == 0 and request.body["seed"] == 7
    return reply("!truncated" if is_useless else f"answer {row}", delay_s=delay_s)


def prompt(request: Request):
    """Useful at once."""
    return reply("answer", delay_s=0.02)


def start(folder: Path, stub: Stub, n: int, first: int = 0) -> Forked:
    return Forked(BUILD, folder, stub.base_url, n, IN_FLIGHT, first)


def stop(process: Forked, how: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.communicate(timeout=30)
    time.sleep(0.1)  # what is on its way to the server


def finish(process: Forked) -> list[str]:
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return sorted(line for line in out.splitlines() if not line.startswith("made"))


def wait_for(stub: Stub, n: int) -> None:
    deadline = time.monotonic() + 30
    while stub.n < n and time.monotonic() < deadline:
        time.sleep(0.001)


@pytest.mark.parametrize("kills", [6, pytest.param(24, marks=pytest.mark.slow)])
def test_after_kill_9_at_most_the_calls_in_flight_are_made_again(tmp_path: Path, kills: int) -> None:
    draw = random.Random(kills)
    n = 420
    needed = n + n // 7
    with Stub(partial(slow, delay_s=0.06)) as stub:
        undisturbed = finish(start(tmp_path / "undisturbed", stub, n))
        assert stub.n == needed
        for kill in range(kills):
            stub.forget()
            folder = tmp_path / str(kill)
            process = start(folder, stub, n)
            wait_for(stub, draw.randrange(1, needed))
            stop(process)
            received, stored = stub.n, n_stored(folder)
            resumed = finish(start(folder, stub, n))
            assert stub.n - needed == received - stored, "every stored reply is used, every other call made again"
            assert stub.n - needed <= IN_FLIGHT + UNSAVED, "those in flight and those whose replies wait for the disk"
            assert resumed == undisturbed


def n_stored(folder: Path) -> int:
    """Calls whose reply is in the ledger that a killed build left."""
    if not (folder / "ledger.sqlite").exists():
        return 0
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return ledger.execute("select count(*) from calls where final_attempt is not null").fetchone()[0]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_chain_of_kills_still_ends_with_every_row(tmp_path: Path, how: signal.Signals) -> None:
    with Stub(slow) as stub:
        for so_far in (40, 90, 150):
            process = start(tmp_path, stub, 210)
            wait_for(stub, so_far)
            stop(process, how)
        assert len(finish(start(tmp_path, stub, 210))) == 210
        if how is signal.SIGINT:
            assert stub.n == 240, "an interrupted build waits for the calls in flight and stores them"


def test_two_builds_of_the_same_rows_pay_once(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        one, two = start(tmp_path, stub, 210), start(tmp_path, stub, 210)
        assert finish(one) == finish(two)
        assert stub.n == 240


def test_a_build_takes_over_from_one_that_is_killed_beside_it(tmp_path: Path) -> None:
    with Stub(partial(slow, delay_s=0.06)) as stub:
        one = start(tmp_path, stub, 210)
        wait_for(stub, 30)
        two = start(tmp_path, stub, 210)
        time.sleep(0.5)
        stop(one)
        assert len(finish(two)) == 210
        assert stub.n <= 240 + 3 * IN_FLIGHT


def test_builds_of_other_rows_share_a_ledger_and_what_they_have_in_common(tmp_path: Path) -> None:
    with Stub(slow) as stub:
        one, two = start(tmp_path, stub, 140), start(tmp_path, stub, 140, first=70)
        assert len(finish(one)) == len(finish(two)) == 140
        assert stub.n == 240


def test_a_torn_log_costs_its_last_transaction_only(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    with Stub(partial(slow, delay_s=0.06)) as stub:
        process = start(folder, stub, 210)
        wait_for(stub, 150)
        stop(process)
        received, stored = stub.n, n_stored(shutil.copytree(folder, tmp_path / "as it was left"))
        log = folder / "ledger.sqlite-wal"
        log.write_bytes(log.read_bytes()[:-1000])
        left = n_stored(shutil.copytree(folder, tmp_path / "torn"))
        assert stored - 3 * IN_FLIGHT <= left <= stored
        assert len(finish(start(folder, stub, 210))) == 210
        assert stub.n - 240 == received - left


def test_a_torn_page_of_the_ledger_costs_nothing(tmp_path: Path) -> None:
    """As when power fails while the log is merged into the file: the log is still there."""
    with Stub(slow) as stub:
        process = start(tmp_path, stub, 210)
        wait_for(stub, 150)
        stop(process)
        ledger, log, kept = (tmp_path / name for name in ("ledger.sqlite", "ledger.sqlite-wal", "kept"))
        received = stub.n
        shutil.copy(log, kept)
        stored = n_stored(tmp_path)
        with closing(sqlite3.connect(ledger)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        ledger.write_bytes(ledger.read_bytes()[:-6000])
        shutil.move(kept, log)
        assert len(finish(start(tmp_path, stub, 210))) == 210
        assert stub.n - 240 == received - stored


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes: a busy machine writes small groups, each of many pages."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk takes the right to mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_build_and_what_was_stored_stays(tmp_path: Path, small_disk: Path) -> None:
    with Stub(prompt) as stub:
        _, said = communicate(start(small_disk, stub, 5000))
        assert f"ledger {small_disk / 'ledger.sqlite'}: could not be written" in said
        assert_nothing_is_lost(Path(shutil.copytree(small_disk, tmp_path / "larger")), stub)


def test_a_file_that_may_not_grow_stops_the_build_and_what_was_stored_stays(tmp_path: Path) -> None:
    with Stub(prompt) as stub:
        process = start(tmp_path, stub, 5000)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (2 * 1024 * 1024, resource.RLIM_INFINITY))
        _, said = communicate(process)
        assert f"ledger {tmp_path / 'ledger.sqlite'}: could not be written" in said
        assert_nothing_is_lost(tmp_path, stub)


def communicate(process: Forked) -> tuple[str, str]:
    """What a build that fails says."""
    out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    return out, said


def assert_nothing_is_lost(folder: Path, stub: Stub) -> None:
    """Replies that were stored before the disk was full are used."""
    received, stored = stub.n, n_stored(folder)
    assert 0 < stored < received
    n = 40
    assert stored > n + IN_FLIGHT, "its first rows among them"
    stub.forget()
    assert len(finish(start(folder, stub, n))) == n
    assert stub.n == 0
