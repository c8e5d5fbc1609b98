"""The time of a trace in a large warehouse: python benchmarks/traces.py WAREHOUSE FILE.duckdb [QUESTIONS].

Copies the rows of a built warehouse under new ids up to a number of questions (default 195,000), texts cut to 100
characters, into FILE.duckdb; then traces by every kind of id and by words, each from a connection of its own, and
prints seconds from opening the file to the end of the tree, on the clock and of processor time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.lineage.trace.gathering import Snapshot, find, gather
from reasonmed_assets.lineage.trace.story import tell
from reasonmed_assets.storage.views import create_views, shipped_views

QUESTIONS = 195_000
IDS = {"other_raw_id", "parent_path_id", "near_copy_of", "group_id", "row_id", "call_key"}
KINDS = {
    "record": "select raw_id from questions",
    "question": "select question_id from questions",
    "path": "select path_id from reasoning_paths",
    "example": "select example_id from sft_reasonmed",
    "rejected record": "select raw_id from rejected_questions",
    "score": "select score_id from quality_scores",
    "call": "select call_key from llm_calls",
    "beginning of an id": "select question_id[:12] from questions",
}


def copied(name: str, value: str, characters: int | None) -> str:
    """The expression of a column in a copy; texts are cut to that many characters."""
    spec = TABLES[name]
    kind = spec.duckdb_types()[value]
    if value in IDS or value == spec.key or value in {one.key for one in TABLES.values()}:
        return (
            f"if(copy = 0, {value}, md5({value} || copy)[:length({value})]) as {value}" if kind == "varchar" else value
        )
    if value == "call_keys":
        return "list_transform(call_keys, lambda one: if(copy = 0, one, md5(one || copy)[:length(one)])) as call_keys"
    return f"{value}[:{characters}] as {value}" if kind == "varchar" and characters else value


def enlarge(warehouse: Path, file: Path, n_questions: int, characters: int | None = 100) -> None:
    """Write the copies; texts are cut to that many characters, None: not at all."""
    with duckdb.connect(str(file)) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(sql.macros_text())
        con.execute(f"attach '{warehouse / 'reasonmed.duckdb'}' as small (read_only)")
        (n,) = con.execute("select count(*) from small.questions").fetchone() or (1,)
        for name, spec in TABLES.items():
            con.execute(spec.ddl())
            copies = (
                1 if spec.group == "provenance" and name not in ("llm_calls", "call_uses") else n_questions // n + 1
            )
            columns = ", ".join(copied(name, column, characters) for column in spec.columns)
            con.execute(
                f"insert into {name} by name select {columns} from small.{name}, range({copies}) as copies (copy)"
            )
        create_views(con, shipped_views(), kind="view")


def timed(file: Path, wanted: str) -> tuple[float, float]:
    """Seconds on the clock and of processor time, from opening the file to the end of the tree."""
    started, used = time.perf_counter(), time.process_time()
    with duckdb.connect(str(file), read_only=True) as con:
        snapshot = Snapshot(con)
        tell(gather(snapshot, find(snapshot, wanted)))
    return time.perf_counter() - started, time.process_time() - used


def main() -> None:
    """Print the table."""
    warehouse, file = Path(sys.argv[1]), Path(sys.argv[2])
    n_questions = int(sys.argv[3]) if len(sys.argv) > 3 else QUESTIONS
    if not file.exists():
        enlarge(warehouse, file, n_questions)
    with duckdb.connect(str(file), read_only=True) as con:
        first: Callable[[str], list[str]] = lambda query: [  # noqa: E731
            row[0] for row in con.execute(f"from ({query}) using sample 5 rows (reservoir, 1)").fetchall()
        ]
        wanted = {kind: first(query) for kind, query in KINDS.items()}
        sizes = {name: (con.execute(f"select count(*) from {name}").fetchone() or (0,))[0] for name in
                 ("questions", "reasoning_paths", "llm_calls")}  # fmt: skip
    print(", ".join(f"{n:,} {name}" for name, n in sizes.items()))
    print("| found by | median s | longest s | processor s |\n| --- | ---: | ---: | ---: |")
    for kind, ids in wanted.items():
        walls, used = zip(*sorted(timed(file, one) for one in ids), strict=True)
        print(f"| {kind} | {walls[len(walls) // 2]:.2f} | {walls[-1]:.2f} | {sorted(used)[len(used) // 2]:.2f} |")


if __name__ == "__main__":
    main()
