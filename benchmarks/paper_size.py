"""What a build of many questions costs whose replies are all in the ledger, beside the same rows in bare DuckDB.

    python benchmarks/paper_size.py [NUMBER OF QUESTIONS ...] [--folder FOLDER]

For each number (1,000): question files (`question_files.py`), and a build that fills a ledger, its calls answered
within the process by the rehearsal, without HTTP. Then, each in a process of its own: a build into a new warehouse from
that ledger; one with nothing to do; the floor of the ledger, all accepted replies read by their keys; that of DuckDB,
the build's own queries on the same calls and replies, each once, into one file, without audit, history or snapshot.
A FOLDER that is given is kept: steps whose result is there as JSON are not run again, and a ledger that is half filled
is completed.

Seconds are those of the clock, then those of the processor, of all threads. A part is without the parts within it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import queue
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from question_files import write_files

PARTS = ("reading", "matching", "rendering", "ledger", "parsing", "engine", "SQL", "audit", "publish", "snapshot")
PER_CALL = ("rendering", "ledger", "parsing", "engine")
FLOORED = ("SQL", "audit", "publish")
_PROFILE = 'extends = "simulated"\ndescription = "Paper size."\nunset = ["sources.split_roles"]\n'
_SAMPLED_S = 0.5
_KEYS = 500
_BY_KEY = """
select c.call_key, a.outcome, a.detail, a.reply
from calls as c
inner join attempts as a on c.call_id = a.call_id and c.final_attempt = a.attempt
where c.call_key in ({marks})
"""


class Place:
    """The files of one number of questions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.questions, self.profile = folder / "questions", folder / "profile.toml"
        self.ledger, self.recorded = folder / "ledger.sqlite", folder / "recorded"

    def build(self, warehouse: str) -> list[str]:
        """The command line of a build."""
        return [
            "build", "--profile", str(self.profile), "--data-dir", str(self.questions), "--ledger", str(self.ledger),
            "--warehouse", str(self.folder / warehouse),
        ]  # fmt: skip


def main() -> None:
    """Fill, build, print."""
    options = argparse.ArgumentParser()
    options.add_argument("numbers", nargs="*", type=int, default=[1_000])
    options.add_argument("--folder", type=Path)
    options.add_argument("--child", nargs=2)
    given = options.parse_args()
    if given.child:
        step, folder = given.child
        _CHILDREN[step](Place(Path(folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        for n in given.numbers:
            _measure(Place((given.folder or Path(temporary)) / str(n)), n)


def _measure(place: Place, n: int) -> None:
    place.folder.mkdir(parents=True, exist_ok=True)
    if not place.profile.exists():
        print(f"{n:,} questions: {write_files(place.questions, n)}", flush=True)
        place.profile.write_text(_PROFILE)
    _costs(place, "fill", "a ledger is filled")
    built = _costs(place, "build", "build from the ledger")
    _costs(place, "again", "nothing to do")
    ledger, duckdb = (
        _costs(place, "ledger_floor", "floor of the ledger"),
        _costs(place, "duckdb_floor", "floor of DuckDB"),
    )
    _tell(built, ledger["told"], duckdb["told"])


def _costs(place: Place, step: str, name: str) -> dict[str, Any]:
    """Run a step in a process of its own: seconds, peak memory, peak disk, and its last line, which is JSON."""
    done = place.folder / f"{step}.json"
    if not done.exists():
        started = time.monotonic()
        command = [sys.executable, __file__, "--child", step, str(place.folder)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        with _peak_disk(place.folder) as disk:
            lines = list(child.stdout)
            _, status, used = os.wait4(child.pid, 0)
        if status:
            sys.exit(f"{step} failed:\n{''.join(lines)}")
        cost = {
            "seconds": time.monotonic() - started,
            "cpu_s": used.ru_utime + used.ru_stime,
            "memory_mb": used.ru_maxrss // 1024,
            "disk_mb": disk[0] // 1024**2,
            "told": json.loads(lines[-1]),
        }
        done.write_text(json.dumps(cost))
    cost = json.loads(done.read_text())
    print(
        f"{name:<24} {cost['seconds']:8.1f} s {cost['cpu_s']:8.1f} processor s {cost['memory_mb']:6,} MB memory "
        f"{cost['disk_mb']:7,} MB disk",
        flush=True,
    )
    return cost


@contextmanager
def _peak_disk(folder: Path) -> Iterator[list[int]]:
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(_SAMPLED_S):
            peak[0] = max(peak[0], _bytes_in(folder))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


def _bytes_in(folder: Path) -> int:
    found: dict[int, int] = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue
        if not path.is_dir():
            found[status.st_ino] = status.st_size
    return sum(found.values())


def _tell(built: Mapping[str, Any], ledger: Mapping[str, Any], floor: Mapping[str, Any]) -> None:
    told = built["told"]
    parts, rows, calls = told["parts"], told["rows"], ledger["calls"]
    print(f"\n{'table':<22} {'rows':>10} {'staged MB':>10} {'floor':>7} " + " ".join(f"{one:>9}" for one in PARTS))
    for table, n in rows.items():
        spent = [parts.get(f"{table}/{part}", (0, 0))[1] for part in PARTS]
        floored = floor["tables"].get(table, 0.0)
        size = told["staged"].get(table, 0) / 1e6
        print(f"{table:<22} {n:>10,} {size:>10.1f} {floored:>7.2f} " + " ".join(f"{one:>9.2f}" for one in spent))
    wall, cpu = (_by_part(parts, at) for at in (0, 1))
    for name, spent, floored in (("processor s", cpu, floor["cpu_s"]), ("s", wall, floor["seconds"])):
        print(f"{name:<43} {floored:>7.2f} " + " ".join(f"{spent[one]:>9.2f}" for one in PARTS))
    print(f"the rest: {built['cpu_s'] - sum(cpu.values()):.1f} processor s (imports, definitions, Dagster, pictures)\n")
    per_call = {part: 1000 * cpu[part] / calls for part in PER_CALL}
    detail = ", ".join(f"{part} {ms:.3f}" for part, ms in per_call.items())
    print(f"{calls:,} calls: {sum(per_call.values()):.3f} ms of processor time a call ({detail})")
    print(f"floor of the ledger: {1000 * ledger['cpu_s'] / calls:.4f} ms a call, {ledger['mb']:,} MB")
    floored_s = sum(cpu[part] for part in FLOORED)
    print(f"{', '.join(FLOORED)}: {floored_s:.1f} processor s, {floored_s / floor['cpu_s']:.1f} times the floor")
    print(
        f"snapshot {told['snapshot_mb']:,} MB, {told['snapshot_mb'] / max(1, floor['mb']):.2f} times the floor's; "
        f"build.duckdb {told['build_mb']:,} MB\n",
        flush=True,
    )


def _by_part(parts: Mapping[str, Sequence[float]], at: int) -> dict[str, float]:
    return {part: sum(spent[at] for name, spent in parts.items() if name.endswith(f"/{part}")) for part in PARTS}


# What the children do.

_spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
_running: list[list[float]] = []
_table = [""]
_staged: dict[str, int] = defaultdict(int)


def _count(owner: Any, name: str, part: str) -> None:
    """Count the time of a function as that of a part of the table that is made, without the parts within it."""
    setattr(owner, name, _counted(getattr(owner, name), part))


def _counted(function: Callable[..., Any], part: str) -> Callable[..., Any]:
    def timed(*arguments: Any, **options: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        _running.append([0.0, 0.0])
        try:
            return function(*arguments, **options)
        finally:
            taken = time.perf_counter() - wall, time.process_time() - cpu
            within, spent = _running.pop(), _spent[f"{_table[0]}/{part}"]
            for at in (0, 1):
                spent[at] += taken[at] - within[at]
                if _running:
                    _running[-1][at] += taken[at]

    return timed


def _counting() -> None:
    from reasonmed_assets.assets import asking, provenance, questions
    from reasonmed_assets.llm.engine import engine
    from reasonmed_assets.llm.ledger.sqlite.store import SqliteStore
    from reasonmed_assets.materialisation import factory, making, session, stage
    from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile

    _count(session, "read_source", "reading")
    _count(questions, "find_matches", "matching")
    _count(asking, "_call", "rendering")
    _count(engine._Run, "_key", "rendering")
    for name in ("lookup", "attempts_of", "keys_made_for", "count_made_for", "judge"):
        _count(SqliteStore, name, "ledger")
    for owner, name in ((asking, "parse_reply"), (asking, "_reply_row"), (provenance, "parse_reply")):
        _count(owner, name, "parsing")
    for name in ("make", "write", "write_all", "write_empty"):
        _count(stage.Stage, name, "SQL")
    _count(making, "_audit", "audit")
    _count(making, "picture", "pictures")
    _count(making, "sample_rows", "pictures")
    _count(DuckDBFile, "publish", "publish")
    _count(DuckDBFile, "refresh_snapshot", "snapshot")
    make, made, publish = making.make, stage.Stage.__init__, DuckDBFile.publish

    def makes(table: Any, *arguments: Any, **options: Any) -> Any:
        _table[0] = table.name
        try:
            return make(table, *arguments, **options)
        finally:
            _table[0] = ""

    def begins(self: Any, *arguments: Any, **options: Any) -> None:
        made(self, *arguments, **options)
        self.ask = _counted(self.ask, "engine")

    def publishes(self: Any, spec: Any, partition: Any, staged: Path, **options: Any) -> Any:
        _staged[spec.name] += staged.stat().st_size
        return publish(self, spec, partition, staged, **options)

    factory.make = provenance.make = makes
    stage.Stage.__init__ = begins  # type: ignore[method-assign]
    DuckDBFile.publish = publishes  # type: ignore[method-assign]


def _run_app(arguments: Sequence[str]) -> None:
    from reasonmed_assets.cli.app import app

    try:
        app(list(arguments))
    except SystemExit as ended:
        if ended.code:
            raise


def _build(place: Place) -> None:
    import duckdb

    for left in (place.recorded, place.folder / "built"):
        shutil.rmtree(left, ignore_errors=True)
    _counting()
    _record(place.recorded)
    _run_app(place.build("built"))
    snapshot = place.folder / "built" / "reasonmed.duckdb"
    with duckdb.connect(str(snapshot), read_only=True) as con:
        names = con.execute("select table_name from publishes group by all order by min(seq)").fetchall()
        rows = {name: con.sql(f"select count(*) from {name}").fetchall()[0][0] for (name,) in names}
    told = {
        "parts": _spent,
        "rows": rows,
        "staged": _staged,
        "snapshot_mb": snapshot.stat().st_size // 1024**2,
        "build_mb": snapshot.with_name("build.duckdb").stat().st_size // 1024**2,
    }
    print("\n" + json.dumps(told))


def _again(place: Place) -> None:
    _run_app(place.build("built"))
    print("\n{}")


def _ledger_floor(place: Place) -> None:
    """Every accepted reply by its key, as a build asks for them: some keys a query."""
    with sqlite3.connect(place.ledger) as connection:
        keys = [key for (key,) in connection.execute("select call_key from calls where final_attempt is not null")]
        started = time.process_time()
        for at in range(0, len(keys), _KEYS):
            some = keys[at : at + _KEYS]
            connection.execute(_BY_KEY.format(marks=",".join("?" * len(some))), some).fetchall()
    spent = time.process_time() - started
    print(json.dumps({"calls": len(keys), "cpu_s": spent, "mb": place.ledger.stat().st_size // 1024**2}))


def _fill(place: Place) -> None:
    """A build whose calls the rehearsal answers in this process."""
    from reasonmed_assets.llm.engine.fetching import Fetcher
    from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
    from reasonmed_assets.servers.rehearsal.replies import Rehearsal
    from reasonmed_assets.servers.simulated import DEFAULT_SEED

    keys = read_answer_keys(place.questions, ("medqa", "medmcqa", "pubmedqa", "mmlu"), {})
    rehearsal = Rehearsal(keys, DEFAULT_SEED)
    Fetcher._sender_of = lambda self, _name: _Rehearsing(rehearsal, self._on_attempt)  # type: ignore[method-assign,assignment]
    _run_app(place.build("first"))
    shutil.rmtree(place.folder / "first")
    print("\n{}")


class _Rehearsing:
    """A transport that answers by itself."""

    def __init__(self, rehearsal: Any, report: Callable[..., bool]) -> None:
        self._rehearsal = rehearsal
        self._report = report
        self._jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def submit(self, jobs: Sequence[Any]) -> None:
        for job in jobs:
            self._jobs.put(job)

    def stop(self, grace_s: float) -> None:
        self._jobs.put(None)

    def join(self) -> None:
        self._thread.join()

    def _answer(self) -> None:
        from reasonmed_assets.llm.outcomes import NO_RATE_LIMITS, Received
        from reasonmed_assets.llm.transports.responses import judged
        from reasonmed_assets.servers.simulated import envelope

        while (job := self._jobs.get()) is not None:
            raw = orjson.dumps(envelope(job.call.body, self._rehearsal.reply(job.call.body)))
            answer = judged(200, raw, is_marked_simulated=True)
            job.tries += 1
            received = Received(
                answer.outcome, answer.detail, 200, raw, answer.reply, None, 20.0, datetime.now(UTC), NO_RATE_LIMITS,
                None, answer.partial, answer.cause, False,
            )  # fmt: skip
            self._report(job, received, True)


def _record(folder: Path) -> None:
    """Have every query of a stage recorded, with the variables and the files that it reads."""
    import polars as pl

    from reasonmed_assets.materialisation.stage import Stage

    folder.mkdir(parents=True)
    read, number = Stage.read, itertools.count()
    log = (folder / "queries.jsonl").open("w")

    @contextmanager
    def reads(self: Any, relations: Any = None, variables: Any = None) -> Iterator[Any]:
        with read(self, relations, variables) as con:
            files: dict[str, list[str]] = {}
            for name, relation in (relations or {}).items():
                files[name] = []
                for one in relation if isinstance(relation, list | tuple) else [relation]:
                    kept = folder / f"{next(number)}.parquet"
                    if isinstance(one, pl.DataFrame):
                        one.write_parquet(kept)
                    else:
                        os.link(one, kept)
                    files[name].append(kept.name)
            yield _Recorded(con, self, files, log)
            log.flush()

    Stage.read = reads  # type: ignore[method-assign,assignment]


class _Recorded:
    """A connection whose queries of rows are recorded."""

    def __init__(self, con: Any, stage: Any, files: Mapping[str, Sequence[str]], log: Any) -> None:
        self._con = con
        self._stage = stage
        self._files = files
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def execute(self, text: str, *arguments: Any) -> Any:
        if text.startswith("create temp table calls as "):
            self._note(text.removeprefix("create temp table calls as "), is_of_table=False)
        elif text.startswith("copy (") and " to '" in text:
            query, _, target = text.removeprefix("copy (").rpartition(") to '")
            self._note(query, is_of_table=target.startswith(f"{self._stage.path}'"))
        return self._con.execute(text, *arguments)

    def sql(self, text: str, *arguments: Any) -> Any:
        if text != "from calls":
            self._note(text, is_of_table=False)
        return self._con.sql(text, *arguments)

    def _note(self, query: str, *, is_of_table: bool) -> None:
        variables = self._con.execute("select name, nullif(value, 'NULL'), type from duckdb_variables()").fetchall()
        entry = {
            "table": self._stage.spec.name,
            "query": query,
            "is_of_table": is_of_table,
            "files": self._files,
            "variables": variables,
        }
        self._log.write(json.dumps(entry) + "\n")


def _duckdb_floor(place: Place) -> None:
    import duckdb

    from reasonmed_assets import sql
    from reasonmed_assets.storage.duckdb_file.declared import Declared
    from reasonmed_assets.storage.views import create_views

    declared = Declared(None, None)
    path, scratch = place.folder / "floor.duckdb", place.folder / "floor.parquet"
    path.unlink(missing_ok=True)
    con = duckdb.connect(str(path), config={"memory_limit": "3GB", "preserve_insertion_order": False})
    for spec in declared.tables.values():
        con.execute(spec.ddl())
    con.execute(sql.macros_text())
    create_views(con, declared.views, kind="view")
    tables: dict[str, float] = defaultdict(float)
    began = time.monotonic()
    for line in (place.recorded / "queries.jsonl").open():
        entry = json.loads(line)
        for name, value, kind in entry["variables"]:
            con.execute(f'set variable "{name}" = cast($1 as {kind})', [None if value == "NULL" else value])
        for name, files in entry["files"].items():
            con.execute(f"create temp view {name} as from {sql.parquet(*(place.recorded / one for one in files))}")
        started = time.process_time()
        if entry["is_of_table"]:
            con.execute(f"insert into {entry['table']} by name {entry['query']}")
        else:
            con.execute(f"copy ({entry['query']}) to {sql.literal(scratch)} (format parquet, compression zstd)")
        tables[entry["table"]] += time.process_time() - started
        for name in entry["files"]:
            con.execute(f"drop view {name}")
    started = time.process_time()
    con.execute("checkpoint")
    con.close()
    told = {
        "tables": tables,
        "cpu_s": sum(tables.values()) + time.process_time() - started,
        "seconds": time.monotonic() - began,
        "mb": path.stat().st_size // 1024**2,
    }
    print(json.dumps(told))


_CHILDREN: Mapping[str, Callable[[Place], None]] = {
    "fill": _fill,
    "build": _build,
    "again": _again,
    "ledger_floor": _ledger_floor,
    "duckdb_floor": _duckdb_floor,
}

if __name__ == "__main__":
    main()
