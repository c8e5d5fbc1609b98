"""`reasonmed sql`: queries on the snapshot, read-only."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import orjson
import polars as pl

from reasonmed_assets.storage import Warehouse

_LONGEST_CELL = 60


class QueryError(ValueError):
    """A query that cannot be answered; the message says why."""


def run_query(warehouse: Path, query: str, output_format: str) -> None:
    """Print the rows of one statement.

    Args:
        warehouse: folder of the warehouse.
        query: one SQL statement.
        output_format: table, csv (lists and structs as JSON), json (one array) or parquet (bytes on standard output).

    Raises:
        QueryError: there is no warehouse, or DuckDB does not accept the statement.
    """
    with open_snapshot(warehouse) as con:
        try:
            frame = con.sql(query)
            rows = frame.pl() if frame is not None else pl.DataFrame()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
    if output_format == "csv":
        rows.with_columns(_as_json(rows[name]) for name, kind in rows.schema.items() if kind.is_nested()).write_csv(
            sys.stdout.buffer
        )
    elif output_format == "json":
        print(rows.write_json())
    elif output_format == "parquet":
        rows.write_parquet(sys.stdout.buffer)
    else:
        _print_table(rows)


def _as_json(column: pl.Series) -> pl.Series:
    cells = [None if value is None else orjson.dumps(value, default=str).decode() for value in column.to_list()]
    return pl.Series(column.name, cells, dtype=pl.String)


def prompt(warehouse: Path) -> None:
    """Read statements from the terminal, each ended by a semicolon, until end of input or `exit`.

    Raises:
        QueryError: there is no warehouse.
    """
    with open_snapshot(warehouse) as con:
        tables = [name for (name,) in con.execute("select table_name from information_schema.tables").fetchall()]
    print(f"Tables and views: {', '.join(sorted(tables))}. End a statement with ';', leave with exit.")
    statement = ""
    while True:
        try:
            line = input("reasonmed> " if not statement else "      ...> ")
        except EOFError:
            return
        if not statement and line.strip().rstrip(";") in ("exit", "quit"):
            return
        statement += line + "\n"
        if line.rstrip().endswith(";"):
            try:
                run_query(warehouse, statement, "table")
            except QueryError as error:
                print(error)
            statement = ""


def open_warehouse(folder: Path) -> Warehouse:
    """The warehouse in a folder, which must be there.

    Raises:
        QueryError: it is not.
    """
    if not folder.is_dir():
        raise QueryError(
            f"there is no warehouse at {folder}: build one with `reasonmed build`, or give --warehouse DIR"
        )
    return Warehouse(folder)


def open_snapshot(folder: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what is published, brought up to date before.

    Raises:
        QueryError: there is no warehouse, or nothing in it.
    """
    warehouse = open_warehouse(folder)
    warehouse.refresh_snapshot()
    if not warehouse.snapshot_path.exists():
        raise QueryError(f"warehouse {folder} holds nothing yet: build it with `reasonmed build`")
    return duckdb.connect(str(warehouse.snapshot_path), read_only=True)


def _print_table(rows: pl.DataFrame) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for name, kind in rows.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in rows.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)
    print(f"{rows.height:,} rows")


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
