"""`reasonmed sql`, `show`, `costs`, `quality`, `clean`: what a warehouse holds and cost."""

from __future__ import annotations

import json
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasonmed_assets.cli.options import AsOfOption, LedgerOption, WarehouseOption, plain_errors, settings_from

if TYPE_CHECKING:
    import duckdb
    import polars as pl

_NUMBER = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL)\b")
"""How DuckDB's types of numbers are called."""


class TableFormat(StrEnum):
    """How `reasonmed sql` prints rows."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def sql(
    query: Annotated[str | None, typer.Argument(help="One statement; none: an interactive prompt.")] = None,
    warehouse: WarehouseOption = None,
    output_format: Annotated[TableFormat, typer.Option("--format", help="How rows are printed.")] = TableFormat.table,
    locked: Annotated[bool, typer.Option("--locked", help="No other file is read or written.")] = False,
    as_of: AsOfOption = None,
) -> None:
    """Query the warehouse, also while a build runs. `from 'FILE'` reads files, `copy ... to 'FILE'` writes them."""
    settings = settings_from(warehouse=warehouse)
    folder, ledger = settings.warehouse_folder, Path(settings.ledger_reference)
    with plain_errors():
        if query is None:
            prompt(folder, ledger, locked=locked, as_of=as_of)
        else:
            run_query(folder, query, output_format, ledger=ledger, locked=locked, as_of=as_of)


def show(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A path, an example, a score, or the key of a call.")],
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Print the prompt and the reply of each call behind a row."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.lineage.calls import calls_of
    from reasonmed_assets.llm.ledger.opening import open_store, store_exists
    from reasonmed_assets.llm.ledger.records import LedgerError
    from reasonmed_assets.storage import open_warehouse

    settings = settings_from(warehouse=warehouse, ledger=ledger)
    with plain_errors():
        if not store_exists(settings.ledger_reference):
            raise LedgerError(f"there is no ledger {settings.ledger_reference}: give its file with --ledger")
    with (
        plain_errors(),
        open_warehouse(settings.warehouse_folder).snapshot() as con,
        open_store(settings.ledger_reference) as store,
    ):
        for call in calls_of(con, store, wanted):
            for line in call.lines():
                say(line)


def costs(
    warehouse: WarehouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Compare what was reserved with what was settled, by role, model and source, over all builds of the warehouse."""
    from reasonmed_assets.storage import open_warehouse

    folder = settings_from(warehouse=warehouse).warehouse_folder
    with plain_errors():
        with open_warehouse(folder).snapshot() as con:
            rows = con.sql("select * from spending").pl().to_dicts()
        if as_json:
            print(json.dumps(rows))
        else:
            _print_spending(rows)


def quality(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write. Default: quality/ in the warehouse.")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write the quality report and Great Expectations' Data Docs as HTML, also while a build runs."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.pages.site import write_quality_pages

    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        for line in write_quality_pages(settings.warehouse_folder, folder):
            say(line)


def clean(
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    keep_runs: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Latest runs whose log is kept. Default: 60.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is listed.")] = False,
) -> None:
    """List what killed processes and old runs left behind; nothing is removed without --yes."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.orchestration.cleaning import KEPT_RUNS, left_overs, remove

    settings = settings_from(warehouse=warehouse, ledger=ledger)
    with plain_errors(), left_overs(settings, KEPT_RUNS if keep_runs is None else keep_runs) as found:
        total = f"{len(found)} left-overs, {sum(one.n_bytes for one in found) / 1e6:,.1f} MB"
        for one in found:
            say(f"{one.kind:<24} {one.name}  {one.n_bytes:,} bytes")
        if found and yes:
            remove(settings, found)
            total += ": removed"
        elif found:
            total += ": nothing was removed, --yes removes them"
        say(total)


def run_query(
    warehouse: Path,
    query: str,
    output_format: TableFormat,
    *,
    ledger: Path | None = None,
    locked: bool = False,
    as_of: str | None = None,
) -> None:
    """Print the rows of a query.

    Args:
        warehouse: folder of the warehouse.
        query: statements, of which the last one's rows are printed.
        output_format: csv has lists and structs as JSON, json is one array, parquet bytes on standard output.
        ledger: file of the call ledger; None: in the folder of the warehouse.
        locked: the query may touch no other file.
        as_of: the publish or build whose rows it reads; None: the last one.

    Raises:
        WarehouseError: there is no warehouse, or nothing in it, or no such state of it.
        QueryError: DuckDB does not accept the query, or it would write where it must not.
    """

    from reasonmed_assets.storage import open_warehouse
    from reasonmed_assets.storage.querying import answer, protected_paths, restrict

    with open_warehouse(warehouse).shown(as_of) as con:
        restrict(con, locked=locked)
        found = answer(con, query, protected_paths(warehouse, ledger))
        if output_format == TableFormat.table:
            _print_found(found)
        else:
            _write_found(found, output_format)


def _print_found(found: duckdb.DuckDBPyRelation | None) -> None:
    """The rows for a person; DuckDB's own values, so that nothing else need be imported."""
    from reasonmed_assets.cli.terminal import new_console, print_rows, say

    rows = found.fetchall() if found is not None else []
    if found is not None:
        is_number = [_NUMBER.match(str(kind)) is not None for kind in found.types]
        print_rows(new_console(), found.columns, is_number, rows)
    say(f"{len(rows):,} rows")


def _write_found(found: duckdb.DuckDBPyRelation | None, output_format: TableFormat) -> None:
    """The rows for a program."""
    import polars as pl

    rows = found.pl() if found is not None else pl.DataFrame()
    if output_format == TableFormat.csv:
        nested = [_as_json(rows[name]) for name, kind in rows.schema.items() if kind.is_nested()]
        rows.with_columns(nested).write_csv(sys.stdout.buffer)
    elif output_format == TableFormat.json:
        typer.echo(rows.write_json().encode())
    else:
        rows.write_parquet(sys.stdout.buffer)


def prompt(warehouse: Path, ledger: Path | None = None, *, locked: bool = False, as_of: str | None = None) -> None:
    """Read statements from the terminal, each ended by a semicolon, until end of input or `exit`.

    Raises:
        WarehouseError: there is no warehouse, or nothing in it.
    """
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.storage import open_warehouse
    from reasonmed_assets.storage.querying import QueryError

    with open_warehouse(warehouse).shown(as_of) as con:
        tables = [name for (name,) in con.execute("select table_name from information_schema.tables").fetchall()]
    say(f"Tables and views: {', '.join(sorted(tables))}. End a statement with ';', leave with exit.")
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
                run_query(warehouse, statement, TableFormat.table, ledger=ledger, locked=locked, as_of=as_of)
            except QueryError as error:
                say(str(error))
            statement = ""


def _as_json(column: pl.Series) -> pl.Series:
    import orjson
    import polars as pl

    cells = [None if value is None else orjson.dumps(value, default=str).decode() for value in column.to_list()]
    return pl.Series(column.name, cells, dtype=pl.String)


def _print_spending(rows: list[dict[str, Any]]) -> None:
    from reasonmed_assets.cli.terminal import new_console, print_rows, say, spending_lines

    if not rows:
        say("No request was made for this warehouse.")
        return
    columns = list(rows[0])
    is_number = [name not in ("role", "model", "source") for name in columns]
    shown = [[_dollars(row[name]) for name in columns] for row in rows]
    print_rows(new_console(), columns, is_number, shown)
    for line in spending_lines(rows):
        say(line)


def _dollars(value: object) -> object:
    return f"{value:,.4f}" if isinstance(value, float) else value
