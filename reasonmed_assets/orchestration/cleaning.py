"""`reasonmed clean`: what killed processes and old runs left behind, and its removal.

Published rows, quarantine, replaced warehouses, reviews, calls, and the history of runs, materialisations and checks
are no left-overs. Of an old run only the log of its steps is one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.ledger.opening import open_store, store_is_current
from reasonmed_assets.machine import SILENT_S, dead_temporary_folders
from reasonmed_assets.orchestration.history import dagster_home_of, live_runs
from reasonmed_assets.servers.embedded import cache_folder
from reasonmed_assets.storage import open_warehouse

KEPT_RUNS = 60
"""Runs whose log of steps is kept: those of ten builds of four sources."""
_EARLIER_DOWNLOADS = "fetching-*"
"""What earlier versions called the folder in which they fetched the embedded model."""


class CleaningError(ReasonmedError):
    """Nothing is removed; the message says why."""


@dataclass(frozen=True)
class LeftOver:
    """Something that may go.

    Attributes:
        kind: what it is.
        name: which one.
        files: files and folders on disk; none for an owner in the ledger.
    """

    kind: str
    name: str
    files: tuple[Path, ...] = ()

    @property
    def n_bytes(self) -> int:
        """Size on disk."""
        return sum(size_of(path) for path in self.files)


@contextmanager
def left_overs(settings: BuildSettings, kept_runs: int = KEPT_RUNS) -> Iterator[list[LeftOver]]:
    """What may go. No run of the warehouse is at work meanwhile: one that begins waits before it stages rows.

    Args:
        settings: names the warehouse and its ledger.
        kept_runs: the number of runs, the latest first, whose log is kept.

    Raises:
        CleaningError: a run has not ended.
        WarehouseError: there is no warehouse, or a process stages rows in it.
        LedgerError: the ledger cannot be opened.
    """
    warehouse = open_warehouse(settings.warehouse_folder)
    with warehouse.dead_staging() as staged, warehouse.half_made() as half_made:
        found = [LeftOver("rows staged by dead runs", folder.name, (folder,)) for folder in staged]
        found += [LeftOver("half-made file", str(path), (path,)) for path in half_made]
        found += [
            LeftOver("temporary folder", str(folder), (folder,)) for folder in _temporary(settings.warehouse_folder)
        ]
        if dagster_home_of(settings.warehouse_folder).exists():
            found += _logs(settings.warehouse_folder, kept_runs)
        if store_is_current(settings.ledger_reference):
            with open_store(settings.ledger_reference) as store:
                found += [LeftOver("owner in the ledger", owner.owner_id) for owner in store.dead_owners()]
        yield found


def remove(settings: BuildSettings, some: list[LeftOver]) -> None:
    """Remove left-overs, inside `left_overs`."""
    owners = [one.name for one in some if not one.files]
    for one in some:
        for path in one.files:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    if owners:
        with open_store(settings.ledger_reference) as store:
            for owner_id in owners:
                store.remove_owner(owner_id)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; links are not followed, and what goes meanwhile counts nothing."""
    files = path.rglob("*") if path.is_dir() else [path]
    total = 0
    for file in files:
        try:
            total += file.lstat().st_size if file.is_symlink() or file.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def describe_size(warehouse: Path) -> str:
    """How much the logs of runs, what was staged and what was left behind take, for `doctor`."""
    sizes = {
        "event log of runs": size_of(log_folder(warehouse)),
        "staged rows": size_of(warehouse / "staging"),
        "temporary folders of killed processes": sum(map(size_of, _temporary(warehouse))),
    }
    return ", ".join(f"{what} {size / 1e6:,.1f} MB" for what, size in sizes.items())


def _temporary(warehouse: Path) -> list[Path]:
    """What killed processes left, wherever temporary folders are made; in that of an export or of `copy ... to`, the
    next one removes it."""
    parents: list[Path | None] = [
        None,
        *(warehouse / name for name in ("", "reviews", "staging")),
        dagster_home_of(warehouse),
    ]
    earlier: list[Path] = []
    with suppress(RuntimeError):  # a user without a home has no cache
        parents.append(cache_folder())
        earlier += cache_folder().glob(_EARLIER_DOWNLOADS)
    silent = [folder for folder in earlier if time.time() - folder.stat().st_mtime > SILENT_S]
    return [folder for parent in parents for folder in dead_temporary_folders(parent)] + silent


def log_folder(warehouse: Path) -> Path:
    """Where Dagster keeps one file per run with the events of its steps, beside the index of all runs."""
    return dagster_home_of(warehouse) / "history" / "runs"


def _logs(warehouse: Path, kept_runs: int) -> Iterator[LeftOver]:
    from dagster import DagsterInstance

    with DagsterInstance.from_config(str(dagster_home_of(warehouse))) as instance:
        if live := live_runs(instance):
            raise CleaningError(
                f"{len(live)} runs of {warehouse} have not ended ({', '.join(live[:3])}): wait for them, or end them "
                "in the UI, then run this again"
            )
        ended = [run.run_id for run in instance.get_runs()]
    for run_id in ended[kept_runs:]:
        events = log_folder(warehouse) / f"{run_id}.db"
        paths = [events.with_name(f"{events.name}{suffix}") for suffix in ("", "-wal", "-shm")]
        paths.append(dagster_home_of(warehouse) / "storage" / run_id)
        if files := tuple(path for path in paths if path.exists()):
            yield LeftOver("log of an old run", run_id, files)
