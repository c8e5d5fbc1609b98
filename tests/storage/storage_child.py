"""What the tests let a second process do: python storage_child.py <action> <warehouse folder>."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from storage_toy import open_warehouse, publish

from reasonmed_assets.storage import publishing
from reasonmed_assets.storage.duckdb_file import database
from reasonmed_assets.storage.duckdb_file.lock import WarehouseLock


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def publish_and_die(folder: Path) -> None:
    """Die after the commit of a publish, before checkpoint and close."""
    committed = publishing.publish_rows

    def commit_and_die(*arguments: Any) -> None:
        committed(*arguments)
        _die()

    publishing.publish_rows = commit_and_die  # type: ignore[assignment]
    publish(open_warehouse(folder), {"1": "committed"})


def die_in_copy(folder: Path) -> None:
    """Die when half of the snapshot is copied."""

    def copy_half(source: Path, target: Path) -> None:
        content = Path(source).read_bytes()
        Path(target).write_bytes(content[: len(content) // 2])
        _die()

    shutil.copyfile = copy_half  # type: ignore[assignment]
    open_warehouse(folder).refresh_snapshot()


def die_before_rename(folder: Path) -> None:
    """Die when the next snapshot is complete under its temporary name."""
    database.replace_durably = _die
    open_warehouse(folder).refresh_snapshot()


def write_into_snapshot_and_die(folder: Path) -> None:
    """Be a user who opens the snapshot for writing (root can) and is killed."""
    con = duckdb.connect(str(folder / "reasonmed.duckdb"))
    con.execute("insert into items select * replace ('intruder' as item_id) from items limit 1")
    _die()


def read_and_die(folder: Path) -> None:
    """Be a reader that is killed when it has spilled."""
    with open_warehouse(folder).snapshot() as con:
        ((spill,),) = con.execute("select current_setting('temp_directory')").fetchall()
        (Path(spill) / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"rows")
        _die()


def keep_build_open(folder: Path) -> None:
    """Be a foreign program that has the build file open."""
    con = duckdb.connect(str(folder / "build.duckdb"), read_only=True)
    print("ready", flush=True)
    sys.stdin.read()
    con.close()


def be_at_work(folder: Path) -> None:
    """Be a run until standard input closes."""
    with open_warehouse(folder).at_work():
        print("ready", flush=True)
        sys.stdin.read()


def hold(folder: Path) -> None:
    """Hold the lock until standard input closes."""
    with WarehouseLock(folder / ".lock").exclusive("hold for a test"):
        print("ready", flush=True)
        sys.stdin.read()


def hold_shared(folder: Path) -> None:
    """Hold the lock as a reader until standard input closes."""
    with WarehouseLock(folder / ".lock").shared("hold for a test"):
        print("ready", flush=True)
        sys.stdin.read()


def hold_and_fork(folder: Path) -> None:
    """Hold the lock with a forked child that lives on for a while."""
    with WarehouseLock(folder / ".lock").exclusive("hold for a test"):
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            os.close(1)
            time.sleep(20)
            os._exit(0)
        print(f"ready {child}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
