"""What history costs: publishes of a few changed rows with it and without it, its size, and reads as of a publish.

python benchmarks/history.py [rows] [folder]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "storage"))

from storage_toy import ITEMS, open_warehouse

from reasonmed_assets import sql
from reasonmed_assets.storage import history, row_hash_sql
from reasonmed_assets.storage.duckdb_file import DuckDBFile

_TEXT = " || ' ' || ".join(f"md5((i * 31 + {n})::varchar)" for n in range(20))


def main(rows: int, parent: Path | None) -> None:
    """Print a table of seconds and bytes."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        warehouse = open_warehouse(Path(folder) / "warehouse")
        first, one, some = (_staged(Path(folder), rows, every) for every in (0, rows, 100))
        print(f"{rows:,} rows, {first.stat().st_size / 1e6:,.0f} MB staged")
        _timed("first publish", lambda: _publish(warehouse, first))
        keep = history.History.keep_difference
        for name, changed in (("one row", one), ("1% of the rows", some)):
            for what in 2 * ("without", "with"):
                history.History.keep_difference = keep if what == "with" else lambda *_: None  # type: ignore
                _timed(f"publish, {name} changed, {what} history", lambda changed=changed: _publish(warehouse, changed))
                _publish(warehouse, first)
        warehouse.drop_history(_last(warehouse))
        history.History.keep_difference = keep  # type: ignore[method-assign]
        begins = _last(warehouse)
        for changed in (one, first, *5 * (some, first)):
            _publish(warehouse, changed)
        kept = warehouse.history()
        sizes = sorted(kept.n_bytes.values())
        print(f"{sizes[0]:,} bytes of one changed row, {sizes[-1]:,} of 1% of them, {sum(sizes):,} of all 12 publishes")
        print(f"{warehouse.snapshot_path.stat().st_size:,} bytes snapshot")
        for query in (
            "select count(*) from items",
            "select sum(length(text)) from items",
            "from items where item_id = '7'",
        ):
            _timed(f"as of now: {query}", lambda query=query: _ask(warehouse, None, query))
            _timed(f"12 publishes back: {query}", lambda query=query: _ask(warehouse, begins, query))


def _last(warehouse: DuckDBFile) -> int:
    record = warehouse.last_publish("items", "mmlu")
    assert record is not None
    return record.seq


def _ask(warehouse: DuckDBFile, as_of: int | None, query: str) -> None:
    with warehouse.shown(as_of or None) as con:
        con.execute(query).fetchall()


def _publish(warehouse: DuckDBFile, staged: Path) -> None:
    warehouse.publish(ITEMS, "mmlu", staged, run_id="r", fingerprint="f", profile="p", statistics={})


def _staged(folder: Path, rows: int, every: int) -> Path:
    """A staged file; of each `every` rows one is changed, none for 0."""
    file = folder / f"staged-{every}.parquet"
    changed = f"i % {every} = 7" if every else "false"
    made = (
        f"select i::varchar as item_id, 'mmlu' as source, {_TEXT} || ({changed})::varchar as text,"
        f" null::varchar as note, []::varchar[] as tags, null::varchar as provider_kind from range({rows}) as r (i)"
    )
    duckdb.execute(
        f"copy (select *, {row_hash_sql(ITEMS.columns)} as row_hash from ({made})) to {sql.literal(file)}"
        " (format parquet)"
    )
    return file


def _timed(what: str, action: Callable[[], object]) -> None:
    started, cpu = time.monotonic(), time.process_time()
    action()
    print(f"{time.monotonic() - started:8.2f} s {time.process_time() - cpu:8.2f} CPU s  {what}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
