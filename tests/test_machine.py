"""Processes, boots and mounts as the operating system tells of them."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from reasonmed_assets import machine
from reasonmed_assets.machine import (
    Process,
    boot_id,
    dead_temporary_folders,
    lock_holders,
    memory_bytes,
    mount_of,
    pid_space,
    start_of,
    temporary_folder,
    this_process,
)

MOUNTS = r"""/dev/sda1 / ext4 rw,relatime 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local xfs rw 0 0
//server/disk /mnt/my\040disk cifs rw 0 0
/dev/sdc1 /over ext4 rw 0 0
server: /over fuse.sshfs rw 0 0
"""


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that psutil reads in the place of /proc."""
    folder = tmp_path / "proc"
    (folder / "self").mkdir(parents=True)
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(folder))
    return folder


def test_a_process_keeps_its_start_while_the_wall_clock_is_stepped(proc: Path) -> None:
    """Linux keeps the time of boot at clock minus uptime, so that a step of the clock moves it, and `create_time`."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        (proc / str(child.pid)).symlink_to(f"/proc/{child.pid}")
        now = Path("/proc/stat").read_text()
        (proc / "stat").write_text(now)
        before, created = start_of(child.pid), psutil.Process(child.pid).create_time()
        assert before is not None
        (proc / "stat").write_text(re.sub(r"btime (\d+)", lambda found: f"btime {int(found[1]) + 3600}", now))
        assert psutil.Process(child.pid).create_time() == pytest.approx(created + 3600, abs=1)
        assert start_of(child.pid) == before
    finally:
        child.communicate()
    assert start_of(child.pid) is None


def test_a_zombie_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    deadline = time.monotonic() + 10
    while start_of(child.pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert start_of(child.pid) is None
    assert psutil.pid_exists(child.pid)
    child.wait()


def test_another_process_sees_this_one_as_it_sees_itself() -> None:
    asked = (
        "import sys; from reasonmed_assets.machine import *; print(start_of(int(sys.argv[1])), boot_id(), pid_space())"
    )
    said = subprocess.run([sys.executable, "-c", asked, str(os.getpid())], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [str(start_of(os.getpid())), boot_id(), pid_space()]
    assert start_of(2**22 + 1) is None


@pytest.mark.parametrize(
    ("path", "mount", "kind"),
    [
        ("/srv/warehouse", "/", "ext4"),
        ("/home/me/warehouse", "/home", "nfs4"),
        ("/home/local/warehouse", "/home/local", "xfs"),
        ("/homely", "/", "ext4"),
        ("/mnt/my disk/w", "/mnt/my disk", "cifs"),
        ("/over/w", "/over", "fuse.sshfs"),
    ],
)
def test_the_mount_of_a_path(path: str, mount: str, kind: str, proc: Path) -> None:
    (proc / "self" / "mounts").write_text(MOUNTS)
    assert mount_of(Path(path)) == (Path(mount), kind)


def test_without_a_mount_table_no_mount_is_known(proc: Path) -> None:
    assert mount_of(Path("/srv")) is None


@pytest.mark.parametrize(
    ("groups", "mount", "limits", "expected"),
    [
        ("0::/a/b", "cgroup2 {} cgroup2 rw,nosuid", {"a/memory.max": "1000", "a/b/memory.max": "max"}, 1000),
        ("0::/a/b", "cgroup2 {} cgroup2 rw", {"a/memory.max": "2000", "a/b/memory.max": "1000"}, 1000),
        ("0::/", "cgroup2 {} cgroup2 rw", {"memory.max": "1000"}, 1000),
        ("4:cpu,memory:/a", "cgroup {} cgroup rw,cpu,memory", {"a/memory.limit_in_bytes": "1000"}, 1000),
        ("9:memory:/docker/1", "cgroup {} cgroup rw,memory", {"memory.limit_in_bytes": "1000"}, 1000),
        ("9:memory:/a", "cgroup {} cgroup rw,memory", {"a/memory.limit_in_bytes": str(2**63 - 4096)}, None),
        ("9:memory:/a\n0::/a", "cgroup {} cgroup rw,cpu", {"a/memory.limit_in_bytes": "1000"}, None),
        ("0::/a", "tmpfs {} tmpfs rw", {"a/memory.max": "1000"}, None),
    ],
)
def test_the_memory_is_what_the_control_groups_leave(
    groups: str, mount: str, limits: dict[str, str], expected: int | None, proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (proc / "meminfo").write_text(Path("/proc/meminfo").read_text())
    monkeypatch.setattr(machine, "_PROC", proc)
    (proc / "self" / "cgroup").write_text(f"{groups}\n")
    root = proc.parent / "groups"
    (proc / "self" / "mounts").write_text(f"{mount.format(root)} 0 0\n")
    for name, text in limits.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{text}\n")
    assert memory_bytes() == (expected or psutil.virtual_memory().total)


def test_duckdb_keeps_to_half_of_a_real_control_group(tmp_path: Path) -> None:
    is_first = not Path("/sys/fs/cgroup/cgroup.controllers").exists()
    group = Path("/sys/fs/cgroup", *(["memory"] if is_first else []), f"reasonmed-test-{os.getpid()}")
    try:
        group.mkdir()
    except OSError:
        pytest.skip("a control group takes the right to make one")
    try:
        try:
            (group / ("memory.limit_in_bytes" if is_first else "memory.max")).write_text(str(512 * 1024**2))
        except OSError:
            pytest.skip("this control group has no limit of memory")
        asked = (
            "import os, sys; open(sys.argv[1] + '/cgroup.procs', 'w').write(str(os.getpid()));"
            "from reasonmed_assets.storage import memory_limit_mib; print(memory_limit_mib())"
        )
        said = subprocess.run([sys.executable, "-c", asked, str(group)], capture_output=True, text=True, check=True)
        assert said.stdout == "256\n"
    finally:
        group.rmdir()


def test_a_file_without_a_lock_has_no_holders(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert lock_holders(tmp_path / "file") == []


def _temporary(parent: Path, name: str, owner: Process | None, age_s: float = 0.0) -> Path:
    """A temporary folder as a process leaves it that is killed; without an owner as an earlier version left it."""
    folder = parent / f".reasonmed-{name}-{owner.pid if owner else _dead().pid}-x"
    folder.mkdir(mode=0o700)
    if owner:
        (folder / ".owner").write_text(json.dumps(asdict(owner)))
    changed = time.time() - age_s
    os.utime(folder, (changed, changed))
    return folder


def _dead() -> Process:
    with subprocess.Popen(["true"]) as child:
        child.wait()
    return replace(this_process(), pid=child.pid)


def test_temporary_folders_of_dead_processes_are_told_from_those_in_use(tmp_path: Path) -> None:
    day_s = 86_500.0
    elsewhere = replace(this_process(), host="elsewhere", boot_id="other", pid=7)
    in_container = replace(_dead(), pid_space="pid:[1]")
    dead = [
        _temporary(tmp_path, "dead", _dead()),
        _temporary(tmp_path, "reused", replace(this_process(), started_ticks=1)),
        _temporary(tmp_path, "rebooted", replace(this_process(), boot_id="before")),
        _temporary(tmp_path, "silent", elsewhere, day_s),
        _temporary(tmp_path, "contained", in_container, day_s),
        _temporary(tmp_path, "earlier", None, day_s),
    ]
    held = _temporary(tmp_path, "held", elsewhere, day_s)
    _temporary(tmp_path, "ours", this_process(), day_s)
    _temporary(tmp_path, "foreign", elsewhere, 3_600.0)
    _temporary(tmp_path, "young", None)
    _temporary(tmp_path, "eval", None, day_s).rename(tmp_path / ".reasonmed-eval-2026-baseline").chmod(0o755)
    _temporary(tmp_path, "named", None, day_s).rename(tmp_path / ".reasonmed-eval-new-baseline")
    _temporary(tmp_path, "assets", None, day_s).rename(tmp_path / ".reasonmed-assets")
    (tmp_path / ".reasonmed-link-1-x").symlink_to(dead[0])
    fd = os.open(held, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    assert dead_temporary_folders(tmp_path) == sorted(dead)
    with temporary_folder("next", tmp_path) as made:
        assert made.parent == tmp_path
        assert not any(folder.exists() for folder in dead)
        os.utime(made, (0, 0))
        assert dead_temporary_folders(tmp_path) == []
    os.close(fd)
    assert dead_temporary_folders(tmp_path) == [held]
    assert not made.exists()


def test_what_a_killed_process_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from reasonmed_assets.machine import temporary_folder\n"
        "with temporary_folder('first', pathlib.Path(sys.argv[1])) as folder: print(folder, flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        left = Path(child.stdout.readline().strip())
        assert dead_temporary_folders(tmp_path) == []
        child.kill()
    assert dead_temporary_folders(tmp_path) == [left]
