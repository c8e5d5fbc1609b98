"""Dagster's home in the warehouse: its settings, and the history that the UI and the command line share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import locked

if TYPE_CHECKING:
    from dagster import DagsterInstance

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


class BuildError(ReasonmedError):
    """A build that cannot start as asked; the message says what to change."""


@contextmanager
def dagster_instance(warehouse: Path) -> Iterator[DagsterInstance]:
    """Dagster's own storage in the warehouse, so that the UI and the command line share one history."""
    from dagster import DagsterInstance

    prepare_dagster_home(warehouse)
    os.environ["DAGSTER_HOME"] = str(warehouse / ".dagster")
    with DagsterInstance.get() as instance:
        yield instance


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
