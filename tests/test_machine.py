"""Processes, boots and mounts as the operating system tells of them."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from reasonmed_assets.machine import (
    boot_id,
    dead_temporary_folders,
    lock_holders,
    mount_of,
    pid_space,
    start_of,
    temporary_folder,
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


def test_a_file_without_a_lock_has_no_holders(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert lock_holders(tmp_path / "file") == []


def test_temporary_folders_of_dead_processes_are_told_from_those_in_use(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as child:
        child.wait()
    old, held, young, ours = (
        tmp_path / f".reasonmed-{name}-{child.pid}-x" for name in ("old", "held", "young", "ours")
    )
    foreign, of_the_user = tmp_path / ".reasonmed-assets", tmp_path / f".reasonmed-eval-{child.pid}-baseline"
    for folder in (old, held, young, ours, foreign, of_the_user):
        folder.mkdir(mode=0o755 if folder == of_the_user else 0o700)
    for folder in (old, held, ours, foreign, of_the_user):
        os.utime(folder, (0, 0))
    ours.rename(tmp_path / f".reasonmed-ours-{os.getpid()}-x")
    fd = os.open(held, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    assert dead_temporary_folders(tmp_path) == [old]
    with temporary_folder("next", tmp_path) as made:
        assert made.parent == tmp_path
        assert not old.exists()
        os.utime(made, (0, 0))
        assert dead_temporary_folders(tmp_path) == []
    os.close(fd)
    assert dead_temporary_folders(tmp_path) == [held]
    assert not made.exists()
