"""Dagster's home in the warehouse: its settings, and the history that the UI and the command line share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import Process, is_running, locked, this_process

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

DAGSTER_SETTINGS = """\
# Runs that the UI starts wait for one another: one run alone fills an endpoint, and each one that asks a model on this
# machine starts a server of its own. A higher number builds several sources at once.
concurrency:
  runs:
    max_concurrent_runs: 1
# A run whose process was killed is marked as failed; otherwise it would block all waiting runs.
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
# The terminal shows what a person reads; every event of a run is on its page.
python_logs:
  python_log_level: INFO
telemetry:
  enabled: false
nux:
  enabled: false
"""
"""`dagster.yaml` of a new warehouse; it is the user's from then on."""

_TAG = "reasonmed/process"
_OPEN = ("NOT_STARTED", "STARTING", "STARTED", "CANCELING")
"""Statuses of runs that a process makes, or is about to."""


class BuildError(ReasonmedError):
    """A build that cannot start as asked; the message says what to change."""


@contextmanager
def dagster_instance(warehouse: Path) -> Iterator[DagsterInstance]:
    """Dagster's own storage in the warehouse, so that the UI and the command line share one history."""
    from dagster import DagsterInstance

    prepare_dagster_home(warehouse)
    os.environ["DAGSTER_HOME"] = str(warehouse / ".dagster")
    with DagsterInstance.get() as instance:
        end_dead_runs(instance)
        yield instance


def process_tags(run_id: str) -> dict[str, str]:
    """The tag of a run by which another process learns whether the one that makes it still runs."""
    return {_TAG: json.dumps({"run_id": run_id} | asdict(this_process()))}


def end_dead_runs(instance: DagsterInstance) -> None:
    """Mark as failed what a process left when it was killed: the UI's queue would wait for it for ever.

    A run whose process may be alive stays, so does one that does not tell its process.
    """
    from dagster import DagsterRunStatus, RunsFilter

    open_runs = RunsFilter(statuses=[getattr(DagsterRunStatus, status) for status in _OPEN])
    for run in instance.get_runs(open_runs):
        process = _process_of(run)
        if process is not None and is_running(process) is False:
            instance.report_run_failed(run, f"{process.name} made this run and was killed, or its host was restarted")


def _process_of(run: DagsterRun) -> Process | None:
    """The process that makes a run; None where its tag is missing, or a copy of the tag of the run that it repeats."""
    try:
        told = json.loads(run.tags.get(_TAG, "{}"))
        return Process(**told) if told.pop("run_id", None) == run.run_id else None
    except (ValueError, TypeError, AttributeError):
        return None


def prepare_dagster_home(warehouse: Path) -> Path:
    """Create Dagster's home once, under a lock: a fresh one breaks under parallel first use.

    Raises:
        BuildError: Dagster cannot keep its history under this path.
    """
    home = warehouse / ".dagster"
    if unquote(str(home)) != str(home):
        raise BuildError(
            f"{warehouse}: Dagster writes the path of its history into a URL, where a % with two hex digits stands for "
            "another character; choose a folder without one with --warehouse"
        )
    settings = home / "dagster.yaml"
    if settings.exists():
        return home
    from dagster import DagsterInstance

    warehouse.mkdir(parents=True, exist_ok=True)
    with locked(warehouse / ".dagster.lock"):
        if not settings.exists():
            home.mkdir(parents=True, exist_ok=True)
            new = home / "dagster.next.yaml"
            new.write_text(DAGSTER_SETTINGS, encoding="utf-8")
            with DagsterInstance.from_config(str(home), new.name) as instance:
                instance.get_run_records(limit=1)
            new.rename(settings)
    return home
