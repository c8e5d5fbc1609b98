"""The call engine under measurement: python benchmarks/engine.py [MODE ...] [--curator FOLDER] [--other PYTHON].

Modes, all of them by default:

    throughput  calls a second with the ledger on, beside bare loops of aiohttp and of the engine's own HTTP client,
                the openai client and, with --curator, bespokelabs-curator, which is installed into an environment in
                FOLDER unless it is there
    in-flight   5,000 calls in flight at an endpoint that takes 10 s
    memory      peak memory of 10,000 and of 200,000 calls
    cached      20,000 calls that the ledger holds
    faults      100,000 calls to an endpoint that misbehaves with 30% of the requests (`faults.py`)
    kills       builds that are killed at a random moment and started again

With --other, the Python of an environment in which a checkout of another version is installed (`pip install -e`), the
throughput of that version's engine is measured too, in turns with this one's.

Endpoint and clients are processes of their own on this machine. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from clients import bodies
from faults import account

HERE = Path(__file__).parent
DELAYS_MS = (0, 200)
IN_FLIGHT = (64, 256, 1_024)
FAST = ("aiohttp", "pyreqwest", "engine")
OTHER = "engine, other version"
REPEATS = 3
CALLS = 20_000
ROUNDS = 100
"""Of calls in flight where a reply takes time, so that the engine's first second, of feeling its way, counts little."""
FEW_CALLS = 3_000
"""Of the slow clients, which need no more to show their pace."""


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint."""

    url: str

    def report(self) -> dict[str, Any]:
        """What reached it, and what it did."""
        with urllib.request.urlopen(f"{self.url}/log") as response:
            return orjson.loads(response.read())


@contextmanager
def endpoint(**options: float) -> Iterator[Endpoint]:
    """An endpoint as `endpoint.py` runs it."""
    arguments = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "endpoint.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield Endpoint(f"http://127.0.0.1:{process.stdout.readline().strip()}/v1")
    finally:
        process.stdin.close()
        process.wait()


def client(kind: str, url: str, n: int, in_flight: int, folder: Path, *, other: Path | None = None) -> list[str]:
    """The command of a client of this project's environment, or of that of another version's Python."""
    python, here = (str(other), _benchmarks_of(other)) if other else (sys.executable, HERE)
    return [python, str(here / "clients.py"), kind, url, str(n), str(in_flight), str(folder)]


@cache
def _benchmarks_of(python: Path) -> Path:
    """The folder `benchmarks` of the checkout that is installed for a Python."""
    where = "import reasonmed_assets; print(reasonmed_assets.__path__[0])"
    package = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout
    return Path(package.strip()).parent / "benchmarks"


def measured(command: Sequence[str]) -> dict[str, float]:
    """What a client says of itself in its last line."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table: text to the left, numbers to the right."""
    sides = ["---:" if all(isinstance(row[at], int | float) for row in rows) else "---" for at in range(len(head))]
    print(f"\n| {' | '.join(head)} |\n| {' | '.join(sides)} |")
    for row in rows:
        print(f"| {' | '.join(f'{cell:,}' if isinstance(cell, int | float) else str(cell) for cell in row)} |")
    print(flush=True)


def curator_command(environment: Path | None) -> list[str] | None:
    """Python of an environment that has curator, made where it is not there; None, with a message, where that fails."""
    if environment is None:
        print("curator is left out: --curator names the folder of an environment that has, or is to get, it")
        return None
    python = environment / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        has_it = subprocess.run([python, "-c", "import bespokelabs"], capture_output=True).returncode == 0
        if not has_it:
            subprocess.run([python, "-m", "pip", "install", "-q", "bespokelabs-curator"], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"curator is left out: it could not be installed in {environment} ({error})")
        return None
    return [str(python), str(HERE / "peer_client.py"), "curator"]


def run_client(
    kind: str, url: str, n: int, in_flight: int, *, curator: list[str] | None = None, other: Path | None = None
) -> dict[str, float]:
    """One run of one client, with files that are gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if kind == OTHER:
            return measured(client("engine", url, n, in_flight, folder, other=other))
        if kind != "curator":
            return measured(client(kind, url, n, in_flight, folder))
        assert curator is not None
        rows = folder / "requests.jsonl"
        rows.write_bytes(b"\n".join(orjson.dumps(body) for body in bodies(n)))
        return measured([*curator, url, str(in_flight), str(folder), str(rows)])


def throughput(curator: list[str] | None, other: Path | None) -> None:
    """Each client alone, one after another, the engines and the bare loops several times in turns."""
    print("## Throughput")
    fast = [*FAST, *([OTHER] if other else [])]
    slow = ["openai", *(["curator"] if curator else [])]
    rows = []
    for delay_ms in DELAYS_MS:
        for in_flight in IN_FLIGHT:
            n = in_flight * ROUNDS if delay_ms else CALLS
            with endpoint(delay_ms=delay_ms) as server:
                runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in fast}
                for _ in range(REPEATS):
                    for kind, done in runs.items():
                        done.append(run_client(kind, server.url, n, in_flight, other=other) | {"n": n})
                for kind in slow:
                    few = max(FEW_CALLS, 2 * in_flight)
                    runs[kind] = [run_client(kind, server.url, few, in_flight, curator=curator) | {"n": few}]
            for kind, done in runs.items():
                rows.append([f"{delay_ms} ms", in_flight, kind, *_figures(done, runs["aiohttp"])])
                print(".", end="", flush=True, file=sys.stderr)
    head = ["delay", "in flight", "client", "calls", "calls/s", "of bare aiohttp", "CPU s per 1,000", "peak MB"]
    table(head, rows)


def _figures(runs: Sequence[dict[str, float]], bare: Sequence[dict[str, float]]) -> list[object]:
    """Medians over the runs; the share of the bare loop is that of runs which stood next to each other."""
    if any(run["completed"] != run["n"] for run in runs):
        raise SystemExit(f"calls are missing: {runs}")
    rates = [run["n"] / run["seconds"] for run in runs]
    bare_rates = [run["n"] / run["seconds"] for run in bare]
    pairs = zip(rates, bare_rates, strict=True) if len(rates) == len(bare_rates) else [(rates[0], max(bare_rates))]
    share = statistics.median(rate / of for rate, of in pairs)
    cpu = statistics.median(run["cpu_s"] / run["n"] * 1000 for run in runs)
    peak = statistics.median(run["peak_mb"] for run in runs)
    return [int(runs[0]["n"]), round(statistics.median(rates)), f"{share:.0%}", round(cpu, 3), round(peak)]


def in_flight() -> None:
    """Thousands of calls that take long."""
    print("## 5,000 in flight at 10 s")
    n, most = 25_000, 5_000
    with endpoint(delay_ms=10_000) as server:
        run = run_client("engine", server.url, n, most)
        seen = server.report()["most_in_flight"]
    cells = [n, int(run["completed"]), n - int(run["completed"]), seen, round(run["seconds"]), round(run["peak_mb"])]
    table(["calls", "completed", "errors", "in flight at the endpoint", "seconds", "peak MB"], [cells])


def memory() -> None:
    """Peak memory of few and of many calls."""
    print("## Memory")
    rows = []
    with endpoint() as server:
        for n in (10_000, 200_000):
            run = run_client("engine", server.url, n, 256)
            rows.append([n, round(run["seconds"]), round(run["peak_mb"])])
    table(["calls", "seconds", "peak MB"], rows)
    print(f"{rows[1][2] / rows[0][2] - 1:+.0%} from {rows[0][0]:,} to {rows[1][0]:,} calls.\n")


def cached() -> None:
    """Calls whose replies the ledger holds."""
    print("## Calls that the ledger holds")
    n = 20_000
    with endpoint() as server, tempfile.TemporaryDirectory() as name:
        measured(client("engine", server.url, n, 256, Path(name)))
        again = [measured(client("engine", server.url, n, 256, Path(name))) for _ in range(REPEATS)]
        made_again = server.report()["requests"] - n
        size = sum(file.stat().st_size for file in Path(name).iterdir())
    seconds = statistics.median(run["seconds"] for run in again)
    table(
        ["calls", "seconds", "requests sent", "ledger, bytes per call"], [[n, round(seconds, 2), made_again, size // n]]
    )


def faults() -> None:
    """The endpoint misbehaves."""
    print("## Faults")
    with endpoint(fault_share=0.3) as server, tempfile.TemporaryDirectory() as name:
        found = account(server.url, server.report, 100_000, 256, Path(name))
    table(["what the endpoint did", "requests", "as the ledger has it"], found.actions)
    table(["account of the run", ""], found.summary)


def kills(points: int = 24) -> None:
    """Builds that are killed at a random moment."""
    print("## Kills")
    n, most = 4_000, 128
    draw, rows = random.Random(3), []
    for point in range(1, points + 1):
        with endpoint(delay_ms=20) as server, tempfile.TemporaryDirectory() as name:
            process = subprocess.Popen(client("engine", server.url, n, most, Path(name)), stdout=subprocess.DEVNULL)
            wanted = draw.randrange(1, n)
            while server.report()["requests"] < wanted:
                time.sleep(0.002)
            time.sleep(draw.uniform(0, 0.02))
            process.kill()
            process.wait()
            at, stored = server.report()["requests"], _stored(Path(name))
            completed = measured(client("engine", server.url, n, most, Path(name)))["completed"]
            made_again = server.report()["requests"] - n
        rows.append([point, at, stored, at - stored, made_again, int(completed)])
        print(".", end="", flush=True, file=sys.stderr)
    table(["kill", "requests so far", "stored", "not stored", "made again", "completed in the end"], rows)
    print(f"{n:,} calls, {most} in flight: at most {max(row[4] for row in rows)} were made again.\n")


def _stored(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return ledger.execute("select count(*) from calls where final_attempt is not null").fetchone()[0]


def machine() -> str:
    """The machine, in words."""
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = os.getloadavg()[0]
    return f"{len(names)} cores of {names[0]}, {memory_gb:.0f} GB, Python {platform.python_version()}, load {load:.1f}"


MODES = {
    "throughput": throughput,
    "in-flight": in_flight,
    "memory": memory,
    "cached": cached,
    "faults": faults,
    "kills": kills,
}


def main() -> None:
    """Run the modes asked for."""
    parser = argparse.ArgumentParser(description="Measure the call engine.")
    parser.add_argument("modes", nargs="*", metavar="MODE", help=", ".join(MODES))
    parser.add_argument("--curator", type=Path, metavar="FOLDER", help="environment that has, or is to get, curator")
    parser.add_argument("--other", type=Path, metavar="PYTHON", help="of an environment that has another version")
    options = parser.parse_args()
    if unknown := set(options.modes) - set(MODES):
        parser.error(f"there is no mode {', '.join(sorted(unknown))}: modes are {', '.join(MODES)}")
    print(f"{machine()}\n")
    for mode in options.modes or MODES:
        if mode == "throughput":
            throughput(curator_command(options.curator), options.other)
        else:
            MODES[mode]()


if __name__ == "__main__":
    main()
