"""Pages of a table's rows with every column and the whole texts, rendered when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import jinja2

from reasonmed_assets.quality.schema import TableSpec

SERVED_AT = "/pages/rows"
"""Where the UI serves them."""
_ROWS = 20


def address(table: str, partition: str | None, page: int = 1) -> str:
    """The address of a page within the UI."""
    query = ({"partition": partition} if partition else {}) | ({"page": page} if page > 1 else {})
    return f"{SERVED_AT}/{table}" + (f"?{urlencode(query)}" if query else "")


def render(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, page: int) -> str:
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
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("rows.html").render(
        spec=spec,
        partition=partition,
        total=total,
        first=(page - 1) * _ROWS + 1,
        rows=found.to_dicts(),
        before=address(spec.name, partition, page - 1) if page > 1 else None,
        after=address(spec.name, partition, page + 1) if page * _ROWS < total else None,
    )
