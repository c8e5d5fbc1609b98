"""A build that begins again when it is interrupted: interrupted_child.py FOLDER BASE_URL ROWS TIMES PROVIDER.

It says "interrupted" each time, and ends at the last. Polars works beside it: that puts a handler of its own in place,
and may take the signal in any thread.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import polars as pl
from small import Build, calls, profile

from reasonmed_assets import interruption


def sort() -> None:
    """Work until the test is gone; then nothing goes on."""
    test = os.getppid()
    while os.getppid() == test:
        pl.DataFrame({"a": range(20_000)}).sort("a", descending=True)
        time.sleep(0.002)
    os._exit(1)


def main() -> None:
    folder, base_url, rows, times, provider = sys.argv[1:]
    threading.Thread(target=sort, daemon=True).start()
    declared = profile(max_in_flight=8, **json.loads(provider))
    for left in reversed(range(int(times))):
        try:
            with interruption.heeded(), Build(Path(folder), base_url, declared) as build:
                print(sum(result.outcome == "completed" for result in build.results(calls(int(rows))).values()))
            return
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            if not left:
                raise


if __name__ == "__main__":
    main()
