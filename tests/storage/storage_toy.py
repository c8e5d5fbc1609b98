"""A small table for the tests of the storage layer, and ways to stage and read its rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from reasonmed_assets.quality import tables as _declared  # noqa: F401  (fills TABLES)
from reasonmed_assets.quality.schema import TABLES, Table, TableSpec, column, list_of

from reasonmed_assets import sql
from reasonmed_assets.storage import Published, Warehouse, row_hash_sql
from reasonmed_assets.storage.duckdb_file import DuckDBFile


class Items(Table):
    """One row per item."""

    item_id: str = column("Id.", unique=True)
    source: str = column("Name of the source.")
    text: str = column("Text.")
    note: str = column("Note.", nullable=True)
    tags: pl.List = list_of(pl.String, "Tags.")
    provider_kind: str = column("Kind of provider.", nullable=True)


ITEMS = TableSpec("items", "toys", "One row per item.", "item_id", "source", Items)
TOTALS = TableSpec("totals", "toys", "One row per item.", "item_id", None, Items)
VIEWS = {
    "tagged": "-- makes: tagged\n-- reads: noted\n-- description: Items that have a tag.\n"
    "select * from noted where len(tags) > 0",
    "noted": "-- makes: noted\n-- reads: items\n-- description: Items that have a note.\n"
    "select *, letter_at(1) as letter from items where note is not null;\n",
}


def open_warehouse(folder: Path, **options: Any) -> DuckDBFile:
    """A warehouse of the toy tables, in a DuckDB file."""
    tables = {"items": ITEMS, "totals": TOTALS} | {name: TABLES[name] for name in ("publishes", "builds")}
    return DuckDBFile(folder, **({"tables": tables, "views": VIEWS} | options))


def rows_of(texts: dict[str, str], source: str = "mmlu", **values: Any) -> list[dict[str, Any]]:
    """Rows with the given texts by id."""
    rest = {"note": None, "tags": ["a, b", "c"], "provider_kind": None} | values
    return [{"item_id": item_id, "source": source, "text": text, **rest} for item_id, text in texts.items()]


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    """A database in memory: to open one for each staging would take most of its time."""
    return duckdb.connect(config={"threads": 1})


def stage(path: Path, rows: list[dict[str, Any]], spec: TableSpec = ITEMS) -> Path:
    """Write rows with their hashes as a staged file."""
    types = spec.duckdb_types()
    names = [name for name in types if name != "row_hash"]
    with _memory().cursor() as con:
        con.execute(f"create temp table rows ({', '.join(f'{name} {types[name]}' for name in names)})")
        for row in rows:
            con.execute(f"insert into rows values ({', '.join('?' for _ in names)})", [row.get(name) for name in names])
        hashed = f"select *, {row_hash_sql(spec.columns)} as row_hash from rows"
        con.execute(f"copy ({hashed}) to {sql.literal(path)} (format parquet)")
    return path


def publish(
    warehouse: Warehouse,
    texts: dict[str, str],
    source: str | None = "mmlu",
    spec: TableSpec = ITEMS,
    fingerprint: str = "f",
    recipe: int | None = None,
    parts: dict[str, str] | None = None,
    build: int | None = None,
    **values: Any,
) -> Published:
    """Stage and publish rows with the given texts by id."""
    with warehouse.staging_area(spec.name, source, "run") as area:
        return warehouse.publish(
            spec,
            source,
            stage(area / "rows.parquet", rows_of(texts, source or "all", **values), spec),
            run_id="run",
            fingerprint=fingerprint,
            profile="test",
            statistics={"items": len(texts)},
            recipe=recipe,
            parts=parts,
            build=build,
        )


def texts_in(warehouse: Warehouse, source: str | None = "mmlu", table: str = "items") -> dict[str, str]:
    """Published texts by id."""
    with warehouse.read() as con:
        return _texts(con.execute(f"select item_id, text from {table} where source = ?", [source or "all"]).fetchall())


def texts_in_file(path: Path) -> dict[str, str]:
    """Texts by id in a database file, opened as a user opens it."""
    with duckdb.connect(str(path), read_only=True) as con:
        return _texts(con.execute("select item_id, text from items").fetchall())


def _texts(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(rows)
