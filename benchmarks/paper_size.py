"""What a build of many questions costs whose replies are all in the ledger, beside the same rows in bare DuckDB.

    python benchmarks/paper_size.py [NUMBER OF QUESTIONS ...] [--folder FOLDER] [--once | --http] [--picture SVG]

For each number (1,000): question files (`question_files.py`), and a build that fills a ledger, whose replies another
process writes into it just before they are read (`filling.py`). Then, each in a process of its own: a build into a new
warehouse from that ledger; one with nothing to do; the floor of the ledger, all accepted replies read by their keys;
that of DuckDB, the build's own queries on the same calls and replies, each once, into one file, without audit, history
or snapshot. With `--once`, the build that fills the ledger is the one that is measured: what the filling takes of it is
counted apart. With `--http` nothing fills the ledger: the build asks the rehearsal endpoint over HTTP, whose processor
time is in that of the build, not in its parts.

The picture shows the processor time of the builds per question: where it does not grow, a build grows as its questions.

A FOLDER that is given is kept: steps whose result is there as JSON are not run again, and a build that was stopped goes
on where it was.

Seconds are those of the clock, then those of the processor, of all threads. A part is without the parts within it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from counting import Counting, counted, read_made, read_queries
from filling import Filling
from operations import OPERATIONS, TRACE_S, Operation, trace_times, write_override
from question_files import write_files

PARTS = (
    "reading", "matching", "rendering", "ledger", "parsing", "engine", "filling", "SQL", "audit", "pictures", "publish",
    "snapshot",
)  # fmt: skip
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
        self.ledger, self.counted = folder / "ledger.sqlite", folder / "counted"

    @property
    def built(self) -> Path:
        """The warehouse that is measured."""
        return self.folder / "built"

    def options(self, warehouse: str = "built") -> list[str]:
        """The options of a build."""
        return [
            "--profile", str(self.profile), "--data-dir", str(self.questions), "--ledger", str(self.ledger),
            "--warehouse", str(self.folder / warehouse),
        ]  # fmt: skip


def main() -> None:
    """Fill, build, print."""
    options = argparse.ArgumentParser()
    options.add_argument("numbers", nargs="*", type=int, default=[1_000])
    options.add_argument("--folder", type=Path)
    way = options.add_mutually_exclusive_group()
    way.add_argument("--once", action="store_true")
    way.add_argument("--http", action="store_true")
    options.add_argument("--picture", type=Path)
    options.add_argument("--child", nargs=2)
    given = options.parse_args()
    if given.child:
        step, folder = given.child
        place = Place(Path(folder))
        if step in OPERATIONS:
            _operate(place, OPERATIONS[step])
        else:
            _CHILDREN[step](place)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)) / ("http" if given.http else ".")
        places = {n: Place(folder / str(n)) for n in given.numbers}
        for n, place in places.items():
            _measure(place, n, is_once=given.once, is_http=given.http)
        if given.picture:
            given.picture.write_text(_growth(places), encoding="utf-8")


def _measure(place: Place, n: int, *, is_once: bool, is_http: bool) -> None:
    place.folder.mkdir(parents=True, exist_ok=True)
    if not place.profile.exists():
        print(f"{n:,} questions: {write_files(place.questions, n)}", flush=True)
        place.profile.write_text(_PROFILE)
    if is_http:
        built = _costs(place, "build", "build over HTTP")
    elif is_once:
        built = _costs(place, "once", "build that fills a ledger")
    else:
        _costs(place, "fill", "a ledger is filled")
        built = _costs(place, "build", "build from the ledger")
    _costs(place, "again", "nothing to do")
    ledger, duckdb = (
        _costs(place, "ledger_floor", "floor of the ledger"),
        _costs(place, "duckdb_floor", "floor of DuckDB"),
    )
    _tell(place, built, ledger["told"], duckdb["told"])
    _tell_of_operations(place)


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
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # files come and go
                status = Path(parent, name).stat()
                found[status.st_ino] = status.st_size
    return sum(found.values())


def _tell(place: Place, built: Mapping[str, Any], ledger: Mapping[str, Any], floor: Mapping[str, Any]) -> None:
    told, made, calls = built["told"], read_made(place.counted), ledger["calls"]
    shown = [name for name in PARTS if any(name in one["parts"] for one in made)]
    print(
        f"\n{'table':<22} {'rows':>10} {'staged MB':>10} {'peak MB':>8} {'floor':>7} "
        + " ".join(f"{name:>9}" for name in shown)
    )
    for table, n in told["rows"].items():
        own = [one for one in made if one["table"] == table]
        spent, floored = _by_part(own, 1), floor["tables"].get(table, 0.0)
        size, peak = sum(one["staged"] for one in own) / 1e6, max((one["memory_mb"] for one in own), default=0)
        print(
            f"{table:<22} {n:>10,} {size:>10.1f} {peak:>8,} {floored:>7.2f} "
            + " ".join(f"{spent[name]:>9.2f}" for name in shown)
        )
    wall, cpu = (_by_part(made, at) for at in (0, 1))
    for name, spent, floored in (("processor s", cpu, floor["cpu_s"]), ("s", wall, floor["seconds"])):
        print(f"{name:<52} {floored:>7.2f} " + " ".join(f"{spent[one]:>9.2f}" for one in shown))
    total = sum(one["cpu_s"] for one in made)
    print(
        f"{total:,.1f} processor s; the rest: {total - sum(cpu.values()):.1f} (imports, definitions, Dagster); "
        f"peak memory {max(one['memory_mb'] for one in made):,} MB\n"
    )
    if told["filling_cpu_s"]:
        print(f"the process that filled the ledger: {1000 * told['filling_cpu_s'] / calls:.3f} ms a call")
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


def _tell_of_operations(place: Place) -> None:
    matching = [one for one in read_made(place.counted) if one["table"] == "question_matches"]
    seconds = sum(one["parts"]["matching"][0] for one in matching)
    memory_mb = max(one["memory_mb"] for one in matching)
    _judge("matching", seconds, memory_mb, Operation("matching", (), 60, 2_048))
    traced = _costs(place, "traces", "traces")["told"]
    for kind, seconds in traced.items():
        _judge(f"trace, found by {kind}", seconds, 0, Operation("trace", (), TRACE_S))
    overrides = place.folder / "overrides.toml"
    if not overrides.exists():
        write_override(overrides, place.built / "reasonmed.duckdb")
    for step, operation in OPERATIONS.items():
        cost = _costs(place, step, operation.name)
        _judge(operation.name, cost["seconds"], cost["memory_mb"], operation)


def _growth(places: Mapping[int, Place]) -> str:
    """The processor time of builds per question and part, in ms, as an SVG."""
    from reasonmed_assets.pages.figures.bars import bar_chart

    rows: list[tuple[str, str, float | None]] = []
    for n, place in places.items():
        made = read_made(place.counted)
        cpu = _by_part(made, 1)
        drawn = {"calls": sum(cpu[part] for part in PER_CALL)} | {part: cpu[part] for part in FLOORED}
        drawn["the rest"] = sum(one["cpu_s"] for one in made) - sum(drawn.values()) - cpu["filling"]
        rows += [(f"{n:,} questions", part, round(1000 * seconds / n, 1)) for part, seconds in drawn.items()]
    return bar_chart("A build: processor time per question, in milliseconds", rows)


def _judge(name: str, seconds: float, memory_mb: int, operation: Operation) -> None:
    """Print whether limits are kept."""
    pairs = ((seconds, operation.most_s, "s"), (memory_mb, operation.most_mb, "MB"))
    for value, most, unit in pairs:
        if most is not None:
            said = "kept" if value <= most else "BROKEN"
            print(f"  {name}: {value:,.1f} {unit}, at most {most:,.0f} {unit}: {said}", flush=True)


def _by_part(made: Sequence[Mapping[str, Any]], at: int) -> dict[str, float]:
    return {part: sum(one["parts"].get(part, (0, 0))[at] for one in made) for part in PARTS}


# What the children do.


def _run_app(arguments: Sequence[str]) -> None:
    from reasonmed_assets.cli.app import app

    try:
        app(list(arguments))
    except SystemExit as ended:
        if ended.code:
            raise


def _build(place: Place, filling: Filling | None = None) -> None:
    import duckdb

    counting = Counting(place.counted)
    if filling is not None:
        filling.serve(counted)
    _run_app(["build", *place.options()])
    counting.note()
    snapshot = place.built / "reasonmed.duckdb"
    with duckdb.connect(str(snapshot), read_only=True) as con:
        names = con.execute("select table_name from publishes group by all order by min(seq)").fetchall()
        rows = {name: con.sql(f"select count(*) from {name}").fetchall()[0][0] for (name,) in names}
    told = {
        "rows": rows,
        "snapshot_mb": snapshot.stat().st_size // 1024**2,
        "build_mb": snapshot.with_name("build.duckdb").stat().st_size // 1024**2,
        "filling_cpu_s": filling.close() if filling is not None else 0.0,
    }
    print("\n" + json.dumps(told))


def _once(place: Place) -> None:
    _build(place, Filling(place.ledger, place.questions))


def _again(place: Place) -> None:
    _run_app(["build", *place.options()])
    print("\n{}")


def _operate(place: Place, operation: Operation) -> None:
    _run_app(operation.arguments(place.folder, place.options(), place.built))
    print("\n{}")


def _traces(place: Place) -> None:
    print("\n" + json.dumps(trace_times(place.built / "reasonmed.duckdb")))


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
    """A build whose missing replies another process writes into the ledger before they are read."""
    filling = Filling(place.ledger, place.questions)
    filling.serve(counted)
    _run_app(["build", *place.options("first")])
    shutil.rmtree(place.folder / "first")
    print("\n" + json.dumps({"filling_cpu_s": filling.close()}))


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
    for entry in read_queries(place.counted):
        for name, value, kind in entry["variables"]:
            con.execute(f'set variable "{name}" = cast($1 as {kind})', [None if value == "NULL" else value])
        for name, files in entry["files"].items():
            con.execute(f"create temp view {name} as from {sql.parquet(*(place.counted / one for one in files))}")
        for name, condition in entry["narrowed"].items():
            con.execute(f"create temp view {name} as from floor.main.{name} where {condition}")
        started = time.process_time()
        if entry["is_of_table"]:
            con.execute(f"insert into floor.main.{entry['table']} by name {entry['query']}")
        else:
            con.execute(f"copy ({entry['query']}) to {sql.literal(scratch)} (format parquet, compression zstd)")
        tables[entry["table"]] += time.process_time() - started
        for name in (*entry["files"], *entry["narrowed"]):
            con.execute(f"drop view temp.{name}")
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
    "once": _once,
    "again": _again,
    "traces": _traces,
    "ledger_floor": _ledger_floor,
    "duckdb_floor": _duckdb_floor,
}

if __name__ == "__main__":
    main()
