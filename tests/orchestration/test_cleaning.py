"""`reasonmed clean`: lists what was left behind, removes it where asked, and nothing that may be needed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import dagster as dg
import pytest
from builds import COMMAND, a_shell, called

from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.owners import this_process
from reasonmed_assets.orchestration.cleaning import describe_size, log_folder
from reasonmed_assets.orchestration.history import dagster_instance
from reasonmed_assets.storage import Warehouse, make_or_open_warehouse

KEPT = ["quarantine/questions/mmlu/run.parquet", "replaced-1/build.duckdb", "reviews/a.csv", "audits/questions.json"]

INSERT = """
insert into owners (owner_id, host, pid, started_ticks, boot_id, pid_space, heartbeat_at)
values (:owner_id, :host, :pid, :started_ticks, :boot_id, :pid_space, :heartbeat_at)
"""


@dg.job
def nothing() -> None:
    """A job without steps."""


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A warehouse with what must stay, and a folder for temporary files of its own."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    warehouse = make_or_open_warehouse(tmp_path / "warehouse")
    for name in KEPT:
        file = tmp_path / "warehouse" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("kept")
    return warehouse


def cleaned(warehouse: Warehouse, *options: str) -> tuple[int, str]:
    done = called("clean", "--warehouse", warehouse.name, *options, XDG_CACHE_HOME=os.environ["XDG_CACHE_HOME"])
    assert all((Path(warehouse.name) / name).read_text() == "kept" for name in KEPT)
    return done.returncode, done.stdout + done.stderr


def dead_pid() -> int:
    with subprocess.Popen(["true"]) as child:
        child.wait()
    return child.pid


def test_nothing_left_over(warehouse: Warehouse) -> None:
    assert cleaned(warehouse) == (0, "0 left-overs, 0.0 MB\n")


def test_what_killed_processes_left_goes_when_asked(warehouse: Warehouse, tmp_path: Path) -> None:
    staged = Path(warehouse.name) / "staging" / "questions" / "mmlu" / "run-12345678" / "rows.parquet"
    shard = warehouse.shards_folder("verifications", "mmlu") / "0123456789abcdef" / "1-of-2.parquet"
    ours, alive, young = (
        tmp_path / "temporary" / f"reasonmed-{name}-{pid}-x"
        for name, pid in (("ui", dead_pid()), ("ui", os.getpid()), ("model", dead_pid()))
    )
    places = [tmp_path / "cache" / "reasonmed-assets", Path(warehouse.name), warehouse.companion("reviews")]
    places.append(Path(warehouse.name) / ".dagster")
    aside = [place / f".reasonmed-model-{dead_pid()}-x" for place in places] + [places[0] / "fetching-x"]
    for folder in aside:
        folder.mkdir(mode=0o700, parents=True)
        os.utime(folder, (0, 0))
    for file in (staged, shard, ours / "code.sock", alive / "code.sock", young / "code.sock"):
        file.parent.mkdir(mode=0o700, parents=True)
        file.write_text("left")
    for folder in (ours, alive):
        os.utime(folder, (0, 0))
    status, said = cleaned(warehouse)
    assert status == 0
    assert "rows staged by dead runs" in said
    assert f"temporary folder         {ours}" in said
    assert [folder for folder in aside if f"temporary folder         {folder}" not in said] == []
    assert "8 left-overs, 0.0 MB: nothing was removed, --yes removes them" in said
    assert "temporary folders of killed processes 0.0 MB" in describe_size(Path(warehouse.name))
    assert staged.exists()
    assert ours.exists()
    assert cleaned(warehouse, "--yes")[1].endswith("8 left-overs, 0.0 MB: removed\n")
    assert not any(folder.exists() for folder in aside)
    assert [path.exists() for path in (staged, shard, ours, alive, young)] == [False, False, False, True, True]
    with warehouse.staging_area("questions", "mmlu", "next") as area:
        assert area.exists()


def test_what_was_half_made_or_spilled_goes_unless_somebody_may_use_it(warehouse: Warehouse) -> None:
    folder = Path(warehouse.name)
    files = [folder / name for name in ("build.duckdb.new", "build.duckdb.compact.wal", "reasonmed.duckdb.next")]
    for file in files:
        file.write_text("half")
    spilled = [folder / "staging" / "spill-1", folder / "reasonmed.duckdb.tmp", folder / "build.duckdb.tmp"]
    for left in spilled:
        left.mkdir()
        (left / "duckdb_temp_storage").write_text("rows")
    os.utime(spilled[1], (0, 0))
    said = cleaned(warehouse)[1]
    assert "5 left-overs" in said
    assert [file for file in files if str(file) not in said] == []
    with warehouse.half_made() as listed:
        assert sorted(listed) == sorted([*files, *spilled[:2]])
    assert cleaned(warehouse, "--yes")[0] == 0
    assert [path for path in (*files, *spilled) if path.exists()] == [spilled[2]]


def test_nothing_is_removed_while_a_process_stages_rows(warehouse: Warehouse) -> None:
    with warehouse.staging_area("questions", "mmlu", "run") as area:
        (area / "rows.parquet").write_text("live")
        status, said = cleaned(warehouse, "--yes")
        assert status == 1
        assert f"process {os.getpid()} is staging rows" in said
        assert (area / "rows.parquet").exists()


def test_logs_of_old_runs_go_and_their_history_stays(warehouse: Warehouse) -> None:
    folder = Path(warehouse.name)
    with dagster_instance(folder) as instance:
        runs = [nothing.execute_in_process(instance=instance).run_id for _ in range(3)]
    logs = [log_folder(folder) / f"{run}.db" for run in runs]
    assert cleaned(warehouse, "--yes") == (0, "0 left-overs, 0.0 MB\n")
    assert "2 left-overs" in cleaned(warehouse, "--keep-runs", "1")[1]
    assert [log.exists() for log in logs] == [True, True, True]
    assert "2 left-overs" in cleaned(warehouse, "--keep-runs", "1", "--yes")[1]
    assert [log.exists() for log in logs] == [False, False, True]
    with dagster_instance(folder) as instance:
        assert {run.run_id for run in instance.get_runs()} == set(runs)
        assert nothing.execute_in_process(instance=instance).success


def test_nothing_is_removed_while_a_run_may_be_alive(warehouse: Warehouse) -> None:
    with dagster_instance(Path(warehouse.name)) as instance:
        run = instance.create_run_for_job(nothing)
    status, said = cleaned(warehouse, "--keep-runs", "0", "--yes")
    assert status == 1
    assert f"1 runs of {warehouse.name} have not ended ({run.run_id})" in said


def test_owners_of_dead_processes_go(warehouse: Warehouse) -> None:
    ledger = Path(warehouse.name) / "ledger.sqlite"
    open_store(ledger).close()
    living = asdict(this_process())
    with closing(sqlite3.connect(ledger)) as connection, connection:
        for owner in (living, living | {"owner_id": "dead", "pid": dead_pid()}):
            connection.execute(INSERT, owner | {"heartbeat_at": time.time()})
    assert "1 left-overs" in cleaned(warehouse)[1]
    assert "owner in the ledger" in cleaned(warehouse, "--yes")[1]
    assert cleaned(warehouse)[1] == "0 left-overs, 0.0 MB\n"
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("select owner_id from owners").fetchall() == [(living["owner_id"],)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become a user without a home")
@pytest.mark.skipif(
    any(not place.stat().st_mode & 0o001 for place in (Path(sys.prefix), *Path(sys.prefix).parents)),
    reason="another user may not enter the folder of this Python",
)
def test_a_user_without_a_home_cleans() -> None:
    nobody = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    shell = {name: value for name, value in a_shell().items() if name not in ("HOME", "XDG_CACHE_HOME")}
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        warehouse = make_or_open_warehouse(Path(folder, "warehouse"))
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, 54321, 54321)
        command = [*nobody, *COMMAND, "clean", "--warehouse", warehouse.name]
        done = subprocess.run(command, env=shell, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0 left-overs, 0.0 MB\n")
