"""What a first build and a build with nothing to do cost, where few questions are made: by wall and processor time.

    python benchmarks/small_builds.py [--limit N]

Four sources of the shipped sample, profile `simulated`, N questions of each (1): built twice into a new warehouse, each
time by a process of its own. The second build is to make no call and to publish nothing. The parts are those of the
build's main thread, without the rehearsal endpoint that it starts; each is without the parts within it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

_spent: dict[str, float] = {}
_running: list[float] = []


def main() -> None:
    """Build twice and print what each took."""
    options = argparse.ArgumentParser()
    options.add_argument("--limit", default="1")
    options.add_argument("--within", metavar="WAREHOUSE")
    given = options.parse_args()
    if given.within:
        _build(given.within, given.limit)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first build", "nothing to do"):
            _print(name, *_measured([*sys.argv, "--within", f"{folder}/warehouse"]))


def _measured(arguments: list[str]) -> tuple[float, float, dict[str, float]]:
    """Wall seconds, processor seconds of the build and what it started, and those of its parts."""
    started = time.monotonic()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    *_, told = child.stdout
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0
    return time.monotonic() - started, used.ru_utime + used.ru_stime, json.loads(told)


def _print(name: str, wall_s: float, cpu_s: float, parts: dict[str, float]) -> None:
    print(f"{name:<36} {wall_s:6.1f} s, {cpu_s:5.1f} s of processor time", flush=True)
    for part, seconds in sorted(parts.items(), key=lambda one: -one[1]):
        print(f"    {part:<32} {seconds:6.1f}")


def _build(warehouse: str, limit: str) -> None:
    """Build in this process; the last line that is printed says what the parts took, as JSON."""
    began = time.process_time()
    from reasonmed_assets.cli.app import app
    from reasonmed_assets.materialisation import factory, making
    from reasonmed_assets.orchestration import build, event_storage
    from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile

    _spent["imports"] = time.process_time() - began
    _count(build, "build_defs", "definitions")
    _count(build, "run", "Dagster's runs, the rest")
    _count(event_storage.KeptOpenEvents, "store_event", "events of the runs")
    _count(factory, "make", "staging, calls among it")
    _count(making, "_look", "what is published, fingerprints")
    _count(making, "column_lineage", "column lineage")
    _count(making, "_audit", "audits")
    _count(making, "picture", "pictures")
    _count(DuckDBFile, "publish", "publishes")
    _count(DuckDBFile, "refresh_snapshot", "snapshots")
    try:
        app(["build", "--profile", "simulated", "--limit", limit, "--warehouse", warehouse])
    except SystemExit as ended:
        print(json.dumps(_spent))
        sys.exit(ended.code)


def _count(owner: Any, name: str, part: str) -> None:
    """Count the processor time of a function as that of a part, without the parts within it."""
    counted: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        started = time.thread_time()
        _running.append(0.0)
        try:
            return counted(*arguments, **options)
        finally:
            taken = time.thread_time() - started
            _spent[part] = _spent.get(part, 0.0) + taken - _running.pop()
            if _running:
                _running[-1] += taken

    setattr(owner, name, timed)


if __name__ == "__main__":
    main()
