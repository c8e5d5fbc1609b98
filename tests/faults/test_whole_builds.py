"""Whole builds that are killed at any moment, or run at once beside readers: the same rows, and no call made twice.

Twenty kills take some minutes on two quiet cores: pytest -m slow -n 0 -rP tests/faults/test_whole_builds.py. KILLS says
how many, FAULTS_SECONDS how long all may take. A failure names the seed of its draws; KILL_SEED sets it.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import duckdb
import pytest
from bounded import Clock
from builds import COMMAND, Built, a_shell
from builds import start as start_build

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("KILL_SEED", "0")) or random.randrange(1, 2**31)
ARGUMENTS = ["build", "--profile", "simulated", "--limit", "1", "--source", "mmlu", "--warehouse"]
FOUR_SOURCES = ["build", "--profile", "simulated", "--limit", "2", "--set", "machine.shard_questions=1"]
"""Each source in two shards, as far as tables have them."""
OF_THE_RUN = {"builds", "llm_calls", "prompts", "publishes", "recipes"}
"""Their rows say when and how often."""
OF_CALLS = {"call_uses", "verifier_votes"}
"""Their rows follow from the calls that were made so far."""
READERS = ("notebook", "dashboard", "accountant", "reporter")
START = 0.5
"""Seconds before which a build has nothing to lose."""
KILLS_PER_BUILD = 5
"""About how many a build takes: each goes on where the one before was killed, so they are spread over all of it."""


class Undisturbed(NamedTuple):
    """A build that nothing happened to."""

    rows: dict[str, list[tuple[object, ...]]]
    calls: int
    seconds: float


def rows_by_table(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Source and hash of the rows of every table but those that tell of a run."""
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        columns = con.execute("select table_name, list(column_name) from duckdb_columns() group by all").fetchall()
        tables = {name: "source" if "source" in found else "''" for name, found in columns if "row_hash" in found}
        return {
            name: con.execute(f"select {tables[name]}, row_hash from {name} order by all").fetchall()
            for name in sorted(tables.keys() - OF_THE_RUN)
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


def digest(rows: dict[str, list[tuple[object, ...]]]) -> str:
    """Hash over the rows of all tables."""
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Undisturbed:
    folder, started = tmp_path_factory.mktemp("undisturbed") / "warehouse", time.monotonic()
    finish(start_build(*ARGUMENTS, str(folder)), clock, "nothing was done")
    seconds = time.monotonic() - started
    rows = rows_by_table(folder)
    assert len(rows) >= 20
    assert rows["sft_reasonmed"]
    return Undisturbed(rows, replies(folder), seconds)


class Endpoint:
    """The simulated endpoint, which outlives the builds that call it."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.process = subprocess.Popen([*COMMAND, "simulate", "--port", port], env=a_shell())

    @property
    def options(self) -> list[str]:
        """The options of a build that calls it."""
        values = {"server": "none", "base_url": f"{self.address}/v1"}
        return [word for key, to in values.items() for word in ("--set", f"providers.rehearsal.{key}={json.dumps(to)}")]

    def replies(self) -> int:
        """How many replies it has given; waits until it is there."""
        for _ in range(600):
            with suppress(OSError), urlopen(f"{self.address}/health") as answer:
                return int(json.load(answer)["replies"])
            time.sleep(0.1)
        raise TimeoutError(self.address)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    try:
        found.replies()
        yield found
    finally:
        found.process.kill()
        found.process.wait()


@pytest.fixture
def reasonmed(forked: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command that has imported what it uses."""

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(forked), *arguments], env=a_shell(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    return start


def in_flight(folder: Path) -> int:
    """Calls that a build that was killed had sent, or was about to send, and that have no reply."""
    file = folder / "ledger.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as ledger, suppress(sqlite3.OperationalError):
        return ledger.execute("select count(*) from claims where sent_timeout_s is not null").fetchone()[0]
    return 0


def check_what_is_left(folder: Path, undisturbed: Undisturbed) -> None:
    """After a kill: a snapshot that is there opens, and a partition in it is whole or empty."""
    if not (folder / "reasonmed.duckdb").exists():
        return
    for table, rows in rows_by_table(folder).items():
        for source in {row[0] for row in rows} if table not in OF_CALLS else ():
            whole = [row for row in undisturbed.rows[table] if row[0] == source]
            assert [row for row in rows if row[0] == source] == whole, table


def test_builds_that_are_killed_at_any_moment_end_with_the_same_rows(
    tmp_path: Path, endpoint: Endpoint, reasonmed: Callable[..., subprocess.Popen[str]], clock: Clock
) -> None:
    def build(folder: Path) -> subprocess.Popen[str]:
        return reasonmed(*FOUR_SOURCES, *endpoint.options, "--warehouse", str(folder))

    print(f"KILL_SEED={SEED}")
    draw, started = random.Random(SEED), time.monotonic()
    finish(build(tmp_path / "undisturbed"), clock, "nothing was done")
    seconds = time.monotonic() - started
    undisturbed = Undisturbed(rows_by_table(tmp_path / "undisturbed"), replies(tmp_path / "undisturbed"), seconds)
    assert len(undisturbed.rows) >= 20
    print(f"undisturbed: {digest(undisturbed.rows)}, {seconds:,.0f} s")
    kills = builds = n_sent = n_repaid = n_taken_over = 0
    while kills < KILLS:
        builds += 1
        folder, n, n_sent_before, n_replies = tmp_path / str(builds), 0, n_sent, endpoint.replies()
        process = build(folder)
        while kills < KILLS:
            with suppress(subprocess.TimeoutExpired):
                process.wait(draw.uniform(START, 2 * seconds / KILLS_PER_BUILD))
                break
            process.kill()
            said, _ = process.communicate()
            n_taken_over += said.count("taken over")
            n_sent += in_flight(folder)
            kills, n = kills + 1, n + 1
            check_what_is_left(folder, undisturbed)
            clock.check(f"{kills} of {KILLS} kills were made, KILL_SEED={SEED}")
            process = build(folder)
        finish(process, clock, f"{kills} kills and {builds - 1} builds were made")
        found = rows_by_table(folder)
        assert found == undisturbed.rows, f"KILL_SEED={SEED}, build {builds} after {n} kills"
        assert replies(folder) == undisturbed.calls
        repaid = endpoint.replies() - n_replies - undisturbed.calls
        assert repaid <= n_sent - n_sent_before, "more calls were paid for again than were in flight"
        n_repaid += repaid
        print(f"after {n} kills: {digest(found)}, {repaid} calls paid for again, {time.monotonic() - started:,.0f} s")
    n_rows = sum(map(len, undisturbed.rows.values()))
    print(
        f"{kills} kills of {builds} builds, {n_rows} rows of {len(undisturbed.rows)} tables and {undisturbed.calls} "
        f"calls each; {n_sent} calls were in flight at kills, {n_repaid} were paid for again; {n_taken_over} shards "
        f"were taken over; {time.monotonic() - started:,.0f} s"
    )


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
