"""What a build writes into Dagster's storage is there for others at once, and no database is opened for each event."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psutil
from sqlalchemy import Engine, event

from reasonmed_assets.orchestration.history import dagster_instance

CHECKS = 30


@dg.asset(check_specs=[dg.AssetCheckSpec(f"check_{i}", asset="rows") for i in range(CHECKS)])
def rows(context: dg.AssetExecutionContext) -> Iterator[object]:
    with dg.DagsterInstance.from_config(context.instance.root_directory) as other:
        yield from (dg.AssetCheckResult(passed=True, check_name=f"check_{i}") for i in range(CHECKS))
        yield dg.MaterializeResult(metadata={"seen by others": len(evaluations(other, context.run.run_id))})


@contextmanager
def committed() -> Iterator[list[object]]:
    """The connections that SQLAlchemy commits on meanwhile."""
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", note)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", note)


def evaluations(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogEntry]:
    return instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often SQLAlchemy opens each database meanwhile."""
    opened = Counter[str]()

    def note(connection: object, record: object) -> None:
        cursor = connection.execute("pragma database_list")  # type: ignore[attr-defined]
        opened[Path(cursor.fetchone()[2]).name] += 1

    event.listen(Engine, "connect", note)
    try:
        yield opened
    finally:
        event.remove(Engine, "connect", note)


def test_others_read_what_a_run_writes_and_no_database_is_opened_for_each_event(tmp_path: Path) -> None:
    with dagster_instance(tmp_path) as instance, counted() as opened, committed() as commits:
        result = dg.materialize([rows], instance=instance)
    (materialization,) = result.asset_materializations_for_node("rows")
    assert materialization.metadata["seen by others"].value == CHECKS
    # Dagster itself makes the tables of a database and looks at their version by a few connections of its own.
    assert set(opened) >= {"runs.db", "index.db", f"{result.run_id}.db"}
    assert max(opened.values()) < CHECKS / 2
    # Some seven for each result and its output; what is about to be checked, three more for each, is written together.
    assert len(commits) < 8 * CHECKS
    assert not list((tmp_path / ".dagster").rglob("*-wal"))
    with dg.DagsterInstance.from_config(str(tmp_path / ".dagster")) as other:
        assert len(evaluations(other, result.run_id)) == CHECKS
        planned = dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
        assert len(other.all_logs(result.run_id, of_type=planned)) == CHECKS
        assert other.get_run_by_id(result.run_id).is_success


def test_a_storage_that_the_user_chose_is_used(tmp_path: Path) -> None:
    with dagster_instance(tmp_path):
        """Makes the home."""
    settings = tmp_path / ".dagster" / "dagster.yaml"
    own = f"storage:\n  sqlite:\n    base_dir: {tmp_path / 'elsewhere'}\n"
    settings.write_text(settings.read_text(encoding="utf-8") + own, encoding="utf-8")
    with dagster_instance(tmp_path) as instance:
        dg.materialize([dg.asset(name="one")(lambda: None)], instance=instance)
    assert (tmp_path / "elsewhere" / "history" / "runs.db").exists()


def test_a_run_prints_where_its_process_prints_and_starts_none_that_would_outlive_it(tmp_path: Path) -> None:
    before = beside()
    with dagster_instance(tmp_path) as instance:
        assert beside_a_run(instance) == before


def test_the_output_of_runs_goes_where_the_user_chose(tmp_path: Path) -> None:
    with dagster_instance(tmp_path):
        """Makes the home."""
    settings = tmp_path / ".dagster" / "dagster.yaml"
    own = (
        "compute_logs:\n  module: dagster._core.storage.local_compute_log_manager\n  class: LocalComputeLogManager\n"
        f"  config:\n    base_dir: {tmp_path / 'elsewhere'}\n"
    )
    settings.write_text(settings.read_text(encoding="utf-8") + own, encoding="utf-8")
    with dagster_instance(tmp_path) as instance:
        beside_a_run(instance)
    assert "printed" in "".join(file.read_text() for file in (tmp_path / "elsewhere").rglob("*.out"))


def beside() -> tuple[int, set[int]]:
    """The file that this process prints to, and the processes that it has started."""
    return os.fstat(sys.stdout.fileno()).st_ino, {child.pid for child in psutil.Process().children()}


def beside_a_run(instance: dg.DagsterInstance) -> tuple[int, set[int]]:
    """`beside` within a run that prints something."""
    found = []

    @dg.asset
    def printing() -> None:
        print("printed", flush=True)
        found.append(beside())

    dg.materialize([printing], instance=instance)
    return found[0]
