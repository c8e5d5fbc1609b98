"""Dagster's home in the warehouse: its settings, and the history that the UI and the command line share."""

from __future__ import annotations

import glob
import json
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import LONGEST_SQLITE_PATH, Process, is_running, locked, temporary_folder, this_process
from reasonmed_assets.orchestration import dagster_home

if TYPE_CHECKING:
    from dagster import DagsterEvent, DagsterInstance, DagsterRun

_TAG = "reasonmed/process"
_OPEN = ("NOT_STARTED", "STARTING", "STARTED", "CANCELING")
"""Statuses of runs that a process makes, or is about to."""
INTERRUPTION = re.compile(r"DagsterExecutionInterruptedError|KeyboardInterrupt|^RuntimeError: Query interrupted")
"""How Dagster, Python and DuckDB report that the process was told to stop."""


class BuildError(ReasonmedError):
    """A build that cannot start as asked; the message says what to change."""


@contextmanager
def dagster_instance(warehouse: Path) -> Iterator[DagsterInstance]:
    """Dagster's own storage in the warehouse, so that the UI and the command line share one history.

    Raises:
        BuildError, HistoryError: as `prepare_dagster_home`, or the history could not be written, within too.
    """
    from reasonmed_assets.orchestration.event_storage import kept_open

    with dagster_home_in(warehouse) as home, dagster_home.told_if_unusable(dagster_home_of(warehouse)):
        os.environ["DAGSTER_HOME"] = str(home)
        # What a run is about to do, two events a check, is written together.
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "200")
        with kept_open(home) as instance:
            end_dead_runs(instance)
            yield instance


def process_tags(run_id: str) -> dict[str, str]:
    """The tag of a run by which another process learns whether the one that makes it still runs."""
    return {_TAG: json.dumps({"run_id": run_id} | asdict(this_process()))}


def end_dead_runs(instance: DagsterInstance) -> None:
    """Mark as failed what a process left when it was killed: the UI's queue would wait for it for ever.

    A run whose process may be alive stays, so does one that does not tell its process.
    """
    for run in _open_runs(instance):
        process = _process_of(run)
        if process is not None and is_running(process) is False:
            instance.report_run_failed(run, f"{process.name} made this run and was killed, or its host was restarted")


def live_runs(instance: DagsterInstance) -> list[str]:
    """Ids of the runs that have not ended and whose process may be alive."""
    found = [(run.run_id, _process_of(run)) for run in _open_runs(instance)]
    return [run_id for run_id, process in found if process is None or is_running(process) is not False]


def is_followed(instance: DagsterInstance) -> bool:
    """Whether a run waits to begin."""
    from dagster import DagsterRunStatus, RunsFilter

    waiting = RunsFilter(statuses=[DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING])
    return instance.get_runs_count(waiting) > 0


def runs_at_once(instance: DagsterInstance) -> int | None:
    """How many runs that the UI starts its settings allow at once; None: they set no limit."""
    queue = instance.get_concurrency_config().run_queue_config
    n = 1 if queue is None else queue.max_concurrent_runs
    return n if n > 0 else None


def reason(event: DagsterEvent) -> str:
    """The message of a failed step or run, preceded by the class of the error unless it is one of this package."""
    failure = event.step_failure_data if event.is_step_failure else event.job_failure_data
    told = getattr(failure, "user_failure_data", None)
    if told is not None:
        return (told.description or "").strip()
    said = (failure.error.cause or failure.error).message if failure.error else event.message or ""
    return re.sub(r"^reasonmed_assets\.[\w.]+: ", "", said.strip())


def failures(instance: DagsterInstance, run: DagsterRun) -> list[str]:
    """What a failed run did not make and why: one text per failed table, else one for the run."""
    from dagster import DagsterEventType

    kinds = {DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}
    events = [entry.get_dagster_event() for entry in instance.all_logs(run.run_id, of_type=kinds)]
    steps = [_named(event.step_key, reason(event)) for event in events if event.is_step_failure]
    tables = ", ".join(sorted(key.to_user_string() for key in run.asset_selection or ())) or run.job_name
    return steps or [_named(tables, reason(event)) for event in events]


def _named(table: str | None, said: str) -> str:
    return said if said.startswith((f"{table} ", f"{table}:")) else f"{table}: {said}"


def _open_runs(instance: DagsterInstance) -> Sequence[DagsterRun]:
    from dagster import DagsterRunStatus, RunsFilter

    return instance.get_runs(RunsFilter(statuses=[getattr(DagsterRunStatus, status) for status in _OPEN]))


def _process_of(run: DagsterRun) -> Process | None:
    """The process that makes a run; None where its tag is missing, or a copy of the tag of the run that it repeats."""
    try:
        told = json.loads(run.tags.get(_TAG, "{}"))
        return Process(**told) if told.pop("run_id", None) == run.run_id else None
    except (ValueError, TypeError, AttributeError):
        return None


def refuse_unusable(warehouse: Path) -> None:
    """Stop where no history can be kept in a folder, before anything is made.

    Raises:
        BuildError: the message says what is wrong with its path.
    """
    home = str(dagster_home_of(warehouse))
    if unquote(home) != home:
        raise BuildError(
            f"{warehouse}: Dagster writes the path of its history into a URL, where a % with two hex digits stands for "
            "another character; choose a folder without one with --warehouse"
        )
    longest = LONGEST_SQLITE_PATH - len(f"/.dagster/history/runs/{uuid.UUID(int=0)}.db")
    length = len(os.fsencode(warehouse))
    if length > longest:
        raise BuildError(
            f"{warehouse}: the path has {length:,} bytes, and the history of runs in it can be kept up to {longest}; "
            "choose another folder with --warehouse"
        )


def prepare_dagster_home(warehouse: Path) -> Path:
    """Create Dagster's home, or bring one of an earlier version forward.

    Once, under a lock: a fresh one breaks under parallel first use. Settings that the user changed stay as they are.

    Raises:
        BuildError: no history can be kept under this path.
        HistoryError: a newer Dagster wrote the history, or it cannot be written.
    """
    refuse_unusable(warehouse)
    dagster_home.read_migrations_once()
    home = dagster_home_of(warehouse)
    if not _is_ready(home):
        with dagster_home.told_if_unusable(home, OSError):
            warehouse.mkdir(parents=True, exist_ok=True)
            with locked(warehouse / ".dagster.lock"):
                if not _is_ready(home):
                    _make_ready(home)
    return home


@contextmanager
def dagster_home_in(warehouse: Path) -> Iterator[Path]:
    """Dagster's home, ready, by a path without wildcards: Dagster finds its settings by a pattern.

    Raises:
        BuildError, HistoryError: as `prepare_dagster_home`.
    """
    home = prepare_dagster_home(warehouse)
    if glob.escape(str(home)) == str(home):
        yield home
        return
    with temporary_folder("home") as folder:
        link = folder / "home"
        link.symlink_to(home)
        yield link


def dagster_home_of(warehouse: Path) -> Path:
    """Where the history of a warehouse is, or will be."""
    return warehouse / ".dagster"


def _is_ready(home: Path) -> bool:
    settings = home / dagster_home.FILE
    return settings.exists() and not dagster_home.has_earlier_settings(home) and not dagster_home.older_databases(home)


def _make_ready(home: Path) -> None:
    from dagster import DagsterInstance

    settings = home / dagster_home.FILE
    if not settings.exists() or dagster_home.has_earlier_settings(home):
        home.mkdir(parents=True, exist_ok=True)
        with temporary_folder("settings", home) as aside:
            new = aside / dagster_home.FILE
            new.write_text(dagster_home.SETTINGS, encoding="utf-8")
            with DagsterInstance.from_config(str(home), str(new)) as instance:
                instance.get_run_records(limit=1)
            new.rename(settings)
    if dagster_home.older_databases(home):
        dagster_home.bring_forward(home)
