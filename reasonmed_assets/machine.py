"""What the operating system knows of this machine: processes, mounts, file locks. The only module that reads /proc.

psutil answers where it can; each function that reads /proc itself says in one sentence why.
"""

from __future__ import annotations

import atexit
import ctypes
import errno
import fcntl
import gc
import json
import os
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil

from reasonmed_assets.errors import ReasonmedError

HOST = "127.0.0.1"
"""The only address that servers of this package bind to."""
LONGEST_SQLITE_PATH = 504
"""Bytes: SQLite opens no file of a longer absolute path, since its journal's must not exceed 512."""
_LONGEST_SOCKET_PATH = 107
"""Bytes: the kernel's limit for the address of a Unix socket."""
_PROC = Path("/proc")
_TEMPORARY = "reasonmed-"
_OWNER = ".owner"
"""File in a temporary folder: the process that made it."""
_NEW_OBJECTS_BEFORE_GC = 50_000
_FULL = ("No space left", "Disk quota exceeded", "disk is full", "max_temp_directory_size")
"""How the system, SQLite and DuckDB say that there is no room."""
SILENT_S = 86_400.0
"""A folder in which nothing changed for so long belongs to a dead process, where that is not seen from here."""
_PID_DIGITS = 7
"""Linux counts processes to 4,194,304."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_HERE, _RENAME_EXCHANGE = -100, 2
"""Of the kernel's `renameat2`, which Python does not have: paths are relative to the working directory; exchange."""
_START_TIME_FIELD = 19
"""Position of the start time in /proc/<pid>/stat, counted from the state, which follows the command."""


def seldom_collect_garbage() -> None:
    """Let this process search for garbage seldom, and not once more when it ends.

    What a command imports stays. To search it took a third of the processor time of a short command; Python's own
    thresholds are for programs that leave many cycles behind.
    """
    gc.set_threshold(_NEW_OBJECTS_BEFORE_GC)
    atexit.register(gc.freeze)


@contextmanager
def garbage_seldom_collected() -> Iterator[None]:
    """Search for garbage seldom within: for work that leaves next to none behind, in a process of others."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS_BEFORE_GC)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def start_of(pid: int) -> int | None:
    """When a running process started, in kernel ticks since boot; None where no such process runs (a zombie does not).

    The same process gives the same number for as long as it runs. psutil's `create_time` does not: it adds the time of
    boot, which moves with every correction of the wall clock. Only systems without /proc have to make do with it.
    """
    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return None
        if not psutil.LINUX:
            return int(process.create_time())
        told = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None
    return int(told.rpartition(")")[2].split()[_START_TIME_FIELD])


@cache
def boot_id() -> str:
    """The kernel's id of this boot. psutil has only the time of boot, which moves with the wall clock."""
    file = _PROC / "sys/kernel/random/boot_id"
    return file.read_text(encoding="ascii").strip() if file.exists() else f"booted at {psutil.boot_time():.0f}"


def pid_space() -> str:
    """The namespace in which process ids count: containers of one machine have their own. psutil does not tell it."""
    link = _PROC / "self/ns/pid"
    return str(link.readlink()) if link.is_symlink() else ""


def mount_of(path: Path) -> tuple[Path, str] | None:
    """(mount point, file system) that an absolute path lies on; None when the system does not tell.

    The longest mount point wins; of several mounts on one point the last one covers the others.
    """
    try:
        mounts = psutil.disk_partitions(all=True)
    except (OSError, psutil.Error):
        return None
    found = [(Path(mount.mountpoint), mount.fstype) for mount in mounts if path.is_relative_to(mount.mountpoint)]
    return max(reversed(found), key=lambda mount: len(mount[0].parts), default=None)


def memory_bytes() -> int:
    """Bytes of memory that this process may use: the machine's, or what its control groups leave of them."""
    return min([psutil.virtual_memory().total, *_limits_of_groups()])


def _limits_of_groups() -> Iterator[int]:
    """The limits of the control groups, v1 and v2, that hold this process. psutil does not tell them."""
    told = _PROC / "self" / "cgroup"
    for line in told.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if told.exists() else []:
        _, controllers, group = line.split(":", 2)
        # Version 2 has one hierarchy for all controllers, and does not name them.
        kind, name = ("cgroup", "memory.limit_in_bytes") if controllers else ("cgroup2", "memory.max")
        for mount in psutil.disk_partitions(all=True):
            if mount.fstype == kind and (not controllers or "memory" in _words(controllers) & _words(mount.opts)):
                yield from _limits_above(Path(mount.mountpoint), group, name)


def _words(listed: str) -> set[str]:
    return set(listed.split(","))


def _limits_above(mount: Path, group: str, name: str) -> Iterator[int]:
    """The limits of a group and those above it; a container sees its own group at the mount."""
    folder = mount / group.lstrip("/")
    for one in (folder, *folder.parents):
        # A group may go meanwhile, or hide its limit.
        with suppress(OSError, ValueError):
            if one.is_relative_to(mount):
                yield int((one / name).read_text(encoding="ascii"))


def lock_holders(path: Path) -> list[int]:
    """Processes that hold a flock on a file, as far as the kernel tells; psutil does not know of locks."""
    table = _PROC / "locks"
    if not table.exists():
        return []
    inode = f":{path.stat().st_ino}"
    rows = [line.split() for line in table.read_text(encoding="utf-8").splitlines() if " FLOCK " in line]
    # A row with "->" is a process that waits; every other one is "n: FLOCK ADVISORY READ pid device:inode 0 EOF".
    return sorted({int(row[4]) for row in rows if row[1] != "->" and row[5].endswith(inode)} - {0, -1})


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told apart from every other one of any machine and time.

    Attributes:
        host: host name, for messages.
        pid: process id on that host.
        started_ticks: when the process started (kernel ticks since boot), so that a reused pid is not taken for it.
        boot_id: the kernel's id of this boot.
        pid_space: the namespace in which the pid counts (containers of one machine have their own).
    """

    host: str
    pid: int
    started_ticks: int
    boot_id: str
    pid_space: str

    @property
    def name(self) -> str:
        """For messages."""
        return f"process {self.pid} on {self.host}"


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(socket.gethostname(), pid, start_of(pid) or 0, boot_id(), pid_space())


def is_running(process: Process) -> bool | None:
    """Whether a process still runs; None where that cannot be known from here: on another host, in another container.

    Known for certain where this process sees that one's pid, and after a reboot of its host.
    """
    is_same_boot = process.boot_id == boot_id()
    if is_same_boot and process.pid_space == pid_space():
        return start_of(process.pid) == process.started_ticks
    if not is_same_boot and process.host == socket.gethostname():
        return False
    return None


def is_stopped(process: Process) -> bool:
    """Whether a process of this machine is stopped, by SIGSTOP, Ctrl-Z or a debugger; False where that is not known."""
    if process.boot_id != boot_id() or process.pid_space != pid_space():
        return False
    try:
        return psutil.Process(process.pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    except psutil.Error:
        return False


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock of this machine alone, however long that takes to get; the kernel releases it with the process."""
    with _flocked(file, fcntl.LOCK_EX):
        yield


@contextmanager
def locked_with_others(file: Path) -> Iterator[None]:
    """Hold a lock of this machine together with others that hold it so; see `locked`."""
    with _flocked(file, fcntl.LOCK_SH):
        yield


@contextmanager
def locked_at_once(file: Path) -> Iterator[None]:
    """Hold a lock of this machine alone, or not at all.

    Raises:
        BlockingIOError: others hold it.
    """
    with _flocked(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def _flocked(file: Path, operation: int) -> Iterator[None]:
    # Who may only read can hold it with others.
    access = os.O_RDONLY if operation & fcntl.LOCK_SH else os.O_RDWR
    fd = os.open(file, access | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, operation)
        yield
    finally:
        os.close(fd)


def sync(path: Path) -> None:
    """Fsync a file or folder."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def exchange(one: Path, other: Path) -> None:
    """Exchange two folders of one file system, at once where the system can: a process that is killed loses neither.

    Raises:
        OSError: they stay where they are.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        if not rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _RENAME_EXCHANGE):
            return
        if (code := ctypes.get_errno()) not in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
            raise OSError(code, os.strerror(code), str(other))
    aside = other.with_name(f"{other.name}.earlier")
    other.rename(aside)
    try:
        one.rename(other)
    except BaseException:
        aside.rename(other)
        raise
    aside.rename(one)


def write_durably(file: Path, text: str) -> None:
    """Replace a file as a whole or not at all, on the disk when this returns."""
    with temporary_folder("file", file.parent) as folder:
        new = folder / file.name
        new.write_text(text, encoding="utf-8")
        sync(new)
        new.replace(file)
    sync(file.parent)


class FullDiskError(ReasonmedError):
    """There is no room left for temporary files."""


@contextmanager
def temporary_folder(name: str, parent: Path | None = None) -> Iterator[Path]:
    """A new temporary folder of this process, which is removed in the end. A file in it says whose it is.

    Args:
        name: what it is for.
        parent: where it is made, after what killed processes left there is removed; None: the user's temporary folder,
            where `reasonmed clean` finds what they left.
    """
    if parent is not None:
        for left in dead_temporary_folders(parent):
            shutil.rmtree(left, ignore_errors=True)
    prefix = f"{_temporary_in(parent)}{name}-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as folder:
        fd = os.open(folder, _FOLDER)
        try:
            # The kernel releases it with the process, also where that one is in another container.
            fcntl.flock(fd, fcntl.LOCK_EX)
            # By the descriptor, since others may write into the parent.
            with open(os.open(_OWNER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=fd), "w") as owner:  # noqa: PTH123
                json.dump(asdict(this_process()), owner)
            yield Path(folder)
        finally:
            os.close(fd)


@contextmanager
def working_folder(name: str) -> Iterator[Path]:
    """A `temporary_folder` among the user's, for work that writes there alone.

    Raises:
        FullDiskError: there was no room for it. Libraries name the file that they copied from, or none, and what they
            wrote is gone by then, so their words tell.
    """
    try:
        with temporary_folder(name) as folder:
            yield folder
    except Exception as error:
        if any(words in str(cause) for cause in _causes(error) for words in _FULL):
            first_line = str(error).partition("\n")[0]
            raise FullDiskError(
                f"{tempfile.gettempdir()}: the disk of the temporary folder is full ({first_line}). Free some room "
                "there, or name a folder on another disk in the variable TMPDIR"
            ) from error
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def dead_temporary_folders(parent: Path | None = None) -> list[Path]:
    """The folders that `temporary_folder` made in a parent for processes of this user that are gone."""
    made = (parent or Path(tempfile.gettempdir())).glob(f"{_temporary_in(parent)}*-*-*")
    return [folder for folder in sorted(made) if _is_dead(folder)]


def _temporary_in(parent: Path | None) -> str:
    """How names of temporary folders begin: hidden ones beside the files of a user."""
    return _TEMPORARY if parent is None else f".{_TEMPORARY}"


def _is_dead(folder: Path) -> bool:
    try:
        fd = os.open(folder, _FOLDER)
    except OSError:
        return False
    try:
        status = os.fstat(fd)
        # A folder of the user's may be named like one of these; `tempfile` makes them for their owner alone.
        if stat.S_IMODE(status.st_mode) != stat.S_IRWXU or status.st_uid != os.getuid():
            return False
        is_alive = _is_owner_running(fd, folder.name)
        if is_alive or (is_alive is None and time.time() - status.st_mtime < SILENT_S):
            return False
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _is_owner_running(folder: int, name: str) -> bool | None:
    """Whether the process that made a temporary folder still runs; None where that cannot be known from here."""
    try:
        with open(os.open(_OWNER, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)) as owner:  # noqa: PTH123
            return is_running(Process(**json.load(owner)))
    except (FileNotFoundError, ValueError, TypeError):
        # An earlier version made it, or its process was killed meanwhile.
        pid = name.split("-")[2]
        return None if pid.isdigit() and len(pid) <= _PID_DIGITS and start_of(int(pid)) is None else True


def socket_in(folder: Path, name: str) -> Path:
    """The path of a Unix socket in a temporary folder.

    Raises:
        OSError: the kernel takes none as long.
    """
    path = folder / name
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise OSError(errno.ENAMETOOLONG, "too long for a socket: set TMPDIR to a shorter folder, as /tmp", str(path))
    return path
