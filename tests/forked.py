"""Processes that need not import what they use: each is forked from a server that has imported it.

For tests of what processes make, of what they do to each other, and of what one leaves that is killed. How one starts
by itself, others test. A process has the arguments, folder, environment and files of its caller, who is told its exit
status, and takes it with him where he is killed. All test processes share one server, which ends with the last of them.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from threading import Timer
from typing import Any, NoReturn

TIMEOUT_S = 60
COMMAND = "reasonmed"
CLIENT = """\
#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = {{"program": {program!r}, "arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(server, [json.dumps(told).encode()], [0, 1, 2])
    server.shutdown(socket.SHUT_WR)
    pid, status = server.makefile().read().split()
    sys.exit(int(status))
"""
IMPORTED = (
    "reasonmed_assets.cli.build",
    "reasonmed_assets.cli.doctor",
    "reasonmed_assets.cli.lineage.trace",
    "reasonmed_assets.cli.review",
    "reasonmed_assets.cli.summary",
    "reasonmed_assets.cli.warehouse",
    "reasonmed_assets.lineage.trace.gathering",
    "reasonmed_assets.orchestration.build",
    "reasonmed_assets.orchestration.doctor",
    "reasonmed_assets.orchestration.starting",
    "reasonmed_assets.storage.querying",
)
"""What commands use."""


class Forked:
    """A process that runs a script, with a pipe for each of its streams; used as a `subprocess.Popen` is.

    It is killed where a `with` ends before it.

    Args:
        script: a file that does nothing when it is imported.
        arguments: what it finds in `sys.argv`, as texts.
    """

    def __init__(self, script: Path, *arguments: object) -> None:
        (stdin, to_stdin), (from_stdout, stdout), (from_stderr, stderr) = (os.pipe() for _ in range(3))
        given = [stdin, stdout, stderr]
        with _asked(_shared_server(), str(script), [str(each) for each in arguments], given) as server:
            self._end = server.makefile()
        for file in given:
            os.close(file)
        self.stdin = os.fdopen(to_stdin, "w")
        self.stdout, self.stderr = os.fdopen(from_stdout), os.fdopen(from_stderr)
        self.pid = int(self._end.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status once it has ended."""
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self.returncode = int(self._end.readline())
        return self.returncode

    def wait(self, timeout: float = TIMEOUT_S) -> int:
        """Its exit status; a process that goes on after the timeout is an error."""
        if self.returncode is None:
            assert select.select([self._end], [], [], timeout)[0], f"process {self.pid} has not ended in {timeout} s"
            self.returncode = int(self._end.readline())
        return self.returncode

    def send_signal(self, how: signal.Signals) -> None:
        """Nothing where it has ended."""
        # One that has just ended may have told nobody yet.
        with suppress(ProcessLookupError):
            if self.poll() is None:
                os.kill(self.pid, how)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = TIMEOUT_S) -> tuple[str, str]:
        """What it prints, little of it to stderr, until it ends; it is killed after the timeout."""
        too_late = Timer(timeout, self.kill)
        too_late.start()
        try:
            self.stdin.close()
            said = self.stdout.read(), self.stderr.read()
            self.wait()
        finally:
            too_late.cancel()
        return said

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.wait()
        for stream in (self.stdin, self.stdout, self.stderr, self._end):
            stream.close()


def forked_command(folder: Path) -> Path:
    """The command `reasonmed` of the shared server, in a folder for PATH."""
    return _write_client(folder, _shared_server())


@contextmanager
def forked_commands(folder: Path, before: Sequence[str]) -> Iterator[Path]:
    """The command `reasonmed`, in a folder for PATH, whose processes have what the command `before` gives them."""
    with _started(folder / "socket", before), _held(folder / "socket"):
        yield _write_client(folder / "bin", folder / "socket")


def _write_client(folder: Path, address: Path) -> Path:
    folder.mkdir()
    client = folder / COMMAND
    client.write_text(CLIENT.format(python=sys.executable, address=str(address), program=COMMAND), encoding="utf-8")
    client.chmod(0o755)
    return client


@cache
def _shared_server() -> Path:
    """Where the server of all test processes is. Who comes first starts it; this process holds on to it to its end."""
    folder = Path(gettempdir()) / f"forked-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    folder.mkdir(exist_ok=True)
    address = folder / "socket"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            server = _started(address)
            atexit.register(shutil.rmtree, folder)
            atexit.register(server.wait)
        atexit.register(_held(address).close)
    return address


def _started(address: Path, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "REASONMED_"))}
    server = subprocess.Popen([*before, sys.executable, __file__, str(address)], env=shell, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return server


def _held(address: Path) -> socket.socket:
    """A connection that holds on to a server as long as it is open."""
    return _asked(address, None)


def _asked(address: Path, program: object, arguments: Sequence[str] = (), files: Sequence[int] = ()) -> socket.socket:
    """The connection to a server that was asked for a process, as `CLIENT` asks."""
    server = socket.socket(socket.AF_UNIX)
    server.connect(str(address))
    told = {"program": program, "arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
    socket.send_fds(server, [json.dumps(told).encode()], files)
    server.shutdown(socket.SHUT_WR)
    return server


def serve(address: str) -> None:
    """Import what commands use, print that it is ready, and fork who is asked for, until nobody is connected."""
    # What is imported is neither searched for garbage nor copied by each child.
    gc.disable()
    for module in IMPORTED:
        import_module(module)
    from reasonmed_assets.quality.dialect import great_expectations

    great_expectations()
    gc.freeze()
    gc.enable()
    connected: set[int] = set()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while connected or listener.gettimeout() is None:
            with suppress(TimeoutError), (caller := listener.accept()[0]):
                told, files = _told(caller)
                if attendant := os.fork():
                    connected.add(attendant)
                elif child := os.fork():
                    _attend(caller, child, files)
                else:
                    listener.close()
                    caller.close()
                    _become(told, files)
                for file in files:
                    os.close(file)
            listener.settimeout(1)
            connected -= {child for child in connected if os.waitpid(child, os.WNOHANG)[0]}


def _told(caller: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What a caller asks for, and his files; the script is imported."""
    text, files, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    while more := caller.recv(1 << 16):
        text += more
    told = json.loads(text)
    if told["program"] not in (None, COMMAND):
        script = Path(told["program"])
        if str(script.parent) not in sys.path:
            sys.path.insert(0, str(script.parent))
        if script.stem not in sys.modules:
            import_module(script.stem)
            gc.freeze()
    return told, files


def _attend(caller: socket.socket, child: int, files: Sequence[int]) -> NoReturn:
    """Tell a caller the id of a process and, once it has ended, its exit status; kill it where he is gone before."""
    try:
        for file in files:
            os.close(file)
        caller.sendall(f"{child}\n".encode())
        ended, either = os.pidfd_open(child), select.poll()
        either.register(ended, select.POLLIN)
        either.register(caller, 0)
        if ended not in dict(either.poll()):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    finally:
        os._exit(0)


def _become(told: Mapping[str, Any], files: Sequence[int]) -> NoReturn:
    """Be the process that the caller asked for, up to its end: what the server imported may not end in it as well."""
    code: Any = 1
    try:
        if told["program"] is None:
            signal.pause()
        for at, file in enumerate(files):
            os.dup2(file, at)
            os.close(file)
        os.chdir(told["folder"])
        os.environ.clear()
        os.environ.update(told["environment"])
        time.tzset()
        sys.argv = [told["program"], *told["arguments"]]
        if told["program"] == COMMAND:
            from reasonmed_assets.cli.app import app

            app()
        else:
            runpy.run_path(told["program"], run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # as Python does, of whatever error
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    serve(sys.argv[1])
