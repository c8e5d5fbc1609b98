"""The child's side of a local server: say where it listens, and end with the parent.

A server prints one JSON line `{"base_url": "http://127.0.0.1:PORT/v1"}` on stdout once it answers; everything else
goes to stderr. With `--exit-with-parent` it ends when its stdin closes: a pipe that only the parent holds closes even
when the parent is killed, so no server outlives its build.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable

HOST = "127.0.0.1"
"""The only address that servers bind to."""


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every local server has: `--port` and `--exit-with-parent`."""
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: a free one")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when stdin closes")


def announce(port: int) -> None:
    """Print the line by which the parent learns where the server listens."""
    print(json.dumps({"base_url": f"http://{HOST}:{port}/v1"}), flush=True)


def notify(message: str) -> None:
    """Tell the user something, on stderr (stdout belongs to `announce`)."""
    print(message, file=sys.stderr, flush=True)


def when_parent_ends(stop: Callable[[], object]) -> None:
    """Call `stop` (from a daemon thread) once stdin is closed, by the parent or by its death."""

    def watch() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
