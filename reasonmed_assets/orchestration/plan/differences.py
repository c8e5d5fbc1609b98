"""How rows differ between two warehouses: one before a build and a scratch one after it, or two of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from reasonmed_assets.orchestration.plan.plan import ChangedRow
from reasonmed_assets.orchestration.plan.scratch import Walk
from reasonmed_assets.quality.schema import ROW_HASH, TABLES
from reasonmed_assets.storage import Warehouse


@dataclass(frozen=True)
class RowDifference:
    """Rows of a table in which two warehouses differ.

    Attributes:
        table: the table.
        only_one, only_other: rows that one of them lacks.
        changed: rows of the same id with other values.
    """

    table: str
    only_one: int
    only_other: int
    changed: int


def explain(before: Warehouse, after: Warehouse, found: Walk, wanted: str) -> Iterator[ChangedRow]:
    """What a build does to a row, or to the rows of a question.

    Args:
        before: what is published.
        after: the scratch warehouse.
        found: of the walk over it.
        wanted: id of the row or question.
    """
    exact: dict[str, bool] = {}
    for row in found.rows:
        exact[row.table] = exact.get(row.table, True) and row.is_exact
    for table, spec in TABLES.items():
        if spec.group == "provenance" or not ({spec.key, "question_id"} & spec.columns.keys()):
            continue
        old, new = (_rows(warehouse, table, wanted) for warehouse in (before, after))
        for key in dict.fromkeys([*old, *new]):
            was, now = old.get(key), new.get(key)
            columns = tuple(name for name in was if name != ROW_HASH and was[name] != now[name]) if was and now else ()
            change = "new" if was is None else "gone" if now is None else "changed" if columns else "unchanged"
            yield ChangedRow(table, key, change, columns, exact.get(table, True))


def compare(one: Warehouse, other: Warehouse, tables: Sequence[str]) -> Iterator[RowDifference]:
    """In how many rows of some tables two warehouses differ, those that differ in none left out."""
    for table in tables:
        first, second = (_hashes(warehouse, table) for warehouse in (one, other))
        both = first.join(second, on="id", how="full", suffix="_other", coalesce=True)
        found = RowDifference(
            table,
            both.filter(pl.col("hash_other").is_null()).height,
            both.filter(pl.col("hash").is_null()).height,
            both.filter(pl.col("hash") != pl.col("hash_other")).height,
        )
        if found.only_one or found.only_other or found.changed:
            yield found


def _rows(warehouse: Warehouse, table: str, wanted: str) -> dict[str, dict[str, Any]]:
    spec = TABLES[table]
    by_question = "or question_id = $1" if "question_id" in spec.columns else ""
    with warehouse.read() as con:
        rows = con.execute(f"from {table} where {spec.key} = $1 {by_question} order by {spec.key}", [wanted])
        names = [column[0] for column in rows.description or []]
        return {str(row[names.index(spec.key)]): dict(zip(names, row, strict=True)) for row in rows.fetchall()}


def _hashes(warehouse: Warehouse, table: str) -> pl.DataFrame:
    with warehouse.read() as con:
        return con.sql(f"select {TABLES[table].key} as id, {ROW_HASH} as hash from {table}").pl()
