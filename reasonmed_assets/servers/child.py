"""The child's side of a local server: say where it listens, whom it answers, and end with the parent.

A server prints one JSON line `{"base_url": "http://127.0.0.1:PORT/v1"}` on stdout once it answers; everything else
goes to stderr. With `--exit-with-parent` it ends when its stdin closes: a pipe that only the parent holds closes even
when the parent is killed, so no server outlives its build.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

from aiohttp import web

from reasonmed_assets.machine import HOST
from reasonmed_assets.servers.origins import refusal

_STOPS = (signal.SIGINT, signal.SIGTERM)


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


def _stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Begin to end; a second signal ends the process at once."""
    stop.set()
    for signal_number in _STOPS:
        loop.remove_signal_handler(signal_number)
        signal.signal(signal_number, signal.SIG_DFL)


async def serve(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    *,
    port: int,
    exit_with_parent: bool,
    is_cancelled: bool = False,
) -> None:
    """Serve HTTP on 127.0.0.1 until SIGINT, SIGTERM or (with `exit_with_parent`) the end of stdin.

    What a web page of another site sends is answered with status 403. With `is_cancelled`, `handle` is stopped for a
    request whose client has gone.

    Raises:
        OSError: the port is taken.
    """

    async def guarded(request: web.BaseRequest) -> web.StreamResponse:
        if why := refusal(request.headers.getall("host", []), request.headers.getall("origin", [])):
            return web.json_response({"error": {"message": f"refused: {why}", "type": "forbidden"}}, status=403)
        return await handle(request)

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signal_number in _STOPS:
        loop.add_signal_handler(signal_number, _stop, loop, stop)
    if exit_with_parent:
        when_parent_ends(lambda: loop.call_soon_threadsafe(stop.set))
    server = web.Server(guarded, access_log=None, handler_cancellation=is_cancelled)
    listening = await loop.create_server(server, HOST, port, backlog=4096)
    announce(listening.sockets[0].getsockname()[1])
    await stop.wait()
    listening.close()
    await server.shutdown(1.0)
