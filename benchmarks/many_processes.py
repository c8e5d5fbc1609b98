"""Four sources at once beside readers of every kind: what each waits, and what goes wrong.

    python benchmarks/many_processes.py [--limit N] [--how cli|ui] [--tables N] [--minutes M] [--first WAREHOUSE]

A first build of one question per source makes a snapshot; WAREHOUSE is copied in its place. Then the four sources are
made with N questions each (12), all tables or the first N, profile `simulated`: by `reasonmed build --parallel 4` or by
one backfill in `reasonmed ui`, four runs at once. Beside them work, from before the first publish to after the last:
new processes that open the snapshot, one that stays connected, one that opens it for writing and is killed,
`reasonmed sql` every second, and a reader of `build.duckdb`.
Prints a table of runs, reads, waits and errors; ends with status 1 where something went wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCES = ("medqa", "medmcqa", "pubmedqa", "mmlu")
REASONMED = [sys.executable, "-c", "from reasonmed_assets.cli.app import app; app()"]
LOOK = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
last = con.execute(
    "select table_name, partition, rows from publishes "
    "qualify row_number() over (partition by table_name, partition order by seq desc) = 1"
).fetchall()
whole = all(
    con.execute(f"select count(*) from {name}" + (f" where source = '{part}'" if part else "")).fetchone() == (rows,)
    for name, part, rows in last
)
print(json.dumps([con.execute("select max(seq) from publishes").fetchone()[0], whole]))
"""
"""A new process: the last publish in the snapshot, and whether each partition has the rows that its publish says."""
WRITE = """
import os, signal, sys, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("create or replace table of_the_writer as select 1")
os.kill(os.getpid(), signal.SIGKILL)
"""
BACKFILL = """mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status startTime endTime tags { key value } } } } }"
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@dataclass
class Reader:
    """What a reader saw.

    Attributes:
        name: what it is.
        look: looks once: the last publish that it saw, and whether all was whole.
        every_s: pause between two looks.
        looks: began at, ended at, last publish; by the clock of this machine.
        errors: what went wrong, and how often a read-write opener was the cause.
    """

    name: str
    look: Callable[[], tuple[int, bool]]
    every_s: float
    is_new_process: bool = True
    looks: list[tuple[float, float, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    blocked: int = 0

    def work(self, is_over: threading.Event) -> None:
        """Look over and over."""
        while not is_over.wait(self.every_s):
            began = time.monotonic()
            try:
                seq, is_whole = self.look()
            except Exception as error:
                # DuckDB refuses a second program beside one that writes: the opener's doing.
                is_blocked = "Could not set lock" in str(error)
                self.blocked += is_blocked
                self.errors += [] if is_blocked else [str(error)[-300:]]
                continue
            self.looks.append((began, time.monotonic(), seq))
            self.errors += [] if is_whole else ["a partition was half published"]


def main() -> None:
    """Build, read, and print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--limit", default="12")
    options.add_argument("--how", choices=("cli", "ui"), default="cli")
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--tables", type=int)
    options.add_argument("--first", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "warehouse"
        arguments = ["--profile", "simulated", "--warehouse", str(folder)]
        if given.first:
            shutil.copytree(given.first, folder)
        else:
            _run([*REASONMED, "build", *arguments, "--limit", "1"])
        with _readers(folder) as readers:
            began = time.monotonic()
            deadline = began + 60 * given.minutes
            tables = _tables_of_sources()[: given.tables]
            runs = (_by_command if given.how == "cli" else _in_the_ui)(folder, arguments, given.limit, tables, deadline)
            seconds = time.monotonic() - began
            time.sleep(2)
        wrong = _print(given.how, runs, readers, seconds, folder)
    sys.exit(1 if wrong else 0)


def _run(command: list[str], timeout_s: float = 600) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[-6:])}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def _readers(folder: Path) -> Iterator[list[Reader]]:
    """All of them, at work."""
    import duckdb

    from reasonmed_assets.storage import open_warehouse

    snapshot, query = folder / "reasonmed.duckdb", "select coalesce(max(seq), 0) as seq from publishes"

    def new_process() -> tuple[int, bool]:
        seq, is_whole = json.loads(_run([sys.executable, "-c", LOOK, str(snapshot)], 120))
        return seq, is_whole

    def command() -> tuple[int, bool]:
        said = _run([*REASONMED, "sql", query, "--warehouse", str(folder), "--format", "json"], 120)
        return json.loads(said)[0]["seq"], True

    stayed = duckdb.connect(str(snapshot), read_only=True)
    seen = stayed.execute("select count(*), max(seq) from publishes").fetchall()

    def stays() -> tuple[int, bool]:
        now = stayed.execute("select count(*), max(seq) from publishes").fetchall()
        return now[0][1], now == seen

    def writes() -> tuple[int, bool]:
        done = subprocess.run([sys.executable, "-c", WRITE, str(snapshot)], capture_output=True, text=True)
        if done.returncode != -signal.SIGKILL:
            raise RuntimeError(done.stderr)
        return 0, True

    def build_file() -> tuple[int, bool]:
        with open_warehouse(folder).read() as con:
            ((seq,),) = con.execute(query).fetchall()
        return seq, True

    readers = [
        Reader("new process on the snapshot", new_process, 0.5),
        Reader("one that stays connected", stays, 0.2, is_new_process=False),
        Reader("opened for writing, then killed", writes, 15, is_new_process=False),
        Reader("`reasonmed sql` every second", command, 1),
        Reader("reader of build.duckdb", build_file, 0.2),
    ]
    is_over = threading.Event()
    threads = [threading.Thread(target=reader.work, args=(is_over,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        stayed.close()


def _by_command(
    folder: Path, arguments: list[str], limit: str, tables: Sequence[str], deadline: float
) -> dict[str, str]:
    """Four sources of one command: each by its state, and the seconds of its run."""
    some = ["--select", " or ".join(f"key:{table}" for table in tables)]
    _run([*REASONMED, "build", *arguments, "--limit", limit, *some, "--parallel", "4"], deadline - time.monotonic())
    return dict.fromkeys(SOURCES, "SUCCESS")


def _in_the_ui(
    folder: Path, arguments: list[str], limit: str, tables: Sequence[str], deadline: float
) -> dict[str, str]:
    """The same of one backfill: the state of the run of each source."""
    settings = folder / ".dagster" / "dagster.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("max_concurrent_runs: 1", "max_concurrent_runs: 4"), encoding="utf-8")
    said = folder.parent / "ui.txt"
    with said.open("w") as log:
        command = [*REASONMED, "ui", *arguments, "--limit", limit, "--port", "3987"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        while "The UI is ready" not in said.read_text(encoding="utf-8"):
            _check(process.poll() is None and time.monotonic() < deadline, said.read_text(encoding="utf-8"))
            time.sleep(0.5)
        token = (folder / "ui.token").read_text(encoding="utf-8")
        params = {"assetSelection": [{"path": [table]} for table in tables], "partitionNames": list(SOURCES)}
        launched = _ask(token, BACKFILL, params=params)["launchPartitionBackfill"]
        backfill = {"key": "dagster/backfill", "value": launched["backfillId"]}
        while True:
            runs = [run for run in _ask(token, RUNS)["runsOrError"]["results"] if backfill in run["tags"]]
            if len(runs) == len(SOURCES) and {run["status"] for run in runs} <= ENDED:
                names = {run["runId"]: _tag(run, "dagster/partition") for run in runs}
                return {names[run["runId"]]: run["status"] for run in runs}
            _check(time.monotonic() < deadline, f"the runs had not ended: {runs}")
            time.sleep(2)
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _check(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise RuntimeError(otherwise)


def _tables_of_sources() -> tuple[str, ...]:
    from reasonmed_assets.quality import tables as _tables  # noqa: F401

    from reasonmed_assets.orchestration.jobs import SOURCE_JOB, job_tables

    return job_tables()[SOURCE_JOB]


def _tag(run: dict[str, Any], key: str) -> str:
    return next(tag["value"] for tag in run["tags"] if tag["key"] == key)


def _ask(token: str, query: str, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    request = urllib.request.Request("http://127.0.0.1:3987/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)["data"]


def _print(how: str, runs: dict[str, str], readers: list[Reader], seconds: float, folder: Path) -> bool:
    """The table; whether something went wrong."""
    import duckdb

    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as con:
        ((publishes, last),) = con.execute("select count(*), max(seq) from publishes").fetchall()
    _run([*REASONMED, "sql", "select 1", "--warehouse", str(folder)])
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        is_shown = con.execute("select max(seq) from publishes").fetchone() == (last,)
    made = sum(state == "SUCCESS" for state in runs.values())
    shown = "the last of which users see" if is_shown else "and users do not see the last"
    print(f"{how}: {made} of {len(runs)} sources made in {seconds:.0f} s by {publishes} publishes, {shown}")
    print("\n| reader | reads | longest, s | states seen | kept out by the writer | errors |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one in readers:
        longest = max((ended - began for began, ended, _ in one.looks), default=0.0)
        states = len({seq for *_, seq in one.looks})
        print(f"| {one.name} | {len(one.looks)} | {longest:.1f} | {states} | {one.blocked} | {len(one.errors)} |")
    for one in readers:
        for error in dict.fromkeys(one.errors):
            print(f"{one.name}: {error}")
    older = _older([one for one in readers if one.name.startswith(("new process", "`reasonmed"))])
    print(f"looks that saw an older state than an earlier one had seen: {older}")
    return made < len(runs) or not is_shown or bool(older) or any(one.errors for one in readers)


def _older(readers: list[Reader]) -> int:
    """Looks that began after another one had ended, and saw less."""
    looks = [look for reader in readers for look in reader.looks]
    return sum(any(ended < began and seq > mine for _, ended, seq in looks) for began, _, mine in looks)


if __name__ == "__main__":
    main()
