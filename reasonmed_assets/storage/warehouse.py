"""A warehouse: the folder that holds one build's tables, and the only way to read and change them.

`build.duckdb` belongs to this program; users open `reasonmed.duckdb`, a snapshot. What the rows mean, and whether they
are right, is decided elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.quality import tables as _declared  # noqa: F401  (fills TABLES)
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import binding, database, publishing, snapshot
from reasonmed_assets.storage.disks import refuse_network_disk
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.lock import LOCK_TIMEOUT_S, WarehouseLock
from reasonmed_assets.storage.publishing import Published, PublishRecord

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


class Warehouse:
    """A warehouse in a folder, which is made when it is not there.

    Reading and publishing work from several threads and processes at once: readers together, writers alone.

    Args:
        folder: where it is; on a local disk.
        tables: the declared tables; None: those of `quality/tables/`.
        views: name -> query of the views; None: those of `sql/views/`.
        lock_timeout_s: how long to wait for other processes.

    Raises:
        WarehouseError: the folder is on a network file system.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tables: Mapping[str, TableSpec] | None = None,
        views: Mapping[str, str] | None = None,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> None:
        refuse_network_disk(folder)
        self.folder = folder.resolve()
        self._staging = self.folder / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)
        self._tables = TABLES if tables is None else tables
        self._views = snapshot.shipped_views() if views is None else views
        self._lock = WarehouseLock(self.folder / ".lock", lock_timeout_s)

    @property
    def was_cut_off(self) -> bool:
        """Whether a query of this process was cut off by Ctrl-C or SIGTERM: it cannot open the warehouse any more."""
        return database.is_cut_off(self.build_path)

    @property
    def build_path(self) -> Path:
        """The database that this program writes. Nobody else opens it."""
        return self.folder / "build.duckdb"

    @property
    def snapshot_path(self) -> Path:
        """The database that users open."""
        return self.folder / "reasonmed.duckdb"

    @property
    def report_folder(self) -> Path:
        """Where the quality report is written unless another folder is given."""
        return self.folder / "quality"

    @property
    def binding(self) -> binding.Binding | None:
        """What the warehouse is bound to, or None before its first build."""
        return binding.read_binding(self._binding_path)

    @property
    def warehouse_id(self) -> str:
        """What tells this warehouse from others that share its ledger.

        Raises:
            WarehouseError: it has had no build yet.
        """
        bound = self.binding
        if bound is None:
            raise WarehouseError(f"warehouse {self.folder} has had no build yet; bind it first")
        return bound.warehouse_id

    @contextmanager
    def read(self, variables: Mapping[str, Any] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to what is published; keep it short, a publish waits for it.

        Every declared table is there with its declared columns, empty before its first publish; so are the macros and
        the views. Temporary tables and views can be made. Rows come in no particular order unless ordered.

        Args:
            variables: SQL variables to set (`getvariable('name')`).

        Raises:
            WarehouseError: another process published for too long, or a variable has an impossible name.
        """
        with self._lock.shared("read"), self._open_for_reading() as con:
            database.set_variables(con, variables or {})
            yield con

    def stage_path(self, table: str, partition: str | None, run_id: str) -> Path:
        """Parquet file to stage the rows of a partition in; its folder is made."""
        return self._run_file(self._staging, table, partition, run_id)

    def quarantine(self, table: str, partition: str | None, run_id: str, staged: Path) -> Path:
        """Move staged rows that failed their audit to `quarantine/<table>/<partition>/<run>.parquet`."""
        path = self._run_file(self.folder / "quarantine", table, partition, run_id)
        shutil.move(staged, path)
        return path

    def record_audit(self, table: str, partition: str | None, record: Mapping[str, Any]) -> None:
        """Keep how the last audit of a partition went, in place of the one before; must fit into JSON."""
        path = self._audit_path(table, partition)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(record, ensure_ascii=False, default=str), encoding="utf-8")
        new.replace(path)

    def audits(self) -> list[dict[str, Any]]:
        """What `record_audit` keeps, by table and partition."""
        files = sorted((self.folder / "audits").glob("**/*.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def publish(
        self,
        spec: TableSpec,
        partition: str | None,
        staged: Path,
        *,
        run_id: str,
        fingerprint: str,
        profile: str,
        statistics: Mapping[str, Any],
        parts: Mapping[str, str] | None = None,
    ) -> Published:
        """Make the staged rows the content of a partition: in one transaction, as a difference.

        Args:
            spec: the table.
            partition: its source; None for a table without partitions.
            staged: Parquet file with exactly the declared columns, `row_hash` included; it stays where it is.
            run_id: Dagster run.
            fingerprint: hash of what the rows were made from; empty where calls are missing.
            profile: name of the profile.
            statistics: figures of the partition that the next build compares itself with; must fit into JSON.
            parts: the parts of the fingerprint by name; None where they are not known.

        Raises:
            WarehouseError: nothing was published; the message says why.
        """
        if spec.name == publishing.PUBLISHES:
            raise WarehouseError(f"table {publishing.PUBLISHES} is written by publishing the others")
        publishing.in_partition(spec, partition)
        made_by = publishing.Provenance(run_id, fingerprint, parts, profile, statistics)
        with self._write(f"publish {publishing.describe(spec, partition)}"):
            if not self.build_path.exists():
                with database.created(self.build_path, self._spill) as con:
                    snapshot.declare(con, self._tables, self._views)
            with database.opened(self.build_path, self._spill, read_only=False) as con:
                snapshot.drop_other_hash(con, self._definitions)
                published = publishing.publish_rows(con, spec, partition, staged, made_by)
                con.execute("checkpoint")
                is_sparse = database.is_sparse(con)
            if is_sparse:
                database.compact(self.build_path, self._spill)
        return published

    def last_publish(self, table: str, partition: str | None) -> PublishRecord | None:
        """The latest publish of a partition, or None."""
        with self.read() as con:
            return publishing.last_publish(con, table, partition)

    def last_change(self, table: str, partition: str | None) -> int | None:
        """Number of the last publish that changed a row of a partition, without one of the table; None before that."""
        with self.read() as con:
            return publishing.last_change(con, table, partition)

    def export_partition(self, spec: TableSpec, partition: str | None, path: Path) -> int:
        """Write the published rows of a partition as Parquet; returns their number."""
        where = publishing.in_partition(spec, partition)
        with self.read() as con:
            row = con.execute(
                f"copy (select {', '.join(spec.columns)} from {spec.name} where {where}) "
                f"to {sql.literal(path)} (format parquet)"
            ).fetchone()
        assert row is not None
        return int(row[0])

    def bind(self, provider_kind: str, data_dir: str) -> None:
        """Bind the warehouse to a kind of provider and a data directory at its first build; hold later ones to it.

        Raises:
            WarehouseError: it is bound to another kind or directory, or has rows and no binding.
        """
        wanted = binding.Binding(provider_kind, data_dir)
        bound = self.binding
        if bound is None:
            with self._write("bind"):
                bound = self.binding
                if bound is None:
                    self._refuse_unbound_rows()
                    binding.write_binding(self._binding_path, wanted)
                    return
        binding.refuse_difference(self.folder, bound, wanted)

    def replace(self, provider_kind: str, ledger_holds_real_calls: bool) -> Path | None:
        """Set the build's files aside in `replaced-<n>/`, so that another kind of build can start.

        The ledger, Dagster's history and staged rows stay. Nothing is deleted.

        Args:
            provider_kind: kind of the build that wants the place.
            ledger_holds_real_calls: whether the ledger in use holds calls of a real model.

        Returns:
            The folder with the old files, or None when there were none.

        Raises:
            WarehouseError: a simulated or demonstration build would push aside what real calls paid for.
        """
        with self._write("replace"):
            if provider_kind != binding.REAL and (ledger_holds_real_calls or self._holds_real_rows()):
                raise WarehouseError(
                    f"warehouse {self.folder} holds calls of a real model, so a {provider_kind} build does not replace "
                    "it; build elsewhere with --warehouse DIR"
                )
            old = [path for path in self._replaceable_paths() if path.exists()]
            if not old:
                return None
            aside = binding.next_replaced_folder(self.folder)
            aside.mkdir()
            for path in old:
                path.rename(aside / path.name)
            database.sync(self.folder)
            return aside

    def is_snapshot_behind(self) -> bool:
        """Whether `reasonmed.duckdb` lacks a publish, or the tables and views as declared now."""
        with self._lock.shared("compare snapshot"):
            return self._is_behind()

    def refresh_snapshot(self) -> bool:
        """Replace `reasonmed.duckdb` where it is behind; True when it was.

        Left to the next command after a query was cut off.

        Raises:
            WarehouseError: it could not be replaced; the old one stays.
        """
        if self.was_cut_off or not self.is_snapshot_behind():
            return False
        with self._write("refresh snapshot"):
            if not self._is_behind():
                return False
            snapshot.take(self.build_path, self.snapshot_path, self._tables, self._views, self._spill)
        return True

    @cached_property
    def _definitions(self) -> str:
        return snapshot.definition_hash(self._tables, self._views)

    @property
    def _binding_path(self) -> Path:
        return self.folder / "binding.json"

    @property
    def _spill(self) -> Path:
        """Folder of this process for what DuckDB cannot keep in memory."""
        return self._staging / f"spill-{os.getpid()}"

    @contextmanager
    def _write(self, purpose: str) -> Iterator[None]:
        with self._lock.exclusive(purpose):
            # Whoever spills holds the lock: what lies here now was left by a process that was killed.
            for left in self._staging.glob("spill-*"):
                shutil.rmtree(left)
            yield

    @contextmanager
    def _open_for_reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        is_there = self.build_path.exists()
        with (
            database.opened(self.build_path, self._spill, read_only=True)
            if is_there
            else closing(database.connect(None, self._spill, read_only=True)) as con
        ):
            if snapshot.declared_hash(con) != self._definitions:
                database.present_declared(con, self._tables)
                database.load_macros(con)
                snapshot.create_views(con, self._views, kind="temp view")
            yield con

    def _is_behind(self) -> bool:
        if not self.build_path.exists():
            return False
        with self._open_for_reading() as con:
            row = con.execute("select coalesce(max(seq), 0) from publishes").fetchone()
        assert row is not None
        return not snapshot.is_current(self.snapshot_path, row[0], self._definitions, self._spill)

    def _refuse_unbound_rows(self) -> None:
        if self.build_path.exists():
            raise WarehouseError(
                f"warehouse {self.folder} has rows but no {self._binding_path.name}, so what made them is unknown; "
                "restore that file, or set the warehouse aside with --replace"
            )

    def _holds_real_rows(self) -> bool:
        """Whether a published row was made by a real model."""
        made_by_models = [name for name, spec in self._tables.items() if "provider_kind" in spec.columns]
        with self._open_for_reading() as con:
            return any(
                con.execute(f"select 1 from {name} where provider_kind = '{binding.REAL}' limit 1").fetchone()
                for name in made_by_models
            )

    def _replaceable_paths(self) -> list[Path]:
        files = [self.build_path, self.snapshot_path]
        return [
            *files,
            *(database.wal_of(path) for path in files),
            self._binding_path,
            self.folder / "quarantine",
            self.folder / "reviews",
            self.folder / "audits",
            self.report_folder,
        ]

    def _audit_path(self, table: str, partition: str | None) -> Path:
        folder = self.folder / "audits"
        return folder / f"{_plain(table)}.json" if partition is None else folder / table / f"{_plain(partition)}.json"

    def _run_file(self, root: Path, table: str, partition: str | None, run_id: str) -> Path:
        parts = [table, run_id] if partition is None else [table, partition, run_id]
        folder = root.joinpath(*map(_plain, parts[:-1]))
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{_plain(run_id)}.parquet"


def _plain(name: str) -> str:
    """A name as part of a path.

    Raises:
        WarehouseError: it would lead to another folder.
    """
    if not _NAME.fullmatch(name):
        raise WarehouseError(f"{name!r} cannot name a folder or file; use letters, digits, - and _")
    return name
