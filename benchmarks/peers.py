"""The same calls through this engine and other libraries: python benchmarks/peers.py KIND=PYTHON [KIND=PYTHON ...].

KIND is one of `peer_client.py`, PYTHON that of an environment which has the library. Each client is asked for the same
20,000 replies of an endpoint on this machine that takes 50 ms, 256 calls in flight at most: from nothing, again, with
one row more, and again from nothing after it was killed when the endpoint had half of the requests. Prints a Markdown
table; seconds and processor seconds are those of the work, without starting the program.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from clients import bodies
from engine import HERE, Endpoint, client, endpoint, machine, measured, table

KINDS = ("curator", "data-designer", "polar-llama")
Command = Callable[[str, int, Path], list[str]]
"""The command of a client: from an endpoint, a number of rows and a folder to keep its things in."""


def peer(kind: str, python: str, in_flight: int) -> Command:
    """A client of `peer_client.py`."""

    def command(url: str, n: int, folder: Path) -> list[str]:
        rows = folder / f"{n}.jsonl"
        rows.write_bytes(b"\n".join(orjson.dumps(body) for body in bodies(n)))
        return [python, str(HERE / "peer_client.py"), kind, url, str(in_flight), str(folder), str(rows)]

    return command


def rows_of(name: str, command: Command, n: int, delay_ms: float) -> list[list[object]]:
    """The four runs of one client."""
    made: list[list[object]] = []

    def run(what: str, server: Endpoint, n_rows: int, folder: Path, needed: int) -> None:
        before = server.report()["requests"]
        done = measured(command(server.url, n_rows, folder))
        if done["completed"] != n_rows:
            raise SystemExit(f"{name}, {what}: {done['completed']:.0f} replies of {n_rows}")
        sent = server.report()["requests"] - before
        figures = [round(done["seconds"], 1), round(done["cpu_s"], 1), round(done["peak_mb"])]
        made.append([name, what, *figures, sent, sent - needed])

    with endpoint(delay_ms=delay_ms) as server, tempfile.TemporaryDirectory() as folder:
        run("cold", server, n, Path(folder), n)
        run("warm", server, n, Path(folder), 0)
        run("one row more", server, n + 1, Path(folder), 1)
    with endpoint(delay_ms=delay_ms) as server, tempfile.TemporaryDirectory() as folder:
        answered = _kill(command(server.url, n, Path(folder)), server, n // 2)
        run(f"after a kill at {answered:,} replies", server, n, Path(folder), n - answered)
    return made


def _kill(command: list[str], server: Endpoint, n: int) -> int:
    """Kill a client when `n` requests are at the endpoint; the number of replies that it had been sent."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while server.report()["requests"] < n and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.wait()
    return server.report()["answered"]


def main() -> None:
    """Run this engine and the peers asked for."""
    parser = argparse.ArgumentParser(description="Compare the call engine with other libraries.")
    parser.add_argument("peers", nargs="*", metavar="KIND=PYTHON", help=f"kinds are {', '.join(KINDS)}")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--delay-ms", type=float, default=50)
    options = parser.parse_args()
    commands: dict[str, Command] = {
        "this engine": lambda url, n, folder: client("engine", url, n, options.in_flight, folder)
    }
    for given in options.peers:
        kind, _, python = given.partition("=")
        if kind not in KINDS or not Path(python).exists():
            parser.error(f"{given}: KIND=PYTHON, where KIND is one of {', '.join(KINDS)} and PYTHON is a file")
        commands[kind] = peer(kind, python, options.in_flight)
    print(f"{machine()}\n")
    rows = [
        row for name, command in commands.items() for row in rows_of(name, command, options.calls, options.delay_ms)
    ]
    table(["client", "run", "seconds", "CPU s", "peak MB", "requests", "of them paid again"], rows)


if __name__ == "__main__":
    main()
