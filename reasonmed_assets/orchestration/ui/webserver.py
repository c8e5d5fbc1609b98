"""A child process of the UI: Dagster's webserver behind the guard, on 127.0.0.1.

It makes the token of this start, keeps it in a file of the warehouse that only the user can read, prints the link, and
then a line for each run that failed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._grpc.client import DagsterGrpcClient
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from reasonmed_assets.machine import HOST, temporary_folder
from reasonmed_assets.orchestration.history import end_dead_runs, failures
from reasonmed_assets.orchestration.ui.guard import Guard
from reasonmed_assets.orchestration.ui.pages import with_pages

TOKEN_FILE = "ui.token"  # noqa: S105 (the name of a file)
"""In the warehouse: the token of the UI that was started last."""
_POLLED_MS = 2000
_PAUSE_S = 0.05
_SHUTDOWN_S = 2
_LOOKED_FOR_S = 2.0
_LATEST = 50
_LONGEST_LINE = 400
_FAILED = RunsFilter(statuses=[DagsterRunStatus.FAILURE])


@contextmanager
def token_in(file: Path) -> Iterator[str]:
    """A new token, in a file of mode 0600 until the end."""
    token = secrets.token_urlsafe(32)
    with temporary_folder("token", file.parent) as aside:
        new = aside / file.name
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:  # noqa: PTH123
            opened.write(token)
        new.replace(file)
    try:
        yield token
    finally:
        if file.is_file() and file.read_text(encoding="ascii") == token:
            file.unlink()


def serve(warehouse: Path, code_server: str, location: str, listening: socket.socket, names: list[str]) -> None:
    """Serve until the process is interrupted.

    Args:
        warehouse: its pages are served, and its folder gets the token.
        code_server: the socket of the code server.
        location: the name of its code location.
        listening: where requests come in.
        names: hosts that are served beside those of this machine.
    """
    target = GrpcServerTarget(host="localhost", port=None, socket=code_server, location_name=location)
    _wait_for(DagsterGrpcClient(socket=code_server))
    token_file = warehouse / TOKEN_FILE
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(instance, version=__version__, workspace_load_target=target) as context,
        token_in(token_file) as token,
    ):
        end_dead_runs(instance)
        app = create_app_from_workspace_process_context(context, live_data_poll_rate=_POLLED_MS)
        guarded = Guard(with_pages(app, warehouse), token, str(token_file), names)
        config = uvicorn.Config(
            guarded,
            log_level="warning",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_S,
        )
        port = listening.getsockname()[1]
        known = set(instance.get_run_ids(_FAILED))
        told = (instance, known, f"http://{HOST}:{port}")
        threading.Thread(target=_tell_failures, args=told, name="failures", daemon=True).start()
        # From here on requests wait to be answered.
        listening.listen()
        print(f"The UI is ready: http://{HOST}:{port}/?token={token}", flush=True)
        for error in context.create_request_context().code_location_errors():
            print(
                f"No table can be made: {' '.join(error.message.split())} Its page Deployment says where.", flush=True
            )
        uvicorn.Server(config).run(sockets=[listening])


def _tell_failures(instance: DagsterInstance, known: set[str], address: str) -> None:
    """Print a line for each run that fails, by itself or because its process was killed."""
    while True:
        time.sleep(_LOOKED_FOR_S)
        # A history that cannot be read for a moment is read at the next look.
        with suppress(Exception):
            for run in reversed(instance.get_runs(_FAILED, limit=_LATEST)):
                if run.run_id not in known:
                    known.add(run.run_id)
                    print(_failure(instance, run, address), flush=True)


def _failure(instance: DagsterInstance, run: DagsterRun, address: str) -> str:
    partition = run.tags.get("dagster/partition")
    where = f" of {partition}" if partition else ""
    first, *others = failures(instance, run) or [run.job_name]
    line = " ".join(first.split())
    said = line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
    more = f" (and {len(others)} more)" if others else ""
    return f"Run {run.run_id[:8]}{where} failed: {said}{more}. See {address}/runs/{run.run_id}"


def _wait_for(code_server: DagsterGrpcClient) -> None:
    while True:
        try:
            code_server.ping("")
            return
        except DagsterUserCodeUnreachableError:
            # Whether it has ended sees the process that started both.
            time.sleep(_PAUSE_S)


def main() -> int:
    """Run the webserver from the command line; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("code_server")
    parser.add_argument("location")
    parser.add_argument("descriptor", type=int)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with socket.socket(fileno=options.descriptor) as listening, suppress(KeyboardInterrupt):
        serve(options.warehouse, options.code_server, options.location, listening, options.names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
