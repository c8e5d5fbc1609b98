"""The two states that are compared, in one connection: views `before_<table>` and `after_<table>`.

A state is a build (`b7`) or a publish (`41`) of a warehouse, a warehouse as it is now, or an export. An export has the
training sets alone; the publish that it was made from is found by the hash of its rows, and its causes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import working_folder
from reasonmed_assets.quality.schema import ROW_HASH, TableSpec
from reasonmed_assets.quality.tables import TABLES
from reasonmed_assets.storage import Warehouse, open_warehouse, row_hash_sql, take_part
from reasonmed_assets.vocabulary import FOLDS

BEFORE, AFTER = "before", "after"
SETS = tuple(name for name, spec in TABLES.items() if spec.group == "training")
"""The tables that an export has."""
_STATE = re.compile(r"b?\d+")
_TEXTS = ("instruction", "input", "output")
"""The columns of a record in a JSON file, all that its id is made of where it is known by its content."""


class DiffError(ReasonmedError):
    """What cannot be compared; the message says why."""


@dataclass(frozen=True)
class Side:
    """One of the two states.

    Attributes:
        title: for people.
        publish: its last publish, of the warehouse whose connection it is; None where it is of another one, or unknown.
        is_export: it has the training sets alone.
    """

    title: str
    publish: int | None
    is_export: bool = False


@dataclass(frozen=True)
class Compared:
    """Both states, open.

    Attributes:
        con: a connection with the views.
        sides: before and after.
        tables: the tables that are compared, in the order in which data moves.
        shown: those of them whose rows are told.
    """

    con: duckdb.DuckDBPyConnection
    sides: tuple[Side, Side]
    tables: tuple[TableSpec, ...]
    shown: tuple[str, ...]


@contextmanager
def opened(folder: Path, before: str, after: str) -> Iterator[Compared]:
    """Two states, side by side.

    Args:
        folder: the warehouse whose builds and publishes are named.
        before: a build, a publish, or the folder of a warehouse or an export.
        after: the same.

    Raises:
        DiffError: it is none of these, or only one is an export.
        WarehouseError: there is no such build or publish, its history was dropped, or a warehouse holds nothing.
    """
    names = (before, after)
    is_export = [_is_export(name) for name in names]
    # A record of JSON files has no id: it is known by its content, on both sides then, whatever the other one is.
    is_by_content = any(
        found and not _files(Path(name), SETS[0], ".parquet") for name, found in zip(names, is_export, strict=True)
    )
    needs_warehouse = not all(map(_is_folder, names)) or (any(is_export) and folder.is_dir())
    with ExitStack() as stack:
        warehouse = open_warehouse(folder) if needs_warehouse else None
        con = stack.enter_context(warehouse.snapshot() if warehouse else _connected(*map(Path, names)))
        con.execute("set preserve_insertion_order = false")
        sides = tuple(
            _open(stack, con, warehouse, prefix, name, is_by_content=is_by_content)
            for prefix, name in zip((BEFORE, AFTER), names, strict=True)
        )
        is_partial = any(side.is_export for side in sides)
        has_causes = not is_partial or all(side.publish is not None for side in sides)
        tables = tuple(spec for spec in _compared() if has_causes or spec.name in SETS)
        shown = SETS if is_partial else tuple(spec.name for spec in tables)
        yield Compared(con, (sides[0], sides[1]), tables, shown)


def state_before(folder: Path, build: str) -> str:
    """The state before a build, as its publish.

    Raises:
        DiffError: it is no build.
        WarehouseError: there is no such build.
    """
    if re.fullmatch(r"b\d+", build) is None:
        raise DiffError(f"{build!r} is no build, as b7: name two states to compare")
    return str(open_warehouse(folder).publish_before(int(build[1:])))


def _open(
    stack: ExitStack,
    con: duckdb.DuckDBPyConnection,
    warehouse: Warehouse | None,
    prefix: str,
    name: str,
    *,
    is_by_content: bool,
) -> Side:
    if not _is_folder(name):
        assert warehouse is not None
        seq = warehouse.publish_named(name)
        _show_publish(con, warehouse, prefix, seq, is_by_content=is_by_content)
        what = f"build {name} (publish {seq})" if name.startswith("b") else f"publish {seq}"
        return Side(f"{what} of {warehouse.name}", seq)
    folder = Path(name).resolve()
    if not _is_export(name):
        other = open_warehouse(folder)
        stack.enter_context(other.snapshot())
        con.execute(f"attach {sql.literal(other.address)} as {prefix}_file (read_only)")
        for spec in _all():
            origin, columns = f"{prefix}_file.main.{spec.name}", _columns(con, f"{prefix}_file", spec.name)
            if is_by_content and spec.name in SETS and columns:
                _show_texts(con, prefix, spec, origin)
            else:
                _show(con, prefix, spec, origin, columns)
        return Side(f"warehouse {folder}", None)
    _show_export(con, prefix, folder, is_by_content=is_by_content)
    made_from = _publish_of_export(con, prefix, warehouse) if warehouse and not is_by_content else None
    if warehouse is None or made_from is None:
        return Side(f"export {folder} (of no publish that is known here)", None, is_export=True)
    _show_publish(con, warehouse, prefix, made_from, is_by_content=False)
    return Side(f"export {folder} (publish {made_from} of {warehouse.name})", made_from, is_export=True)


@contextmanager
def _connected(*folders: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database of a comparison without a warehouse, and what it spills, which goes with it."""
    with working_folder("diff") as spill, duckdb.connect() as con:
        take_part(con, spill, *folders)
        yield con


def _show_publish(
    con: duckdb.DuckDBPyConnection, warehouse: Warehouse, prefix: str, seq: int, *, is_by_content: bool
) -> None:
    for spec in _all():
        if is_by_content and spec.name in SETS:
            _show_texts(con, prefix, spec, f"({warehouse.rows_as_of(con, spec, seq)})")
            continue
        if spec.name == "publishes":
            query = f"select * from publishes where seq <= {seq}"
        elif spec.name == "llm_calls":
            # Calls never go, and those of a build are accounted for at its end, or by the next one.
            query = "select * from llm_calls"
        else:
            query = warehouse.rows_as_of(con, spec, seq)
        con.execute(f"create or replace temp view {prefix}_{spec.name} as {query}")


def _show_export(con: duckdb.DuckDBPyConnection, prefix: str, folder: Path, *, is_by_content: bool) -> None:
    """The training sets of an export, from its Parquet files; or, records without ids, from its JSON files."""
    for spec in _all():
        _show(con, prefix, spec, "", set())
    for name in SETS:
        spec = TABLES[name]
        is_json = is_by_content and not _files(folder, name, ".parquet")
        files = _files(folder, name, ".json" if is_json else ".parquet")
        if not files:
            continue
        if is_json:
            listed = ", ".join(sql.literal(sql.pattern(file)) for file in files)
            types = ", ".join(f"{column}: 'varchar'" for column in _TEXTS)
            _show_texts(con, prefix, spec, f"read_json([{listed}], columns = {{{types}}}, format = 'array')")
            continue
        origin = sql.parquet(*files, by_name=True)
        if is_by_content:
            _show_texts(con, prefix, spec, origin)
        else:
            columns = {row[0] for row in con.execute(f"describe select * from {origin}").fetchall()}
            _show(con, prefix, spec, origin, columns)


def _show_texts(con: duckdb.DuckDBPyConnection, prefix: str, spec: TableSpec, origin: str) -> None:
    """A training set's records as JSON files have them, known by their content."""
    texts = ", ".join(_TEXTS)
    known = f"substr(sha256(concat_ws(chr(31), {texts})), 1, 16) as example_id"
    _show(con, prefix, spec, f"(select {texts}, {known} from {origin})", {*_TEXTS, "example_id"})


def _files(folder: Path, name: str, ending: str) -> list[Path]:
    """The files of a training set's folds that are there."""
    files = [folder / f"{name if fold == 'train' else f'{name}_{fold}'}{ending}" for fold in FOLDS]
    return [file for file in files if file.is_file()]


def _show(con: duckdb.DuckDBPyConnection, prefix: str, spec: TableSpec, origin: str, columns: set[str]) -> None:
    """A view of a table with its declared columns; those that a state lacks are null."""
    types = spec.duckdb_types()
    shown = ", ".join(f"{name if name in columns else 'null'}::{types[name]} as {name}" for name in types)
    rows = f"select {shown} {f'from {origin}' if columns else 'where false'}"
    if columns and ROW_HASH not in columns:
        names = [name for name in types if name != ROW_HASH]
        rows = f"select * exclude ({ROW_HASH}), {row_hash_sql(names)} as {ROW_HASH} from ({rows})"
    con.execute(f"create or replace temp view {prefix}_{spec.name} as {rows}")


def _publish_of_export(con: duckdb.DuckDBPyConnection, prefix: str, warehouse: Warehouse) -> int | None:
    """The last publish as of which the training sets had exactly the rows of an export, of those that can be read.

    None where there is none.
    """
    begins = warehouse.history().begins
    hashes = "coalesce(string_agg(row_hash, '' order by row_hash), '')"
    wanted = " union all ".join(
        f"select '{name}' as table_name, (select md5({hashes}) from {prefix}_{name}) as content_hash" for name in SETS
    )
    row = con.execute(
        f"""
        with wanted as ({wanted}),
        spans as (
            select
                table_name,
                content_hash,
                seq as first,
                coalesce(lead(seq) over (partition by table_name order by seq) - 1, 9223372036854775807) as last
            from publishes
            where table_name in {SETS}
        ),
        same as (
            select table_name, greatest(first, {begins}) as first, last
            from spans
            semi join wanted using (table_name, content_hash)
            where last >= {begins}
        )
        select max(seq)
        from (
            select starts.first as seq
            from (select distinct first from same) as starts
            inner join same on starts.first between same.first and same.last
            group by starts.first
            having count(distinct same.table_name) = {len(SETS)}
        )
        """
    ).fetchone()
    return row[0] if row else None


def _compared() -> list[TableSpec]:
    """The tables of data: the account of calls and publishes says how they came, not what they are."""
    return [spec for spec in TABLES.values() if spec.group != "provenance"]


def _all() -> list[TableSpec]:
    return [*_compared(), *(TABLES[name] for name in ("llm_calls", "publishes"))]


def _columns(con: duckdb.DuckDBPyConnection, database: str, table: str) -> set[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = $1 and table_name = $2", [database, table]
    ).fetchall()
    return {name for (name,) in rows}


def _is_folder(name: str) -> bool:
    return _STATE.fullmatch(name) is None


def _is_export(name: str) -> bool:
    """Whether a name is of a folder with a training set as files.

    Raises:
        DiffError: it is neither a state nor a folder of a warehouse or of training sets.
    """
    if not _is_folder(name):
        return False
    folder = Path(name)
    if not folder.is_dir():
        raise DiffError(f"{name!r} is no build (b7), no publish (41) and no folder: `reasonmed history` lists builds")
    if any(folder.glob("build.duckdb")) or any(folder.glob("reasonmed.duckdb")):
        return False
    if any(_files(folder, table, ending) for table in SETS for ending in (".parquet", ".json")):
        return True
    raise DiffError(f"{folder} is neither a warehouse nor an export: it has no warehouse's files and no training set")
