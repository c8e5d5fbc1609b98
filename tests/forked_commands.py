"""`reasonmed` as a command for shells, without the seconds that each of its processes takes to import what it uses.

`serve` is a process that has imported all and forks one for each command: with the arguments, folder, environment and
files of its caller, and its exit status. A caller that is killed takes its command with it. How a process starts by
itself, others test.
"""

from __future__ import annotations

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
from contextlib import contextmanager, suppress
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
    """A folder for PATH with the command `reasonmed`, whose processes have what the command `before` gives them."""
    address, commands = folder / "socket", folder / "bin"
    commands.mkdir()
    client = commands / "reasonmed"
    client.write_text(CLIENT.format(python=sys.executable, address=str(address)), encoding="utf-8")
    client.chmod(0o755)
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "REASONMED_"))}
    with subprocess.Popen(
        [*before, sys.executable, __file__, str(address)], env=shell, stdout=subprocess.PIPE
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield commands
        finally:
            server.kill()


def serve(address: str) -> None:
    """Import what commands use, print that it is ready, and make the commands that are asked for, one by one."""
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
        while True:
            caller, _ = listener.accept()
            with caller:
                told, files, _, _ = socket.recv_fds(caller, 1 << 16, 3)
                while more := caller.recv(1 << 16):
                    told += more
                child = os.fork()
                if child == 0:
                    _become(json.loads(told), files)
                for file in files:
                    os.close(file)
                if _has_hung_up(caller, child):
                    os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                with suppress(BrokenPipeError):
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
