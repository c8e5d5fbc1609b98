"""What a warehouse promises, whatever holds its tables; `tests/storage/contract_warehouse.py` tests it.

An implementation says how rows are published and read. Staged, quarantined and audited rows are files in a folder on
this machine for all of them, and so are here.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, final, get_args

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.recipes import book as recipes
from reasonmed_assets.config.recipes.book import RecipeBook
from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.machine import lock_holders, locked, locked_at_once, locked_with_others
from reasonmed_assets.storage import builds, publishing
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.history import FOLDER, Kept
from reasonmed_assets.storage.publishing import Published, PublishRecord, Standing

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")

Companion = Literal["reviews", "quality"]
"""Folders of files that belong to a warehouse's build and that others write: reviewers' files, the quality report."""


@dataclass(frozen=True)
class Quarantined:
    """Rows that failed their audit and were never published.

    Attributes:
        table: their table.
        partition: their partition; None for a table without partitions.
        run_id: Dagster run that staged them.
        file: Parquet file that holds them.
    """

    table: str
    partition: str | None
    run_id: str
    file: Path


class Warehouse(ABC):
    """The published tables of one build, and the only way to read and change them.

    Reading and publishing work from several threads and processes at once: a reader sees each partition as it was
    before a publish or after it, never in between.

    Args:
        folder: folder on this machine for staged rows, quarantine, audits and companions; made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._staging = self._folder / "staging"
        self._staging_lock = self._staging / ".lock"
        self._runs = self._staging / ".runs"
        if not self.is_read_only:
            self._make_staging()

    @final
    @property
    def name(self) -> str:
        """What messages and pages call it."""
        return str(self._folder)

    @final
    @property
    def is_read_only(self) -> bool:
        """Whether this process may not write to the folder: users then open the snapshot as it is."""
        return self._folder.is_dir() and not os.access(self._folder, os.W_OK)

    def _make_staging(self) -> None:
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(
                f"no warehouse can be kept in {self._folder}: {error.strerror}; choose another folder with --warehouse"
            ) from error

    # Tables

    @abstractmethod
    def read(self, variables: Mapping[str, Any] | None = None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A read-only connection to what is published; keep it short, a publish may wait for it.

        Every declared table is there with its declared columns, empty before its first publish; so are the macros and
        the views. Temporary tables and views can be made. Rows come in no particular order unless ordered.

        Args:
            variables: SQL variables to set (`getvariable('name')`).

        Raises:
            WarehouseError: another process published for too long, or a newer version of this program wrote it.
        """

    @abstractmethod
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
    ) -> Published:
        """Make the staged rows the content of a partition: in one transaction, as a difference.

        Publishes of a warehouse happen one after another, and each that is recorded has a number above all before it.

        Args:
            spec: the table.
            partition: its partition; None for a table without partitions.
            staged: Parquet files with exactly the declared columns, `row_hash` included; they stay where they are.
            run_id: Dagster run.
            fingerprint: hash of what the rows were made from; empty where calls are missing.
            profile: name of the profile.
            statistics: figures of the partition that the next build compares itself with; must fit into JSON.
            parts: the parts of the fingerprint by name; None where they are not known.
            recipe: version of the recipe; None where it is not known.
            build: number of the build (`begin_build`); None where there is none.

        Raises:
            WarehouseError: nothing was published; the message says why.
        """

    @abstractmethod
    def record_failure(self, spec: TableSpec, partition: str | None, run_id: str, reason: str) -> None:
        """Keep in table `failures` that the last run of a partition failed, until the next publish of it.

        Nothing is kept where nothing was ever published: there is nothing that could be out of date.

        Args:
            spec: the table.
            partition: its partition; None for a table without partitions.
            run_id: Dagster run.
            reason: why, for people.

        Raises:
            WarehouseError: it could not be written.
        """

    @abstractmethod
    def begin_build(self, facts: Mapping[str, Any], *, is_publishing: bool) -> int | None:
        """Keep in table `builds` that a build begins to make rows; returns its number.

        One of this `build_id` that has a row already goes on in it: another run of its backfill began before.

        Args:
            facts: the columns of its row that are known by then, `build_id` among them.
            is_publishing: it is about to publish; until then None is returned where nothing was ever published.

        Raises:
            WarehouseError: it could not be written.
        """

    @abstractmethod
    def end_build(self, number: int, facts: Mapping[str, Any]) -> None:
        """Complete the row of a build; it has an outcome when each of its runs that began has ended.

        Args:
            number: of the build.
            facts: the columns that are known at the end of its `run_ids`.

        Raises:
            WarehouseError: it has no row, or it could not be written.
        """

    @final
    def publish_named(self, name: str) -> int:
        """The number of the publish that a person names: itself, as `41`, or the last one of a build, as `b7`.

        Raises:
            WarehouseError: it is no such name, or there is no such publish or build.
        """
        with self.snapshot() as con:
            return builds.publish_named(con, name)

    @final
    def publish_before(self, build: int) -> int:
        """The number of the last publish before the first one of a build; 0: none.

        Raises:
            WarehouseError: there is no such build.
        """
        with self.read() as con:
            return builds.publish_before(con, build)

    @final
    def last_publish(self, table: str, partition: str | None) -> PublishRecord | None:
        """The latest publish of a partition, or None."""
        with self.read() as con:
            return publishing.last_publish(con, table, partition)

    def standing(self) -> Standing:
        """How all partitions stand: what was published of them last, and whose last run failed."""
        with self.read() as con:
            return publishing.standing(con)

    @final
    def export(self, spec: TableSpec, partition: str | None, file: Path) -> int:
        """Write the published rows of a partition as Parquet, as they were staged; returns their number."""
        where = publishing.in_partition(spec, partition)
        with self.read() as con:
            row = con.execute(
                f"copy (select {', '.join(spec.columns)} from {spec.name} where {where}) "
                f"to {sql.literal(file)} (format parquet)"
            ).fetchone()
        assert row is not None
        return int(row[0])

    @abstractmethod
    def copy_to(self, folder: Path) -> None:
        """Make a warehouse in another folder, with what is published here, what it is bound to and its companions.

        What is published there does not change this one, and has no history.

        Args:
            folder: on this machine; empty, or not there.

        Raises:
            WarehouseError: another process published for too long.
        """

    # What users open

    @property
    @abstractmethod
    def address(self) -> str:
        """Where users open what is published; no secret is in it."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """What users open, read-only. However long it is open, no publish waits for it.

        It is brought up to date first, as `catch_up` does.

        Raises:
            WarehouseError: nothing was published yet.
        """

    @abstractmethod
    def as_of(self, seq: int) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The tables as they were after a publish, with the macros and the views of now; in `now`, what users open.

        However long it is open, no publish waits for it. Columns that were declared later are null, those that were
        dropped since are left out.

        Args:
            seq: number of the publish; 0: before the first.

        Raises:
            WarehouseError: there is no such publish, history begins later, or a file of it is gone.
        """

    @final
    def shown(self, as_of: int | str | None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """What users open, or what it held after a publish or build that a person names; see `publish_named`.

        Raises:
            WarehouseError: as `snapshot` and `as_of`.
        """
        return self.snapshot() if as_of is None else self.as_of(self.publish_named(str(as_of)))

    @abstractmethod
    def rows_as_of(self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int) -> str:
        """The query of a table's rows as of a publish, so that several states can be joined in one connection.

        Args:
            con: of `read` or `snapshot`; the query is for it, while it is open.
            spec: the table.
            seq: number of the publish; 0: before the first.

        Raises:
            WarehouseError: as `as_of`.
        """

    @abstractmethod
    def history(self) -> Kept:
        """As of which publishes tables can be read, and what that takes on disk.

        Raises:
            WarehouseError: nothing was published yet, or what is kept cannot be understood.
        """

    @abstractmethod
    def drop_history(self, before: int) -> None:
        """Remove what is needed only to read as of publishes before this one, for good.

        Raises:
            WarehouseError: others read the history, or nothing was published yet.
        """

    @property
    @abstractmethod
    def has_snapshot(self) -> bool:
        """Whether there is something for users to open."""

    @abstractmethod
    def is_snapshot_behind(self) -> bool:
        """Whether users still see an earlier publish, or tables and views of earlier declarations."""

    @abstractmethod
    def refresh_snapshot(self) -> bool:
        """Show users what is published now; True when they saw something else.

        Raises:
            WarehouseError: it could not be replaced; users see what they saw.
        """

    @abstractmethod
    def catch_up(self) -> None:
        """For a command that reads what users open: `refresh_snapshot`, unless a run is at work.

        Then `ReasonmedWarning` says as of when it is, where something was published since.

        Raises:
            WarehouseError: as `refresh_snapshot`.
        """

    @property
    @abstractmethod
    def snapshot_age_s(self) -> float:
        """How long ago what users see was put there; infinite where they see nothing yet."""

    @final
    def end_run(self, every_s: float, *, is_followed: bool = False) -> bool:
        """At the end of a run: `refresh_snapshot`, unless another run will do so and users saw something new lately.

        Args:
            every_s: how long users see the same while other runs are at work or wait.
            is_followed: another run waits to begin.

        Raises:
            WarehouseError: as `refresh_snapshot`.
        """
        is_left = (is_followed or self.is_at_work) and self.snapshot_age_s < every_s
        return not is_left and self.refresh_snapshot()

    # Runs

    @final
    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A run or a build is at work inside. The kernel ends that with the process, however it ends."""
        with locked_with_others(self._runs):
            yield

    @final
    @property
    def is_at_work(self) -> bool:
        """Whether a run or a build of any process is at work."""
        if not self._runs.exists():
            return False
        try:
            # Of two that looked at the same moment, each would take the other for a run.
            with locked(self._runs.with_name(".runs.looked")), locked_at_once(self._runs):
                return False
        except (BlockingIOError, PermissionError):
            # Who may not ask reads what is there.
            return True

    # What it is bound to, and which version wrote it

    @abstractmethod
    def describe_version(self) -> str:
        """Which version of its layout it has, and what the next build brings forward. Changes nothing.

        Raises:
            WarehouseError: a newer version of this program wrote it, or another program.
        """

    @final
    @property
    def recipes(self) -> RecipeBook | None:
        """What its builds are made by, and what its rows are of; None before its first build.

        Raises:
            RecipeError: it cannot be understood.
        """
        return recipes.read_book(self._folder)

    @final
    def bind(self, provider_kind: str, data_dir: str) -> None:
        """Bind the warehouse to a kind of provider and a data directory at its first build; hold later ones to it.

        Raises:
            WarehouseError: it is bound to another kind or directory, or has rows and nothing says what made them.
            RecipeError: what it is bound to cannot be understood.
        """
        for folder in (self._folder, self._staging, *self._attachments()):
            if folder.is_dir() and not os.access(folder, os.W_OK):
                said = "may only be read: give another folder with --warehouse to build in, or change its mode"
                raise WarehouseError(f"{folder} {said}")
        self.refuse_other_build(provider_kind, data_dir)
        if self.recipes is None:
            recipes.change_book(self._folder, lambda book: book or recipes.new_book(provider_kind, data_dir))
            self.refuse_other_build(provider_kind, data_dir)

    @final
    def keep_recipe(self, recipe: Recipe, base: int | None, *, set_by: str, build: str | None) -> int:
        """Keep a recipe as the latest version, unless it is that already; returns its number. Bind the warehouse first.

        See `config.recipe.keep`.
        """
        return recipes.keep(self._folder, recipe, base, set_by=set_by, build=build)

    @final
    def move_sources(self, data_dir: str) -> None:
        """Bind the warehouse to another data directory: the next build reads that one. Bind the warehouse first."""

        def moved(book: RecipeBook | None) -> RecipeBook:
            assert book is not None, "the warehouse is bound before"
            return replace(book, data_dir=recipes.place_of(data_dir))

        recipes.change_book(self._folder, moved)

    @property
    @abstractmethod
    def _has_rows(self) -> bool:
        """Whether something was ever published."""

    @abstractmethod
    def replace(self, provider_kind: str, ledger_holds_real_calls: bool) -> str | None:
        """Set the build aside, its companions, audits and quarantine included, so that another kind can start.

        The ledger, Dagster's history and staged rows stay. Nothing is deleted.

        Args:
            provider_kind: kind of the build that wants the place.
            ledger_holds_real_calls: whether the ledger in use holds calls of a real model.

        Returns:
            Where it is now, or None when there was none.

        Raises:
            WarehouseError: a simulated or demonstration build would push aside what real calls paid for.
        """

    @final
    def refuse_other_build(self, provider_kind: str, data_dir: str) -> None:
        """Stop when a build wants another kind of model or data directory than the warehouse is bound to.

        Raises:
            WarehouseError: names every difference and `--replace`; or there are rows and nothing says what made them.
            RecipeError: what it is bound to cannot be understood.
        """
        book = self.recipes
        if book is None and self._has_rows:
            raise WarehouseError(
                f"warehouse {self._folder} has rows but no {recipes.FILE}, so what made them is unknown; restore that "
                "file, or set the warehouse aside with --replace"
            )
        if book is None:
            return
        found, wanted = book.data_dir, recipes.place_of(data_dir)
        differences, moved = [], ""
        if book.provider_kind != provider_kind:
            differences.append(f"its models are of kind {book.provider_kind}, this build's are {provider_kind}")
        if found != wanted:
            differences.append(f"it was built from {found or 'the sample'}, this build reads {data_dir}")
            moved = "; where the folder itself was moved, `reasonmed recipe set --data-dir DIR` says so"
        if differences:
            raise WarehouseError(
                f"warehouse {self._folder} keeps another kind of build: {'; '.join(differences)}. Build elsewhere with "
                f"--warehouse DIR, or set the old files aside with --replace{moved}"
            )

    @final
    @property
    def warehouse_id(self) -> str:
        """What tells this warehouse from others that share its ledger.

        Raises:
            WarehouseError: it has had no build yet.
        """
        book = self.recipes
        if book is None:
            raise WarehouseError(f"warehouse {self._folder} has had no build yet; bind it first")
        return book.warehouse_id

    @property
    def was_cut_off(self) -> bool:
        """Whether this process cannot open the warehouse any more because a query was cut off by Ctrl-C or SIGTERM."""
        return False

    # Files on this machine

    @final
    @contextmanager
    def staging_area(self, table: str, partition: str | None, run_id: str) -> Iterator[Path]:
        """A new folder for the staged rows of a partition and what leads to them; it is removed in the end.

        Raises:
            WarehouseError: a name that would lead to another folder, or what is done inside finds no room.
        """
        *parents, run = _plain(table, partition, run_id)
        parent = self._staging.joinpath(*parents)
        # Whoever removes what dead runs staged holds the lock alone.
        with locked_with_others(self._staging_lock), _told_if_full(self._staging):
            parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=parent, prefix=f"{run}-", ignore_cleanup_errors=True) as area:
                yield Path(area)

    @final
    def shards_folder(self, table: str, partition: str | None) -> Path:
        """Where runs keep the finished shards of a partition until it is published; for use in a `staging_area`.

        Raises:
            WarehouseError: a name that would lead to another folder.
        """
        return self._staging.joinpath(*_plain(table, partition), "shards")

    @final
    @contextmanager
    def dead_staging(self) -> Iterator[list[Path]]:
        """What killed processes staged, a folder per table; no process stages rows while they are looked at.

        Raises:
            WarehouseError: a process is staging rows.
        """
        try:
            with locked_at_once(self._staging_lock):
                folders = [
                    path for path in sorted(self._staging.iterdir()) if not path.name.startswith(("spill-", "."))
                ]
                yield [folder for folder in folders if any(path.is_file() for path in folder.glob("*/**/*"))]
        except BlockingIOError:
            pids = ", ".join(map(str, lock_holders(self._staging_lock)))
            raise WarehouseError(
                f"process {pids} is staging rows in {self._folder}: wait until it has finished, then run this again"
            ) from None

    @contextmanager
    def half_made(self) -> Iterator[list[Path]]:
        """What killed processes were making beside the tables or spilled; nobody reads or writes these meanwhile.

        Raises:
            WarehouseError: others are at it for too long.
        """
        yield []

    @final
    def quarantine(self, table: str, partition: str | None, run_id: str, staged: Path) -> Path:
        """Move staged rows that failed their audit to `quarantine/<table>/<partition>/<run>.parquet`."""
        _plain(table, partition, run_id)
        file = quarantine_file(self._folder, table, partition, run_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(staged, file)
        return file

    @final
    def quarantined(self) -> list[Quarantined]:
        """What `quarantine` keeps, by table and partition."""
        root = self._folder / "quarantine"
        found = []
        for file in sorted(root.glob("**/*.parquet")):
            table, *partition = file.relative_to(root).parts[:-1]
            found.append(Quarantined(table, partition[0] if partition else None, file.stem, file))
        return found

    @final
    def record_audit(self, table: str, partition: str | None, record: Mapping[str, Any]) -> None:
        """Keep how the last audit of a partition went, in place of the one before; must fit into JSON."""
        *parents, name = _plain(table, partition)
        path = self._folder.joinpath("audits", *parents, f"{name}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.staging_area(table, partition, "audit") as area:
            new = area / path.name
            new.write_text(json.dumps(record, ensure_ascii=False, default=str), encoding="utf-8")
            new.replace(path)

    @final
    def audit_of(self, table: str, partition: str | None) -> dict[str, Any] | None:
        """What `record_audit` keeps of a partition; None where there is nothing.

        Raises:
            WarehouseError: the file cannot be understood.
        """
        *parents, name = _plain(table, partition)
        path = self._folder.joinpath("audits", *parents, f"{name}.json")
        return _read_audit(path) if path.exists() else None

    @final
    def audits(self) -> list[dict[str, Any]]:
        """What `record_audit` keeps, by table and partition.

        Raises:
            WarehouseError: a file cannot be understood.
        """
        return [_read_audit(file) for file in sorted((self._folder / "audits").glob("**/*.json"))]

    @final
    def companion(self, name: Companion) -> Path:
        """Folder of files that belong to this build and that others write; `replace` sets it aside with the tables."""
        return self._folder / name

    @final
    def _attachments(self) -> list[Path]:
        """The folders that `replace` sets aside with the tables."""
        return [self._folder / name for name in ("quarantine", "audits", FOLDER, *get_args(Companion))]


@contextmanager
def _told_if_full(folder: Path) -> Iterator[None]:
    """Turns what DuckDB and Python raise where nothing more can be written into an error that says what to do."""
    try:
        yield
    except duckdb.IOException as error:
        raise _full(folder, error) from error
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(
            f"the rows that are staged in {folder} fit neither into the memory that DuckDB may take nor on the disk: "
            f"{error}. Make room on the disk, or set a larger machine.memory_gb in the profile, then run the same "
            "command again"
        ) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _full(folder, error) from error


def _full(folder: Path, error: Exception) -> WarehouseError:
    return WarehouseError(
        f"rows could not be staged in {folder}: {error}. What is published is safe; make room on the disk, then run "
        "the same command again"
    )


def _read_audit(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("no JSON object")
    except (ValueError, RecursionError) as error:
        raise WarehouseError(
            f"{file} cannot be understood ({error}); remove it, and build its table again: no call is made twice"
        ) from error
    return record


def quarantine_file(folder: Path, table: str, partition: str | None, run_id: str) -> Path:
    """Parquet file in which the warehouse of a folder keeps the rows of a run that failed their audit."""
    return folder / "quarantine" / table / (partition or "") / f"{run_id}.parquet"


def _plain(*names: str | None) -> list[str]:
    """Names as parts of a path, without those that are None.

    Raises:
        WarehouseError: one would lead to another folder.
    """
    parts = [name for name in names if name is not None]
    for part in parts:
        if not _NAME.fullmatch(part):
            raise WarehouseError(f"{part!r} cannot name a folder or file; use letters, digits, - and _")
    return parts
