"""The macros and views that every warehouse has, from `sql/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.storage.errors import WarehouseError


def shipped_views() -> dict[str, str]:
    """Name -> query of every view in `sql/views/`, header included."""
    return {query.makes: query.text for query in sql.queries("views")}


def create_views(con: duckdb.DuckDBPyConnection, views: Mapping[str, str], *, kind: str) -> None:
    """Create views that may build on one another.

    Args:
        con: a connection in which tables and macros are there.
        views: name -> query; table names in it are unqualified, or the view breaks when the file is renamed.
        kind: "view", or "temp view" where the database is read-only.

    Raises:
        WarehouseError: queries that cannot be created, each with DuckDB's message.
    """
    waiting = dict(views)
    while waiting:
        failed: dict[str, str] = {}
        for name, query in waiting.items():
            try:
                con.execute(f"create {kind} {name} as\n{query.rstrip().removesuffix(';')}")
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                failed[name] = str(error)
        if len(failed) == len(waiting):
            raise WarehouseError("views that cannot be created: " + "; ".join(f"{n}: {e}" for n, e in failed.items()))
        waiting = {name: waiting[name] for name in failed}


def description(name: str, query: str) -> str:
    """What a view shows, as its header says."""
    return sql.parse(f"views/{name}", query, Path(f"{name}.sql")).description
