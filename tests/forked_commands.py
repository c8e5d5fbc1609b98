"""`reasonmed` as a command for shells, without the seconds that each of its processes takes to import what it uses.

`serve` is a process that has imported all and forks one for each command: with the arguments, folder, environment and
files of its caller, and its exit status. A caller that is killed takes its command with it. How a process starts by
itself, others test. Test processes share one server: it ends with the last that holds on to it.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

CLIENT = """\
#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(server, [json.dumps(told).encode()], [0, 1, 2])
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(16)))
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


@contextmanager
def forked_commands(folder: Path, before: Sequence[str] = ()) -> Iterator[Path]:
    """The command `reasonmed`, whose processes have what the command `before` gives them; its folder is for PATH.

    Whoever comes first to `folder` starts the server, which the others use, too.
    """
    folder.mkdir(exist_ok=True)
    address, client = folder / "socket", folder / "bin" / "reasonmed"
    with ExitStack() as stack:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not client.exists():
                stack.enter_context(_started(address, before))
                client.parent.mkdir()
                client.write_text(CLIENT.format(python=sys.executable, address=str(address)), encoding="utf-8")
                client.chmod(0o755)
            held = stack.enter_context(socket.socket(socket.AF_UNIX))
            held.connect(str(address))
        yield client


def _started(address: Path, before: Sequence[str]) -> subprocess.Popen[bytes]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "REASONMED_"))}
    server = subprocess.Popen([*before, sys.executable, __file__, str(address)], env=shell, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return server


def serve(address: str) -> None:
    """Import what commands use, print that it is ready, and serve who connects, until nobody is connected."""
    from importlib import import_module

    # What is imported is neither searched for garbage nor copied by each child.
    gc.disable()
    for module in IMPORTED:
        import_module(module)
    from reasonmed_assets.quality.dialect import great_expectations

    great_expectations()
    gc.freeze()
    gc.enable()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        connected = {_attended(listener)}
        listener.settimeout(1)
        while connected:
            with suppress(TimeoutError):
                connected.add(_attended(listener))
            connected -= {child for child in connected if os.waitpid(child, os.WNOHANG)[0]}


def _attended(listener: socket.socket) -> int:
    """The process that makes the command of the next who connects."""
    caller, _ = listener.accept()
    with caller:
        attendant = os.fork()
        if attendant == 0:
            try:
                listener.close()
                _attend(caller)
            finally:
                os._exit(0)
        return attendant


def _attend(caller: socket.socket) -> None:
    told, files, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    while more := caller.recv(1 << 16):
        told += more
    if not told:
        return  # it held on to the server, and has ended
    child = os.fork()
    if child == 0:
        _become(json.loads(told), files)
    if _has_hung_up(caller, child):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    caller.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _has_hung_up(caller: socket.socket, child: int) -> bool:
    """Wait until the child has ended, or its caller has before."""
    ended = os.pidfd_open(child)
    try:
        either = select.poll()
        either.register(ended, select.POLLIN)
        either.register(caller, 0)
        return ended not in dict(either.poll())
    finally:
        os.close(ended)


def _become(told: dict[str, Any], files: list[int]) -> None:
    """Run the command line as the caller's process would, and end."""
    from reasonmed_assets.cli.app import app

    for at, file in enumerate(files):
        os.dup2(file, at)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    sys.argv = ["reasonmed", *told["arguments"]]
    code: Any = 1
    try:
        app()
        code = 0
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    serve(sys.argv[1])
