"""Two states of a few tables, made by hand, and the causes that are found for what differs between them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb
from reasonmed_assets.quality.tables import TABLES

from reasonmed_assets.lineage.diff import changes, why
from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared, Side

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Parts = Mapping[str, Mapping[str, str]]


def compared(before: Rows, after: Rows, parts: tuple[Parts, Parts]) -> Compared:
    """Both states, open; columns that a row does not have are null, and its hash is made of the others.

    Args:
        before: rows by table.
        after: the same.
        parts: of the fingerprints of tables, before and after.
    """
    con = duckdb.connect(config={"threads": 1})
    for side, rows, of_side in zip((BEFORE, AFTER), (before, after), parts, strict=True):
        for name, spec in TABLES.items():
            types = spec.duckdb_types()
            con.execute(
                f"create table {side}_{name} ({', '.join(f'{column} {kind}' for column, kind in types.items())})"
            )
            _insert(
                con,
                f"{side}_{name}",
                [dict(row) | {"row_hash": json.dumps(row, sort_keys=True)} for row in rows.get(name, ())],
            )
        for seq, (name, values) in enumerate(of_side.items(), start=1):
            publish = {"table_name": name, "partition": ""}
            earlier = {part: f"~{value}" for part, value in values.items()}
            states = (publish | {"seq": at, "parts": json.dumps(of)} for at, of in ((0, earlier), (seq, values)))
            _insert(con, f"{side}_publishes", list(states))
    tables = tuple(spec for spec in TABLES.values() if spec.group != "provenance")
    return Compared(con, (Side("a", 1), Side("b", 2)), tables, tuple(spec.name for spec in tables))


def causes(before: Rows, after: Rows, parts: tuple[Parts, Parts]) -> dict[tuple[str, str], str]:
    """(table, id) -> cause of the rows that differ."""
    states = compared(before, after, parts)
    changes.find(states)
    why.find(states)
    found = states.con.execute(
        "select table_name, row_id, cause from changes left join reasons using (table_name, row_id)"
    ).fetchall()
    assert len({(table, row_id) for table, row_id, _ in found}) == len(found), "each row has one cause"
    return {(table, row_id): cause for table, row_id, cause in found}


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, those of the same columns at once."""
    for names, alike in groupby(rows, key=tuple):
        values = list(alike)
        marks = ", ".join(f"({', '.join('?' for _ in names)})" for _ in values)
        columns = ", ".join(f'"{name}"' for name in names)
        con.execute(
            f"insert into {table} ({columns}) values {marks}", [value for row in values for value in row.values()]
        )
