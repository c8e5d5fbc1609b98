"""Pages on what is published: how fresh each partition of each table is, and the rows of a table with whole texts.

Dagster shows neither at once. They load nothing and run no script. The page of freshness opens from disk as well; those
of rows are rendered when they are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import duckdb

from reasonmed_assets.config.hints import command
from reasonmed_assets.machine import write_durably
from reasonmed_assets.pages.rendering import templates
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.storage.builds import BUILDS
from reasonmed_assets.storage.freshness import Stale, freshness, stale_of

FRESHNESS = "freshness.html"
"""The file of that page in the folder of the quality report."""
ROWS_AT = "/pages/rows"
"""Where the UI serves the pages of rows."""
TRACES_AT = "/pages/trace"
"""Where the UI serves the trace of each row."""
DIFFS_AT = "/pages/diff"
"""Where the UI serves what each build changed, by its number."""
PICTURES_AT = "/pages/pictures"
"""Where the UI serves the chart of each table."""

_LONGEST = 300
_ROWS = 20


def write_freshness(warehouse: Warehouse, con: duckdb.DuckDBPyConnection, folder: Path | None = None) -> list[Stale]:
    """Write the page; returns what is not up to date.

    Args:
        warehouse: to name it.
        con: on its tables.
        folder: where to write; None: `quality/` in the warehouse, once something was published.
    """
    rows = freshness(con)
    if folder is None and not rows:
        return []
    folder = folder or warehouse.companion("quality")
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / FRESHNESS, render_freshness(rows, warehouse.name))
    return stale_of(rows)


def render_freshness(rows: list[dict[str, Any]], warehouse: str) -> str:
    """The page.

    Args:
        rows: of the view, by column.
        warehouse: its folder, to name it.
    """
    partitions = sorted({row["partition"] for row in rows} - {""})
    by_place = {(row["table_name"], row["partition"]): row for row in rows}
    tables = [name for name in TABLES if any(row["table_name"] == name for row in rows)]
    stale = [row for row in rows if row["is_behind"] or row["has_failed"]]
    template = templates().get_template("freshness.html")
    return template.render(
        warehouse=warehouse,
        build=command("build", warehouse=warehouse),
        query=command("sql", "from freshness", warehouse=warehouse),
        written_at=dt.datetime.now(dt.UTC),
        partitions=partitions,
        lines=[(name, [by_place.get((name, partition)) for partition in ("", *partitions)]) for name in tables],
        stale=sorted(stale, key=lambda row: not row["has_failed"]),
        longest=_LONGEST,
    )


def rows_address(table: str, partition: str | None, page: int = 1) -> str:
    """The address of a page within the UI."""
    query = ({"partition": partition} if partition else {}) | ({"page": page} if page > 1 else {})
    return f"{ROWS_AT}/{table}" + (f"?{urlencode(query)}" if query else "")


def trace_address(spec: TableSpec, row: Mapping[str, Any]) -> str | None:
    """The address of a row's trace within the UI; of a row of the account, that of its call; None without either."""
    traced = row.get("call_key" if spec.group == "provenance" else spec.key)
    return f"{TRACES_AT}/{quote(str(traced), safe='')}" if traced else None


def diff_address(build: int) -> str:
    """The address within the UI of what a build changed."""
    return f"{DIFFS_AT}/{build}"


def _links(spec: TableSpec, row: Mapping[str, Any]) -> dict[str, str]:
    """Where a row leads to, by what is there."""
    if spec.name == BUILDS:
        return {"what it changed": diff_address(row["number"])}
    trace = trace_address(spec, row)
    return {"trace": trace} if trace else {}


def render_rows(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, page: int) -> str:
    """A page of rows, in the order of the key.

    Args:
        con: a read connection on the published tables.
        spec: the table.
        partition: its partition; None: all of it.
        page: its number, from 1.
    """
    where = f"where {spec.partitioned_by} = $1" if partition and spec.partitioned_by else ""
    given: list[Any] = [partition] if where else []
    (total,) = con.execute(f"select count(*) from {spec.name} {where}", given).fetchone() or (0,)
    page = max(1, min(page, -(-total // _ROWS)))
    # What a person tells a row by comes first.
    names = [*spec.shown, *(name for name in spec.columns if name not in spec.shown)]
    found = con.execute(
        f"select {', '.join(names)} from {spec.name} {where} order by {spec.key} "
        f"limit {_ROWS} offset {(page - 1) * _ROWS}",
        given,
    ).pl()
    template = templates().get_template("rows.html")
    return template.render(
        spec=spec,
        partition=partition,
        total=total,
        first=(page - 1) * _ROWS + 1,
        rows=[(row, _links(spec, row)) for row in found.to_dicts()],
        before=rows_address(spec.name, partition, page - 1) if page > 1 else None,
        after=rows_address(spec.name, partition, page + 1) if page * _ROWS < total else None,
    )
