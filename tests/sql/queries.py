"""A query of sql/ on a few rows: the declared tables, empty but for the rows given, and the profile's variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.parameters import set_variables, variables
from reasonmed_assets.quality.schema import TABLES, TableSpec

from reasonmed_assets import sql
from reasonmed_assets.config import load_profile

SOURCE = "mmlu"
Rows = Sequence[Mapping[str, Any]]


def connect(overrides: Mapping[str, Any] | None = None, **more: Any) -> duckdb.DuckDBPyConnection:
    """A connection with the macros, the variables of the simulated profile and `more` of them, and every table, empty.

    Args:
        overrides: values of the profile by dotted key.
        more: variables that a step sets besides.
    """
    con = duckdb.connect(config={"threads": 1})
    con.execute(sql.macros_text())
    set_variables(con, variables(load_profile("simulated", dict(overrides or {}))) | {"source": SOURCE} | more)
    for name, spec in TABLES.items():
        con.execute(f"create table {name} ({_columns(spec)})")
    return con


def fill(con: duckdb.DuckDBPyConnection, name: str, rows: Rows, like: str | None = None) -> None:
    """Insert rows that give the columns that matter, the source among them unless told otherwise; the rest is null.

    Args:
        like: declared table whose columns `name` has, where `name` is none itself; the relation is made then.
    """
    spec = TABLES[like or name]
    if like is not None:
        con.execute(f"create table {name} ({_columns(spec)})")
    for row in rows:
        given = ({"source": SOURCE} if "source" in spec.columns else {}) | dict(row)
        con.execute(
            f"insert into {name} ({', '.join(given)}) values ({', '.join('?' for _ in given)})", list(given.values())
        )


def run(con: duckdb.DuckDBPyConnection, query: str, columns: str, order: str = "all") -> list[tuple[Any, ...]]:
    """The given columns of the rows of sql/<query>.sql."""
    return con.execute(f"select {columns} from ({sql.query(query).text}) order by {order}").fetchall()


def _columns(spec: TableSpec) -> str:
    """The declared columns, none of them required."""
    return ", ".join(f"{name} {kind}" for name, kind in spec.duckdb_types().items())
