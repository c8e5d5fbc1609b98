"""Scripts as processes that need not import what they use: each is forked from one that has imported it.

For tests of what processes do to each other, and of what one leaves that is killed. How one starts, others test.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Timer

TIMEOUT_S = 60


class Forked:
    """A process that runs a script, with a pipe for each of its streams; used as a `subprocess.Popen` is.

    It is killed where a `with` ends before it.

    Args:
        script: a file that does nothing when it is imported.
        arguments: what it finds in `sys.argv`, as texts.
    """

    def __init__(self, script: Path, *arguments: object) -> None:
        told = [str(script), *map(str, arguments)], str(Path.cwd()), dict(os.environ)
        (stdin, to_stdin), (from_stdout, stdout), (from_stderr, stderr), (from_server, end) = (
            os.pipe() for _ in range(4)
        )
        given = [stdin, stdout, stderr, end]
        socket.send_fds(_server(), [json.dumps(told).encode()], given)
        for file in given:
            os.close(file)
        self.stdin = os.fdopen(to_stdin, "w")
        self.stdout, self.stderr, self._end = (os.fdopen(file) for file in (from_stdout, from_stderr, from_server))
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


@cache
def _server() -> socket.socket:
    """The way to the process that forks; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen([sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()])
    atexit.register(server.wait)
    atexit.register(ours.close)
    return ours


def serve(asked: socket.socket) -> None:
    """Fork a process for each script that is asked for, and tell its id, then its exit status."""
    ready = select.poll()
    ready.register(asked, select.POLLIN)
    children: dict[int, tuple[int, int]] = {}
    while True:
        for file, _ in ready.poll():
            if file == asked.fileno():
                told, given, _, _ = socket.recv_fds(asked, 1 << 18, 4)
                if not told:
                    return
                *streams, end = given
                command, folder, environment = json.loads(told)
                _import(Path(command[0]))
                child = os.fork()
                if child == 0:
                    return _become(command, folder, environment, streams)
                for stream in streams:
                    os.close(stream)
                os.write(end, f"{child}\n".encode())
                of_child = os.pidfd_open(child)
                children[of_child] = child, end
                ready.register(of_child, select.POLLIN)
            else:
                child, end = children.pop(file)
                ready.unregister(file)
                _, status = os.waitpid(child, 0)
                os.write(end, f"{os.waitstatus_to_exitcode(status)}\n".encode())
                os.close(end)
                os.close(file)


def _import(script: Path) -> None:
    """Import what a script imports. That is neither searched for garbage nor copied by each child."""
    if str(script.parent) not in sys.path:
        sys.path.insert(0, str(script.parent))
    if script.stem not in sys.modules:
        import_module(script.stem)
        gc.freeze()


def _become(command: Sequence[str], folder: str, environment: dict[str, str], streams: Sequence[int]) -> None:
    for at, file in enumerate(streams):
        os.dup2(file, at)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(command)
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
