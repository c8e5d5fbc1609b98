"""The folder of a warehouse on this machine: staged rows, quarantine, audits, companions, and who is at work in it."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, final, get_args

import duckdb

from reasonmed_assets.machine import lock_holders, locked, locked_at_once, locked_with_others
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.history import FOLDER

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


class LocalFiles:
    """What a warehouse keeps as files on this machine, whatever holds its tables.

    Args:
        folder: for staged rows, quarantine, audits and companions; made when it is not there.

    Raises:
        WarehouseError: it cannot be made.
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
    def keep_measures(self, table: str, partition: str | None, publish: int, measures: Path) -> None:
        """Keep what an audit measured in the rows of a publish, in place of the one before; the file is moved."""
        folder = self._measures_folder(table, partition)
        folder.mkdir(parents=True, exist_ok=True)
        kept = measures.replace(folder / f"{publish}.parquet")
        for other in set(folder.iterdir()) - {kept}:
            other.unlink(missing_ok=True)

    @final
    def measures_of(self, table: str, partition: str | None, publish: int) -> Path | None:
        """The file that `keep_measures` keeps of a publish; None where there is none."""
        file = self._measures_folder(table, partition) / f"{publish}.parquet"
        return file if file.exists() else None

    def _measures_folder(self, table: str, partition: str | None) -> Path:
        *parents, name = _plain(table, partition)
        return self._folder.joinpath("audits", *parents, f"{name}.measured")

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
