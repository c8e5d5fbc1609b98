"""The warehouse as DuckDB files: `build.duckdb` belongs to this program; users open a copy, `reasonmed.duckdb`."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.recipes.book import FILE, FORMER_FILE
from reasonmed_assets.errors import ReasonmedWarning
from reasonmed_assets.machine import sync
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.storage import builds, publishing
from reasonmed_assets.storage.duckdb_file import database, layout, share, snapshot
from reasonmed_assets.storage.duckdb_file.declared import OWN, Declared
from reasonmed_assets.storage.duckdb_file.disks import refuse_network_disk
from reasonmed_assets.storage.duckdb_file.lock import LOCK_TIMEOUT_S, WarehouseLock
from reasonmed_assets.storage.duckdb_file.remembered import remember, remembered
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.history import NOW, History, Kept, present_as_of
from reasonmed_assets.storage.local_files import Companion
from reasonmed_assets.storage.publishing import Published, Standing
from reasonmed_assets.storage.views import create_views
from reasonmed_assets.storage.warehouse import Warehouse

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

_REAL = "real"
_STANDING = "standing"


class DuckDBFile(Warehouse):
    """A warehouse in a folder on a local disk. Readers read together, writers write alone.

    Args:
        folder: where it is; made when it is not there.
        tables: the declared tables; None: those of `quality/tables/`.
        views: name -> query of the views; None: those of `sql/views/`.
        lock_timeout_s: how long to wait for other processes.

    Raises:
        WarehouseError: the folder is on a network file system, or DuckDB cannot keep a database there.
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
        path = str(folder.resolve())
        if "?" in path:
            raise WarehouseError(
                f"{folder}: DuckDB takes what follows a ? in the path of a database for its options; choose a folder "
                "without one with --warehouse"
            )
        if "\\" in path and set("*[") & set(path):
            raise WarehouseError(
                f"{folder}: DuckDB finds no file by a path that holds both a \\ and a wildcard (* or [); choose a "
                "folder without one of them with --warehouse"
            )
        if not path.isprintable() and any("\ud800" <= char <= "\udfff" for char in path):
            raise WarehouseError(
                f"{folder}: DuckDB opens no path that is not UTF-8; choose a folder with another name with --warehouse"
            )
        super().__init__(folder)
        self.folder = self._folder
        self.build_path = self.folder / "build.duckdb"
        self.snapshot_path = self.folder / "reasonmed.duckdb"
        self._declared = Declared(tables, views)
        self._lock = WarehouseLock(self.folder / ".lock", lock_timeout_s)
        self._history = History(self.folder)

    @contextmanager
    def read(self, variables: Mapping[str, Any] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        self._migrate()
        with self._lock.shared("read"), self._open_for_reading() as con:
            set_variables(con, variables or {})
            yield con

    def standing(self) -> Standing:
        if not self.build_path.exists():
            return Standing({}, {}, {})
        return remembered(_STANDING, self._build_files, super().standing)

    def publish(
        self,
        spec: TableSpec,
        partition: str | None,
        staged: sql.Files,
        *,
        run_id: str,
        fingerprint: str,
        profile: str,
        statistics: Mapping[str, Any],
        parts: Mapping[str, str] | None = None,
        recipe: int | None = None,
        build: int | None = None,
        replaced: publishing.Replaced | None = None,
    ) -> Published:
        publishing.refuse_undeclared(spec, partition)
        made_by = publishing.Provenance(run_id, fingerprint, parts, profile, statistics, recipe, build)
        with self._write(f"publish {publishing.describe(spec, partition)}"):
            self._make_build_file()
            with database.opened(self.build_path, self._spill, read_only=False) as con:
                self._make_ready(con)
                publishing.refuse_other_columns(con, spec, staged)
                database.conform(con, spec)
                self._history.begin(con)
                published = publishing.publish_rows(
                    con, spec, partition, staged, made_by, next_seq, self._history, replaced
                )
                con.execute("checkpoint")
                is_sparse = database.is_sparse(con)
                standing = publishing.standing(con)
            if is_sparse:
                database.compact(self.build_path, self._spill)
            remember(_STANDING, self._build_files, standing)
        return published

    def record_failure(self, spec: TableSpec, partition: str | None, run_id: str, reason: str) -> None:
        publishing.refuse_undeclared(spec, partition)
        if not self.build_path.exists():
            return
        with (
            self._write(f"record that {publishing.describe(spec, partition)} failed"),
            database.opened(self.build_path, self._spill, read_only=False) as con,
        ):
            self._make_ready(con)
            publishing.record_failure(con, spec, partition, run_id, reason)

    def begin_build(self, facts: Mapping[str, Any], *, is_publishing: bool) -> int | None:
        if not (is_publishing or self.build_path.exists()):
            return None
        with self._write("record that a build begins"):
            self._make_build_file()
            with self._opened_for_builds() as con:
                return builds.begin(con, facts)

    def end_build(self, number: int, facts: Mapping[str, Any]) -> None:
        with self._write("record that a build ended"), self._opened_for_builds() as con:
            builds.end(con, number, facts)

    def freeze_in(self, folder: Path) -> None:
        frozen = folder / self.build_path.name
        with self._lock.shared("copy"):
            self._accompany(folder)
            if not self.build_path.exists() or self._is_linked_at(frozen):
                return
            # A log is there where a process was killed while it published: DuckDB brings it into the copy.
            for file in self._build_files:
                if file.exists():
                    shutil.copyfile(file, folder / file.name)
        with database.opened(frozen, folder / "spill", read_only=False) as con:
            layout.migrate(con)
            snapshot.declare(con, self._declared)
            con.execute("checkpoint")

    def _is_linked_at(self, path: Path) -> bool:
        """Have the file that users open at a path as well: none is ever changed, the next one takes its place.

        Not where that file shows something else than is published, or on another disk.
        """
        if self._is_behind():
            return False
        try:
            path.hardlink_to(self.snapshot_path)
        except OSError:
            return False
        try:
            with database.opened(path, self._spill, read_only=True) as con:
                is_present = layout.version_of(con) == layout.VERSION
        except WarehouseError:
            # Another program has it open to write it.
            is_present = False
        if not is_present:
            path.unlink()
        return is_present

    def _accompany(self, folder: Path) -> None:
        """Make a folder, with what this warehouse is bound to and its companions."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in (self.folder / name for name in (FILE, FORMER_FILE)):
            if file.exists():
                shutil.copyfile(file, folder / file.name)
        for name in get_args(Companion):
            if (self.folder / name).is_dir():
                (folder / name).symlink_to(self.folder / name)

    @property
    def address(self) -> str:
        return str(self.snapshot_path)

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self._show_what_is_published()
        with (
            self._history.held(),
            duckdb.connect(str(self.snapshot_path), read_only=True) as con,
            self._bounded(con),
        ):
            yield con

    @contextmanager
    def as_of(self, seq: int) -> Iterator[duckdb.DuckDBPyConnection]:
        self._show_what_is_published()
        with self._history.held(), duckdb.connect() as con, self._bounded(con):
            con.execute(f"attach {sql.literal(self.snapshot_path)} as {NOW} (read_only)")
            present_as_of(con, self._history, self._declared.tables, seq)
            con.execute(sql.macros_text())
            create_views(con, self._declared.views, kind="view")
            # Also where the query may read no file: DuckDB looks at the pattern, and at the file that it finds.
            allowed = (self._history.folder, sql.pattern(self._history.folder))
            con.execute(f"set allowed_directories = [{', '.join(map(sql.literal, allowed))}]")
            yield con

    def rows_as_of(self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int) -> str:
        return self._history.rows_as_of(con, spec, seq)

    def values_since(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, values: str, seq: int
    ) -> str:
        return self._history.values_since(con, spec, partition, values, seq)

    def history(self) -> Kept:
        with self.snapshot() as con:
            return self._history.kept(con)

    def drop_history(self, before: int) -> None:
        self._show_what_is_published()
        with self._write("drop history"), self._opened_read_only() as con:
            self._history.drop(con, before)

    def _bounded(self, con: duckdb.DuckDBPyConnection) -> AbstractContextManager[None]:
        spill = share.reader_spill(None if self.is_read_only else self._staging)
        return spill.bounded(con, self.snapshot_path)

    def _show_what_is_published(self) -> None:
        self.catch_up()
        if not self.has_snapshot:
            build = command("build", warehouse=self.name)
            raise WarehouseError(f"warehouse {self.name} holds nothing yet: build it with `{build}`")

    def catch_up(self) -> None:
        # Beside a log of somebody else's, users would see something else than was put there.
        is_intact = not database.wal_of(self.snapshot_path).exists()
        is_left = is_intact and not self.is_read_only and self.is_at_work
        state = snapshot.state_of(self.snapshot_path, self._spill) if is_left else None
        if state is None or state.definition_hash != self._declared.digest:
            self.refresh_snapshot()
        elif any(file.exists() and self._is_older_than(file) for file in self._build_files):
            warnings.warn(
                f"a run is at work: {self.snapshot_path} is as of publish {state.last_seq}, {state.taken_at} UTC. What "
                "was published since is shown when no run is at work",
                ReasonmedWarning,
                stacklevel=1,  # told once, whoever asks
            )

    def _is_older_than(self, file: Path) -> bool:
        return self.snapshot_path.stat().st_mtime < file.stat().st_mtime

    @property
    def has_snapshot(self) -> bool:
        return self.snapshot_path.exists()

    @property
    def snapshot_age_s(self) -> float:
        return time.time() - self.snapshot_path.stat().st_mtime if self.has_snapshot else float("inf")

    def is_snapshot_behind(self) -> bool:
        self._migrate()
        with self._lock.shared("compare snapshot"):
            return self._is_behind()

    def refresh_snapshot(self) -> bool:
        if self.is_read_only or self.was_cut_off or not self.is_snapshot_behind():
            return False
        with self._write("refresh snapshot"):
            if not self._is_behind():
                return False
            snapshot.take(self.build_path, self.snapshot_path, self._declared, self._spill)
        return True

    def describe_version(self) -> str:
        if not self.build_path.exists():
            return "nothing built yet"
        with self._lock.shared("look at the version"), self._opened_read_only() as con:
            found = layout.version_of(con)
            changes = database.column_changes(con, self._declared.tables)
        if found < layout.VERSION:
            changes.insert(0, f"layout version {layout.VERSION}")
        brought = f"; the next build brings it forward: {', '.join(changes)}" if changes else ""
        return f"layout version {found}{brought}"

    def replace(self, provider_kind: str, ledger_holds_real_calls: bool) -> str | None:
        with self._write("replace"):
            if provider_kind != _REAL and (ledger_holds_real_calls or self._holds_real_rows()):
                raise WarehouseError(
                    f"warehouse {self.folder} holds calls of a real model, so a {provider_kind} build does not replace "
                    "it; build elsewhere with --warehouse DIR"
                )
            files = [self.build_path, self.snapshot_path]
            recipes = [self.folder / name for name in (FILE, FORMER_FILE)]
            files += [*map(database.wal_of, files), *recipes, *self._attachments()]
            old = [path for path in files if path.exists()]
            if not old:
                return None
            aside = _next_replaced_folder(self.folder)
            aside.mkdir()
            for path in old:
                path.rename(aside / path.name)
            sync(self.folder)
            return str(aside)

    @contextmanager
    def half_made(self) -> Iterator[list[Path]]:
        with self._lock.exclusive("look for left-overs"):
            files = [*database.half_made(self.build_path), *database.half_made(self.snapshot_path)]
            if self.build_path.exists():
                with self._opened_read_only() as con:
                    files += self._history.left_over(con)
            yield [*files, *self._staging.glob("spill-*")]

    @property
    def was_cut_off(self) -> bool:
        return database.is_cut_off(self.build_path)

    @property
    def _spill(self) -> Path:
        """Folder of this process for what DuckDB cannot keep in memory."""
        return self._staging / f"spill-{os.getpid()}"

    def _make_build_file(self) -> None:
        if not self.build_path.exists():
            with database.created(self.build_path, self._spill) as con:
                layout.mark(con)
                snapshot.declare(con, self._declared)

    @contextmanager
    def _opened_for_builds(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with database.opened(self.build_path, self._spill, read_only=False) as con:
            self._make_ready(con)
            yield con

    def _make_ready(self, con: duckdb.DuckDBPyConnection) -> None:
        """Bring the open file to the present layout, and what storage writes by itself to its declared columns."""
        layout.migrate(con)
        if snapshot.drop_other_hash(con, self._declared.digest):
            for name in OWN:
                database.conform(con, self._declared.tables[name])

    @contextmanager
    def _write(self, purpose: str) -> Iterator[None]:
        with self._lock.exclusive(purpose):
            # Whoever spills holds the lock: what lies here now was left by a process that was killed.
            for left in self._staging.glob("spill-*"):
                shutil.rmtree(left)
            yield

    def _migrate(self) -> None:
        """Bring the build file to the present layout, once per object: a reader cannot write."""
        if self.__dict__.get("_is_migrated") or not self.build_path.exists():
            return
        with self._lock.shared("look at the layout"), self._opened_read_only() as con:
            is_old = layout.version_of(con) < layout.VERSION
        if is_old:
            with self._write("migrate"), database.opened(self.build_path, self._spill, read_only=False) as con:
                layout.migrate(con)
        self._is_migrated = True

    def _opened_read_only(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        if self.build_path.exists():
            return database.opened(self.build_path, self._spill, read_only=True)
        return closing(database.connect(None, self._spill))

    @contextmanager
    def _open_for_reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.build_path.exists():
            is_sound = False
            try:
                with self._empty.cursor() as con:
                    yield con
                # Its folder for what it spills is removed by whoever writes next.
                is_sound = not self._spill.exists()
            finally:
                if not is_sound:
                    self.__dict__.pop("_empty", None)
            return
        with self._opened_read_only() as con:
            layout.version_of(con)
            if snapshot.declared_hash(con) != self._declared.digest:
                database.present_declared(con, self._declared.tables)
                database.load_macros(con)
                create_views(con, self._declared.views, kind="temp view")
            yield con

    @cached_property
    def _empty(self) -> duckdb.DuckDBPyConnection:
        """What is declared, without a row, in memory: what there is to read before the first publish."""
        con = database.connect(None, self._spill)
        for spec in self._declared.tables.values():
            con.execute(spec.ddl())
        con.execute(sql.macros_text())
        create_views(con, self._declared.views, kind="view")
        return con

    def _is_behind(self) -> bool:
        if not self.build_path.exists():
            return False

        def is_behind() -> bool:
            with self._open_for_reading() as con:
                state = publishing.state_of(con)
            return not snapshot.is_current(self.snapshot_path, state, self._declared.digest, self._spill)

        files = [*self._build_files, self.snapshot_path, database.wal_of(self.snapshot_path)]
        return remembered(self._declared.digest, files, is_behind)

    @property
    def _build_files(self) -> list[Path]:
        """What holds the published rows: a publish whose process died before its checkpoint is in the log alone."""
        return [self.build_path, database.wal_of(self.build_path)]

    @property
    def _has_rows(self) -> bool:
        return self.build_path.exists()

    def _holds_real_rows(self) -> bool:
        """Whether a published row was made by a real model."""
        made_by_models = [name for name, spec in self._declared.tables.items() if "provider_kind" in spec.columns]
        with self._open_for_reading() as con:
            return any(
                con.execute(f"select 1 from {name} where provider_kind = '{_REAL}' limit 1").fetchone()
                for name in made_by_models
            )


def _next_replaced_folder(folder: Path) -> Path:
    """`replaced-<n>` with the number after the highest one there."""
    numbers = [path.name.removeprefix("replaced-") for path in folder.glob("replaced-*")]
    return folder / f"replaced-{1 + max((int(number) for number in numbers if number.isdigit()), default=0)}"


def next_seq(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next publish: nobody else publishes while the lock is held."""
    row = con.execute(f"select coalesce(max(seq), 0) + 1 from {publishing.PUBLISHES}").fetchone()
    assert row is not None
    return int(row[0])
