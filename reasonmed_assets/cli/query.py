"""`reasonmed sql`: queries on the snapshot, read-only."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import orjson
import polars as pl

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.storage import open_snapshot

_LONGEST_CELL = 60
_LEAST_COLUMN = 8
_AROUND_COLUMN = 2


class QueryError(ReasonmedError):
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


def _print_table(rows: pl.DataFrame) -> None:
    """A table, or, where the terminal is too narrow for its columns, each row as lines of name and value."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    cells = [[_cell(value) for value in row] for row in rows.iter_rows()]
    widths = [max(map(len, column), default=0) for column in zip(*cells, strict=True)] or [0] * rows.width
    numeric = [kind.is_numeric() for kind in rows.dtypes]
    # A number is never cut; a text or a name may be, down to some width.
    figures = [width if is_number else 0 for width, is_number in zip(widths, numeric, strict=True)]
    least = [
        max(figure, min(max(width, len(name)), _LEAST_COLUMN))
        for name, width, figure in zip(rows.columns, widths, figures, strict=True)
    ]
    if sum(least) + _AROUND_COLUMN * len(least) + 1 <= console.width:
        table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
        for name, is_number, figure in zip(rows.columns, numeric, figures, strict=True):
            table.add_column(name, justify="right" if is_number else "left", min_width=figure, overflow="fold")
        for row in cells:
            table.add_row(*row)
        console.print(table, markup=False)
    else:
        for number, row in enumerate(cells, start=1):
            console.rule(f"row {number}", align="left")
            record = Table.grid("name", "value", padding=(0, 2))
            for name, cell in zip(rows.columns, row, strict=True):
                record.add_row(name, cell)
            console.print(record, markup=False)
    print(f"{rows.height:,} rows")


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
