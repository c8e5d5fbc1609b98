"""What a build spends its time on: seconds and memory of each table by part, and the queries of its stages, as files.

A build that was stopped and goes on adds to the same files; what it had not finished counts for nothing.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
_running: list[list[float]] = []
_at = {"table": "", "partition": ""}


def counted(function: Callable[..., Any], part: str) -> Callable[..., Any]:
    """The function, its time counted as that of a part of the table that is made, without the parts within it."""

    def timed(*arguments: Any, **options: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        _running.append([0.0, 0.0])
        try:
            return function(*arguments, **options)
        finally:
            taken = time.perf_counter() - wall, time.process_time() - cpu
            within, spent = _running.pop(), _spent[part]
            for at in (0, 1):
                spent[at] += taken[at] - within[at]
                if _running:
                    _running[-1][at] += taken[at]

    return timed


def _count(owner: Any, name: str, part: str) -> None:
    setattr(owner, name, counted(getattr(owner, name), part))


class Counting:
    """Counts what the build of this process does, into a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._log = (folder / "made.jsonl").open("a")
        self._cpu_s = 0.0
        self._staged = 0
        _count_parts()
        self._count_tables()
        _record_queries(folder)

    def note(self) -> None:
        """Write what was spent since the last time, and the most memory that was used meanwhile."""
        used = time.process_time()
        entry = {**_at, "pid": os.getpid(), "parts": _spent, "staged": self._staged, "cpu_s": used - self._cpu_s,
                 "memory_mb": _peak_mb()}  # fmt: skip
        self._log.write(json.dumps(entry) + "\n")
        self._log.flush()
        _spent.clear()
        self._cpu_s, self._staged = used, 0

    def _count_tables(self) -> None:
        from reasonmed_assets.assets import provenance
        from reasonmed_assets.materialisation import factory, making
        from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile

        make, publish = making.make, DuckDBFile.publish

        def makes(table: Any, session: Any, partition: Any, **options: Any) -> Any:
            self.note()
            _at.update(table=table.name, partition=partition or "")
            try:
                made = make(table, session, partition, **options)
                self.note()
            finally:
                _at.update(table="", partition="")
            return made

        def publishes(own: Any, spec: Any, partition: Any, staged: Any, **options: Any) -> Any:
            self._staged += sum(file.stat().st_size for file in ([staged] if isinstance(staged, Path) else staged))
            return publish(own, spec, partition, staged, **options)

        factory.make = provenance.make = makes
        DuckDBFile.publish = publishes  # type: ignore[method-assign]


def read_made(folder: Path) -> list[dict[str, Any]]:
    """What was noted: an entry for each partition of a table, and those between them, whose table is empty.

    A build that goes on looks at what was made before again: of a partition, the entry that took longest counts.
    """
    noted = [json.loads(line) for line in (folder / "made.jsonl").open()]
    longest: dict[tuple[str, str], dict[str, Any]] = {}
    for one in noted:
        place = one["table"], one["partition"]
        longest[place] = max(longest.get(place, one), one, key=lambda entry: entry["cpu_s"])
    return [one for one in noted if not one["table"] or one is longest[one["table"], one["partition"]]]


def read_queries(folder: Path) -> Iterator[dict[str, Any]]:
    """The queries of the partitions that were made, in their order."""
    made = {(one["table"], one["partition"], one["pid"]) for one in read_made(folder)}
    for line in (folder / "queries.jsonl").open():
        query = json.loads(line)
        if (query["table"], query["partition"], query["pid"]) in made:
            yield query


def _count_parts() -> None:
    from reasonmed_assets.assets import asking, provenance, questions
    from reasonmed_assets.llm.engine import engine
    from reasonmed_assets.llm.ledger.sqlite.store import SqliteStore
    from reasonmed_assets.materialisation import making, session, shards, stage
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
    _count(shards, "audit_rows", "audit")
    _count(making, "picture", "pictures")
    _count(making, "sample_rows", "pictures")
    _count(DuckDBFile, "publish", "publish")
    _count(DuckDBFile, "refresh_snapshot", "snapshot")
    made = stage.Stage.__init__

    def begins(self: Any, *arguments: Any, **options: Any) -> None:
        made(self, *arguments, **options)
        self.ask = counted(self.ask, "engine")

    stage.Stage.__init__ = begins  # type: ignore[method-assign]


def _peak_mb() -> int:
    """The largest resident memory since the last call."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _record_queries(folder: Path) -> None:
    """Have every query of a stage recorded, with the variables and the files that it reads."""
    import polars as pl

    from reasonmed_assets.materialisation.stage import Stage

    read, number = Stage.read, itertools.count(len(list(folder.glob("*.parquet"))))
    log = (folder / "queries.jsonl").open("a")

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
        if text not in ("from calls", "from staged"):
            self._note(text, is_of_table=False)
        return self._con.sql(text, *arguments)

    def _note(self, query: str, *, is_of_table: bool) -> None:
        variables = self._con.execute("select name, nullif(value, 'NULL'), type from duckdb_variables()").fetchall()
        entry = {
            **_at,
            "pid": os.getpid(),
            "query": query,
            "narrowed": self._narrowed(),
            "is_of_table": is_of_table,
            "files": self._files,
            "variables": variables,
        }
        self._log.write(json.dumps(entry) + "\n")

    def _narrowed(self) -> dict[str, str]:
        """The tables of which the query sees the rows of a shard, with the condition."""
        from reasonmed_assets.quality.schema import TABLES

        units = self._stage.units
        if units is None:
            return {}
        conditions = {name: units.condition(TABLES[name], name) for name in self._stage.transform.tables}
        return {name: condition for name, condition in conditions.items() if condition is not None}
