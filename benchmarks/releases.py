"""Time and memory of a release of many examples: python benchmarks/releases.py WAREHOUSE FOLDER [EXAMPLES].

Copies the rows of a built warehouse with simulated models under new ids up to a number of examples (default 370,000),
into FOLDER/warehouse; then releases it into FOLDER/release and verifies that, each in a process of its own, and prints
seconds on the clock and of processor time, the largest resident memory, and the size on disk. The copies repeat
questions, so the verification says so; what counts is that it has looked at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from traces import enlarge

EXAMPLES = 370_000
_COMMAND = [sys.executable, "-c", "from reasonmed_assets.cli.app import app; app()"]


def prepared(warehouse: Path, folder: Path, n_examples: int) -> None:
    """Make the large warehouse, whose snapshot alone is large."""
    target = folder / "warehouse"
    shutil.copytree(warehouse, target, ignore=shutil.ignore_patterns(".dagster", "history", "reasonmed.duckdb"))
    with duckdb.connect(str(warehouse / "reasonmed.duckdb"), read_only=True) as con:
        ((n, questions),) = con.execute("select count(*), count(distinct question_id) from reasonmed").fetchall()
    enlarge(warehouse, target / "reasonmed.duckdb", n_examples * questions // n, characters=None)
    with duckdb.connect(str(target / "reasonmed.duckdb")) as con:
        con.execute(f"attach '{warehouse / 'reasonmed.duckdb'}' as small (read_only)")
        con.execute("create table snapshot_state as from small.snapshot_state")
        (state,) = con.execute("select count(*) from sft_reasonmed").fetchone() or (0,)
    print(f"{state:,} training records, {(target / 'reasonmed.duckdb').stat().st_size / 1e9:.2f} GB")


def timed(*arguments: str) -> str:
    """What a command took: clock, processor, largest memory."""
    started = time.perf_counter()
    with subprocess.Popen(
        [*_COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as done:
        assert done.stderr is not None
        said = done.stderr.read()
        _, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
    took = f"{time.perf_counter() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time"
    return f"{took}, {used.ru_maxrss / 1024**2:.2f} GiB, exit {done.returncode} {said[:300]}"


def main() -> None:
    """Print what both commands took."""
    warehouse, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    n_examples = int(sys.argv[3]) if len(sys.argv) > 3 else EXAMPLES
    if sys.argv[4:] == ["prepare"]:
        prepared(warehouse, folder, n_examples)
        return
    if not folder.exists():
        # In a process of its own: a child is counted what its parent takes when it is forked.
        subprocess.run([sys.executable, __file__, *sys.argv[1:3], str(n_examples), "prepare"], check=True)
    release = folder / "release"
    allowed = [word for kind in ("simulated", "stand-in", "failing", "behind") for word in ("--allow", kind)]
    shutil.rmtree(release, ignore_errors=True)
    print("release:", timed("release", str(release), "--warehouse", str(folder / "warehouse"), *allowed))
    size = sum(file.stat().st_size for file in release.rglob("*") if file.is_file())
    print(f"size: {size / 1e9:.2f} GB")
    print("verify:", timed("release", "--verify", str(release)))


if __name__ == "__main__":
    main()
