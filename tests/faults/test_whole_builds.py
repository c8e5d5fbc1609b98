"""Whole builds that are killed at any moment, or run at once beside readers: the same rows, and no call made twice.

Twenty kills take about ten minutes on two quiet cores: pytest -m slow -n 0 -rP tests/faults/test_whole_builds.py. KILLS
says how many, FAULTS_SECONDS how long all may take. A failure names the seed of its draws; KILL_SEED sets it.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from bounded import Clock
from builds import COMMAND, Built
from builds import start as start_build

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("KILL_SEED", "0")) or random.randrange(1, 2**31)
ARGUMENTS = ["build", "--profile", "simulated", "--limit", "1", "--source", "mmlu", "--warehouse"]
OF_THE_RUN = {"llm_calls", "prompts", "publishes", "recipes"}
"""Their rows say when and how often."""
READERS = ("notebook", "dashboard", "accountant", "reporter")
START = 2.0
"""Seconds before which a build has nothing to lose."""


class Undisturbed(NamedTuple):
    """A build that nothing happened to."""

    rows: dict[str, list[tuple[object, ...]]]
    calls: int
    seconds: float


def rows_by_table(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Hashes of the rows of every table but those that tell of a run."""
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: con.execute(f"select row_hash from {name} order by all").fetchall()
            for name in sorted(set(tables) - OF_THE_RUN)
        }


def replies(folder: Path) -> int:
    """Calls with a reply; none has two."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        counts = ledger.execute("select count(*) from attempts where reply is not null group by call_id").fetchall()
    assert set(counts) <= {(1,)}, "a call was paid for twice"
    return len(counts)


def finish(process: subprocess.Popen[str], clock: Clock, done: str) -> None:
    """Wait for a build, while there is time; a failure says what was done before."""
    try:
        said, _ = process.communicate(timeout=clock.left_s)
    except subprocess.TimeoutExpired:
        clock.check(done)
        raise
    finally:
        process.kill()
    assert process.returncode == 0, said


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Undisturbed:
    folder, started = tmp_path_factory.mktemp("undisturbed") / "warehouse", time.monotonic()
    finish(start_build(*ARGUMENTS, str(folder)), clock, "nothing was done")
    seconds = time.monotonic() - started
    rows = rows_by_table(folder)
    assert len(rows) >= 20
    assert rows["sft_reasonmed"]
    return Undisturbed(rows, replies(folder), seconds)


def is_killed_after(seconds: float, folder: Path) -> bool:
    """Start a build and kill it; False where it ended before."""
    process = subprocess.Popen(
        [*COMMAND, *ARGUMENTS, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with suppress(subprocess.TimeoutExpired):
        assert process.wait(seconds) == 0
        return False
    process.send_signal(signal.SIGKILL)
    process.wait()
    return True


def check_what_is_left(folder: Path, undisturbed: Undisturbed) -> None:
    """After a kill: a snapshot that is there opens, and a table in it is whole or empty."""
    if not (folder / "reasonmed.duckdb").exists():
        return
    for table, rows in rows_by_table(folder).items():
        assert rows in ([], undisturbed.rows[table]) or table == "call_uses", table


def test_builds_that_are_killed_at_any_moment_end_with_the_same_rows(
    tmp_path: Path, undisturbed: Undisturbed, clock: Clock
) -> None:
    print(f"KILL_SEED={SEED}")
    draw = random.Random(SEED)
    kills = builds = 0
    while kills < KILLS:
        builds += 1
        folder, n = tmp_path / str(builds), 0
        while kills < KILLS and is_killed_after(draw.uniform(START, undisturbed.seconds), folder):
            kills, n = kills + 1, n + 1
            check_what_is_left(folder, undisturbed)
            clock.check(f"{kills} of {KILLS} kills were made")
            if n == 6:
                break
        finish(start_build(*ARGUMENTS, str(folder)), clock, f"{kills} kills and {builds - 1} builds were made")
        assert rows_by_table(folder) == undisturbed.rows, f"KILL_SEED={SEED}, build {builds} after {n} kills"
        assert replies(folder) == undisturbed.calls
    print(f"{kills} kills of {builds} builds, {len(undisturbed.rows)} tables, {undisturbed.calls} calls each")


def test_four_builds_at_once_and_four_readers(tmp_path: Path, undisturbed: Undisturbed, clock: Clock) -> None:
    folder = tmp_path / "warehouse"
    child = str(Path(__file__).with_name("reading_child.py"))
    with ExitStack() as running:
        readers = [
            subprocess.Popen(
                [sys.executable, child, kind, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for kind in READERS
        ]
        builds = [start_build(*ARGUMENTS, str(folder)) for _ in range(4)]
        for process in (*readers, *builds):
            running.callback(process.kill)
        for build in builds:
            finish(build, clock, "the four builds had not ended")
        for kind, reader in zip(READERS, readers, strict=True):
            said, _ = reader.communicate(timeout=60)
            assert reader.returncode == 0, kind
            assert int(said) > 0
            print(f"{kind}: {said.strip()} reads")
    assert rows_by_table(folder) == undisturbed.rows
    assert replies(folder) == undisturbed.calls == Built(folder, "").attempts()
