"""Runs whose process is gone are ended; all others stay."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import dagster as dg
import pytest
from builds import start

from reasonmed_assets.machine import this_process
from reasonmed_assets.orchestration.history import dagster_instance, end_dead_runs, process_tags

TIMEOUT_S = 120
TAG = "reasonmed/process"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def run_of(instance: dg.DagsterInstance, tag: Callable[[str], dict[str, str]]) -> str:
    @dg.job
    def nothing() -> None:
        """Has no ops."""

    run_id = dg.DagsterRun(job_name="nothing").run_id
    run = instance.create_run_for_job(nothing, run_id=run_id, tags=tag(run_id))
    return run.run_id


def status_of(instance: dg.DagsterInstance, run_id: str) -> str:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status.value


def tag_with(**changed: object) -> Callable[[str], dict[str, str]]:
    """The tag of a run that another process makes."""

    def tag(run_id: str) -> dict[str, str]:
        process = replace(this_process(), **changed)  # type: ignore[arg-type]
        return {TAG: json.dumps({"run_id": run_id} | asdict(process))}

    return tag


def test_what_is_dead_for_certain_is_ended_and_nothing_else(instance: dg.DagsterInstance) -> None:
    me = this_process()
    dead = {
        "a reused pid": run_of(instance, tag_with(started_ticks=me.started_ticks + 1)),
        "no such process": run_of(instance, tag_with(pid=2**22 + 1)),
        "before the restart of this host": run_of(instance, tag_with(boot_id="before")),
    }
    alive = {
        "this process": run_of(instance, process_tags),
        "another container": run_of(instance, tag_with(pid_space="pid:[1]", pid=2**22 + 1)),
        "another host": run_of(instance, tag_with(host="elsewhere", boot_id="other")),
        "without a tag": run_of(instance, lambda run_id: {}),
        "a tag of somebody else": run_of(instance, lambda run_id: {TAG: "[1]"}),
        "a repeated run": run_of(instance, lambda run_id: tag_with(pid=2**22 + 1)("the run before")),
    }
    end_dead_runs(instance)
    assert {name: status_of(instance, run_id) for name, run_id in dead.items()} == dict.fromkeys(dead, "FAILURE")
    assert {name: status_of(instance, run_id) for name, run_id in alive.items()} == dict.fromkeys(alive, "NOT_STARTED")


def test_a_run_of_a_killed_build_is_ended_by_the_next_that_opens_the_history(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    process = start("build", "--profile", "simulated", "--warehouse", str(folder), "--limit", "1")
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while time.monotonic() < deadline and not (run := _started(folder)):
            time.sleep(0.1)
        assert run, "a run has started"
        with dagster_instance(folder) as instance:
            assert status_of(instance, run) == "STARTED", "its process is alive"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=TIMEOUT_S)
    with dagster_instance(folder) as instance:
        assert status_of(instance, run) == "FAILURE"
        said = [event.message for event in instance.all_logs(run)]
    assert any(f"process {process.pid} on {socket.gethostname()}" in (message or "") for message in said)


def _started(folder: Path) -> str | None:
    """A run that is under way, as another process sees it."""
    if not (folder / ".dagster" / "dagster.yaml").exists():
        return None
    with dagster_instance(folder) as instance:
        found = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    return found[0].run_id if found else None
