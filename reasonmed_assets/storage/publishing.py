"""A publish: the rows of one partition in one transaction, as the difference to what is published.

SQL on an open, writable database that every implementation of `Warehouse` uses. Connections, locks and the making of
tables are the caller's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.storage.errors import OvertakenError, WarehouseError
from reasonmed_assets.storage.hashing import row_hash_sql

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec
    from reasonmed_assets.storage.history import History

PUBLISHES, FAILURES = "publishes", "failures"
_BUILDS = "builds"
_ENDED_BUILDS = f"{_BUILDS} where ended_at is not null order by number"
_REASON_CHARACTERS = 2_000


def own_tables() -> tuple[TableSpec, TableSpec]:
    """The tables that a publish itself writes: `publishes` and `failures`."""
    from reasonmed_assets.quality.tables import TABLES

    return TABLES[PUBLISHES], TABLES[FAILURES]


@dataclass(frozen=True)
class Published:
    """What a publish did.

    Attributes:
        seq: number of the publish; the last one's where there was nothing to record.
        rows: rows of the partition now.
        inserted: rows inserted, new or changed.
        deleted: rows deleted, gone or changed.
        is_changed: rows differ from what was published before.
    """

    seq: int
    rows: int
    inserted: int
    deleted: int
    is_changed: bool


@dataclass(frozen=True)
class Replaced:
    """The part of a partition's published rows that a publish replaces.

    Attributes:
        where: the SQL condition that holds for them, and for the rows in their place.
        seq: number of the partition's last publish: the one whose other rows stay.
    """

    where: str
    seq: int


@dataclass(frozen=True)
class Provenance:
    """What a publish records about how its rows were made."""

    run_id: str
    fingerprint: str
    parts: Mapping[str, str] | None
    profile: str
    statistics: Mapping[str, Any]
    recipe: int | None
    build: int | None


@dataclass(frozen=True)
class PublishRecord:
    """One row of table `publishes`; `parts` and `statistics` are read back from their JSON.

    Attributes:
        parts: the parts of the fingerprint by name; None in a publish of a version that did not keep them.
    """

    seq: int
    table_name: str
    partition: str
    run_id: str
    published_at: datetime
    rows: int
    fingerprint: str
    parts: dict[str, str] | None
    profile: str
    statistics: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """How the partitions stand, by table and partition, which is empty for a table without any.

    Attributes:
        last: the last publish of each.
        changes: number of the last publish that changed a row of it.
        failures: why its last run failed, of those whose last run did.
    """

    last: Mapping[tuple[str, str], PublishRecord]
    changes: Mapping[tuple[str, str], int]
    failures: Mapping[tuple[str, str], str]


def publish_rows(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    staged: sql.Files,
    made_by: Provenance,
    next_seq: Callable[[duckdb.DuckDBPyConnection], int],
    history: History,
    replaced: Replaced | None = None,
) -> Published:
    """Publish staged Parquet files as the whole content of a partition, or of a part of it, in one transaction.

    Rows of the same key and hash stay untouched. A publish that changes no row is recorded only when its fingerprint
    differs from the last one's.

    Args:
        con: a connection in which the table and `publishes` have their declared columns.
        spec: the table.
        partition: its partition; None for a table without partitions.
        staged: Parquet files with the declared columns (`refuse_other_columns`).
        made_by: how the rows were made.
        next_seq: gives the publish its number, within the transaction.
        history: keeps what it removes.
        replaced: the published rows in whose place they come; None: all.

    Raises:
        OvertakenError: the others are not those that were to stay; nothing is published then.
        WarehouseError: rows belong to another partition or repeat, or the database refused them; nothing is published
            then.
    """
    con.execute("begin")
    published_at, file = datetime.now(UTC).replace(tzinfo=None), None
    try:
        seq = next_seq(con)
        file = history.file_of(spec.name, seq, published_at)
        published = _publish_in_transaction(
            con, spec, partition, staged, made_by, (seq, published_at), history, replaced
        )
        con.execute("commit")
    except duckdb.Error as error:
        _undo(con, history, file)
        raise WarehouseError(
            f"publishing {describe(spec, partition)} from {_place(staged)} failed; the published rows are as before: "
            f"{error}"
        ) from error
    except BaseException:
        _undo(con, history, file)
        raise
    return published


_RECORD = "seq, table_name, partition, run_id, published_at, rows, fingerprint, parts, profile, statistics"


def last_publish(con: duckdb.DuckDBPyConnection, table: str, partition: str | None) -> PublishRecord | None:
    """The latest publish of a partition, or None."""
    row = con.execute(
        f"select {_RECORD} from {PUBLISHES} where table_name = $table and partition = $partition "
        "order by seq desc limit 1",
        {"table": table, "partition": partition or ""},
    ).fetchone()
    return _publish_record(row) if row else None


def last_change(con: duckdb.DuckDBPyConnection, table: str, partition: str | None) -> int | None:
    """Number of the last publish that changed a row of a partition, without one of the table; None before the first."""
    row = con.execute(
        f"select max(seq) from {PUBLISHES} where table_name = $table and partition = coalesce($partition, partition) "
        "and (rows_inserted > 0 or rows_deleted > 0)",
        {"table": table, "partition": partition},
    ).fetchone()
    return row[0] if row else None


def standing(con: duckdb.DuckDBPyConnection) -> Standing:
    """How all partitions stand."""
    last = con.execute(
        f"select {_RECORD} from {PUBLISHES} "
        "qualify row_number() over (partition by table_name, partition order by seq desc) = 1"
    ).fetchall()
    changes = con.execute(
        f"select table_name, partition, max(seq) from {PUBLISHES} where rows_inserted > 0 or rows_deleted > 0 "
        "group by all"
    ).fetchall()
    failures = con.execute(f"select table_name, partition, reason from {FAILURES} order by all").fetchall()
    records = map(_publish_record, last)
    return Standing(
        {(record.table_name, record.partition): record for record in records},
        {(table, partition): seq for table, partition, seq in changes},
        {(table, partition): reason for table, partition, reason in failures},
    )


def _publish_record(row: Sequence[Any]) -> PublishRecord:
    *before, parts, profile, statistics = row
    values = [*before, json.loads(parts) if parts else None, profile, json.loads(statistics)]
    return PublishRecord(*values)


def in_partition(spec: TableSpec, partition: str | None) -> str:
    """SQL condition for the rows of a partition.

    Raises:
        WarehouseError: a partition for a table that has none, or none for a table that has some.
    """
    by = spec.partitioned_by
    if (by is None) != (partition is None):
        kind = f"has no partitions, so not {partition!r}" if by is None else f"is partitioned by {by}: name one"
        raise WarehouseError(f"table {spec.name} {kind}")
    return "true" if partition is None else f"{by} = {sql.literal(partition)}"


def _place(staged: sql.Files) -> Path:
    """Where staged rows are, for messages: their file, or the folder of several."""
    return staged if isinstance(staged, Path) else staged[0].parent


def describe(spec: TableSpec, partition: str | None) -> str:
    """Table and partition for messages."""
    return spec.name if partition is None else f"{spec.name}/{partition}"


def _publish_in_transaction(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    staged: sql.Files,
    made_by: Provenance,
    number_and_time: tuple[int, datetime],
    history: History,
    replaced: Replaced | None,
) -> Published:
    _forget_failure(con, spec, partition)
    last = last_publish(con, spec.name, partition)
    where = whole = in_partition(spec, partition)
    if replaced is not None:
        if last is None or last.seq != replaced.seq:
            raise OvertakenError(f"another run has published {describe(spec, partition)} meanwhile: run it again")
        where = f"{whole} and ({replaced.where})"
    seq, published_at = number_and_time
    had_rows = last is not None or _is_otherwise_partitioned(con, spec, partition)
    if _find_difference(con, spec, where, staged) and had_rows:
        history.keep_difference(con, spec, seq, published_at)
    inserted, deleted = _apply_difference(con, spec, staged)
    refuse_other_rows(con, spec, partition, staged, where)
    rows = _count(con, f"select count(*) from {spec.name} where {whole}")
    is_changed = bool(inserted or deleted)
    is_same = last is not None and last.fingerprint == made_by.fingerprint
    # Without an answer to every call there is no fingerprint: then its parts tell what the rows were made from.
    if last is not None and not is_changed and is_same and (made_by.fingerprint or last.parts == made_by.parts):
        return Published(last.seq, rows, 0, 0, is_changed=False)
    published = Published(seq, rows, inserted, deleted, is_changed)
    record(con, spec, partition, published, published_at, made_by)
    return published


def _is_otherwise_partitioned(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None) -> bool:
    """Whether rows of a table may be from before it had partitions, or from when it had some."""
    query = f"select 1 from {PUBLISHES} where table_name = $1 and (partition = '') != $2 limit 1"
    return con.execute(query, [spec.name, partition is None]).fetchone() is not None


def _find_difference(con: duckdb.DuckDBPyConnection, spec: TableSpec, where: str, staged: sql.Files) -> int:
    """Makes the temp table `difference`: key and hash of the rows that differ, with the `row_id` of those that go.

    Args:
        con: the publish's transaction.
        spec: the table.
        where: the SQL condition for the published rows that the staged ones replace.
        staged: these.

    Returns:
        How many they are.
    """
    columns = identity(spec)
    return _count(
        con,
        f"""
        create or replace temp table difference as
        select {columns}, published.row_id
        from (select {columns}, true as is_staged from {sql.parquet(*sql.each_of(staged))}) as staged
        full outer join (
            select {columns}, rowid as row_id from {spec.name} where {where}
        ) as published using ({columns})
        where staged.is_staged is null or published.row_id is null
        """,
    )


def _apply_difference(con: duckdb.DuckDBPyConnection, spec: TableSpec, staged: sql.Files) -> tuple[int, int]:
    """(rows inserted, rows deleted). Only the rows that differ are read and written whole."""
    deleted = _count(con, f"delete from {spec.name} where rowid in (select row_id from difference)")
    inserted = _count(
        con,
        f"insert into {spec.name} by name select staged.* from {sql.parquet(*sql.each_of(staged))} as staged "
        f"semi join (select * from difference where row_id is null) as new using ({identity(spec)})",
    )
    con.execute("drop table difference")
    return inserted, deleted


def identity(spec: TableSpec) -> str:
    """The columns by which a row is the same before and after."""
    return f"{spec.key}, {sql.ROW_HASH}"


def refuse_undeclared(spec: TableSpec, partition: str | None) -> None:
    """Stop a publish of what nobody publishes.

    Raises:
        WarehouseError: a table that storage writes, or a partition that does not go with the table.
    """
    if spec.name in (PUBLISHES, FAILURES, _BUILDS):
        raise WarehouseError(f"table {spec.name} is written by publishing the others: publish one of these")
    in_partition(spec, partition)


def refuse_other_columns(con: duckdb.DuckDBPyConnection, spec: TableSpec, staged: sql.Files) -> None:
    """Stop a publish of rows that have other columns than declared.

    Raises:
        WarehouseError: names them, or says that there is no such file.
    """
    if not all(file.is_file() for file in sql.each_of(staged)):
        raise WarehouseError(f"no staged rows of {spec.name} at {_place(staged)}; stage them again")
    found = [row[0] for row in con.execute(f"describe select * from {sql.parquet(*sql.each_of(staged))}").fetchall()]
    missing = [name for name in spec.columns if name not in found]
    extra = [name for name in found if name not in spec.columns]
    if missing or extra:
        raise WarehouseError(
            f"the staged rows of {spec.name} lack columns {missing} and have undeclared columns {extra} "
            f"({_place(staged)}); make the transform and quality/tables/{spec.name}.py agree"
        )


def refuse_other_rows(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, staged: sql.Files, where: str
) -> int:
    """How many rows are in their place: as many as were staged.

    Raises:
        WarehouseError: fewer or more: rows are repeated or misplaced.
    """
    rows = _count(con, f"select count(*) from {spec.name} where {where}")
    staged_rows = _count(con, f"select count(*) from {sql.parquet(*sql.each_of(staged))}")
    if rows != staged_rows:
        raise WarehouseError(
            f"{describe(spec, partition)} would have {rows} rows, but {staged_rows} were staged in {_place(staged)}: "
            f"rows repeat or belong to another partition; nothing was published. Look for repeated {spec.key} there"
        )
    return rows


def record(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    published: Published,
    published_at: datetime,
    made_by: Provenance,
) -> None:
    """Insert a publish into table `publishes`."""
    values: dict[str, Any] = {
        "publish_id": "/".join([spec.name, partition or "", str(published.seq)]),
        "seq": published.seq,
        "table_name": spec.name,
        "partition": partition or "",
        "run_id": made_by.run_id,
        "build": made_by.build,
        "published_at": published_at,
        "rows": published.rows,
        "rows_inserted": published.inserted,
        "rows_deleted": published.deleted,
        "content_hash": _content_hash(con, spec, partition),
        "fingerprint": made_by.fingerprint,
        "parts": None if made_by.parts is None else json.dumps(dict(made_by.parts), sort_keys=True),
        "profile": made_by.profile,
        "recipe": made_by.recipe,
        "statistics": json.dumps(dict(made_by.statistics), sort_keys=True, allow_nan=False),
    }
    publishes, _ = own_tables()
    insert_row(con, publishes, values)


def _content_hash(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None) -> str:
    """The same for the same rows, in whatever order and by whatever publishes they came."""
    row = con.execute(
        f"select md5(coalesce(string_agg({sql.ROW_HASH}, '' order by {sql.ROW_HASH}), '')) "
        f"from {spec.name} where {in_partition(spec, partition)}"
    ).fetchone()
    assert row is not None
    return str(row[0])


def record_failure(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, run_id: str, reason: str
) -> None:
    """Keep why the last run of a partition failed, in place of the run before; until it is published."""
    values = {
        "failure_id": "/".join([spec.name, partition or ""]),
        "table_name": spec.name,
        "partition": partition or "",
        "run_id": run_id,
        "failed_at": datetime.now(UTC).replace(tzinfo=None),
        "reason": reason[:_REASON_CHARACTERS],
    }
    with together(con):
        _forget_failure(con, spec, partition)
        _, failures = own_tables()
        insert_row(con, failures, values)


def state_of(con: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """What a snapshot shows: the number of the last publish, and a hash of failures and of builds that ended."""
    seq = _count(con, f"select coalesce(max(seq), 0) from {PUBLISHES}")
    shown = [_row_hashes(con, f"{FAILURES} order by failure_id"), _row_hashes(con, _ENDED_BUILDS)]
    return seq, hashlib.sha256(" ".join(shown).encode()).hexdigest()[:32] if any(shown) else ""


def _row_hashes(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    try:
        found = con.execute(f"select {sql.ROW_HASH} from {rows}").fetchall()
    except duckdb.CatalogException:
        # A file of an earlier version, in which nothing has been published since.
        return ""
    return " ".join(row_hash for (row_hash,) in found)


def _forget_failure(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None) -> None:
    con.execute(f"delete from {FAILURES} where failure_id = $1", ["/".join([spec.name, partition or ""])])


def insert_row(con: duckdb.DuckDBPyConnection, spec: TableSpec, values: Mapping[str, Any]) -> None:
    """Insert a row of a table that storage itself writes; a column without a value is null."""
    types = spec.duckdb_types()
    names = [name for name in types if name != sql.ROW_HASH]
    columns = ", ".join(f"${name}::{types[name]} as {name}" for name in names)
    hashed = f"{row_hash_sql(names)} as {sql.ROW_HASH}"
    con.execute(
        f"insert into {spec.name} by name select *, {hashed} from (select {columns})",
        {name: values.get(name) for name in names},
    )


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def together(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction: all that is written within, or nothing."""
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        _roll_back(con)
        raise


def _undo(con: duckdb.DuckDBPyConnection, history: History, file: Path | None) -> None:
    """Roll a publish back, and remove the file that it wrote, and no other."""
    _roll_back(con)
    # What cannot be removed now is never read, and `reasonmed clean` finds it.
    with suppress(duckdb.Error, OSError, WarehouseError):
        if file is not None:
            history.discard(con, file)


def _roll_back(con: duckdb.DuckDBPyConnection) -> None:
    # A commit that failed has rolled back already; a second rollback is then an error of its own.
    with suppress(duckdb.TransactionException):
        con.execute("rollback")
