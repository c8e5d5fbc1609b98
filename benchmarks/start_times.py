"""How much processor time short commands use, and how soon the UI answers.

    python benchmarks/start_times.py WAREHOUSE

WAREHOUSE is one that was built, for instance by `reasonmed build --profile simulated --limit 2`. Each command runs 3
times; the least is printed. The UI runs on a copy, and is stopped once its page answers.
"""

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import duckdb

REASONMED = [sys.executable, "-c", "from reasonmed_assets.cli.app import app; app()"]


def main() -> None:
    warehouse = Path(sys.argv[1])
    with duckdb.connect(str(warehouse / "reasonmed.duckdb"), read_only=True) as con:
        ((row_id,),) = con.execute("select path_id from reasoning_paths limit 1").fetchall()
    here = ["--warehouse", str(warehouse)]
    commands = {
        "--help": [*REASONMED, "--help"],
        "sql": [*REASONMED, "sql", "select count(*) from example", *here],
        "show": [*REASONMED, "show", row_id, *here],
        "trace": [*REASONMED, "trace", row_id, *here],
        "import reasonmed_assets": [sys.executable, "-c", "import reasonmed_assets; reasonmed_assets.Warehouse"],
    }
    for name, command in commands.items():
        print(f"{name:<24} {min(_cpu_s(command) for _ in range(3)):5.2f} s of processor time", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(warehouse, Path(folder) / "warehouse")
        print(f"{'ui':<24} {_until_ui_answers_s(copy):5.2f} s until its page answers")


def _cpu_s(command: list[str]) -> float:
    """User and system time of a process and what it started, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _until_ui_answers_s(warehouse: Path) -> float:
    started = time.monotonic()
    command = [*REASONMED, "ui", "--warehouse", str(warehouse), "--port", "3987"]
    ui = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert ui.stdout is not None
        for line in ui.stdout:
            if found := re.search(r"http://127\.0\.0\.1:3987\S*", line):
                # The link leads to the page by way of a cookie.
                browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
                with browser.open(found[0], timeout=60):
                    return time.monotonic() - started
        raise SystemExit("the UI ended without an address")
    finally:
        ui.terminate()
        ui.wait()


if __name__ == "__main__":
    main()
