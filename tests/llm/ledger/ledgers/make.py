"""Makes a stored ledger as SQL text: python make.py REVISION > ledgers/REVISION.sql.

A revision of this repository is checked out beside it, and its own code writes a small ledger: three calls of which one
failed once, one was rejected and one is in a batch, all for a warehouse and within a budget. Nothing but the present
schema needs to be made again. Whole builds of earlier
revisions, with their warehouses, are in `tests/end_to_end/warehouses`.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[4]

WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from reasonmed_assets.config.profile import Budget
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Asker, Attempt, Wanted
from reasonmed_assets.llm.outcomes import Received

RAW = b'{"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "served"}'
KEYS = [f"{n:032x}" for n in range(4)]

def attempt(key, outcome, raw, batch_id=None):
    said = Reply("yes", finish_reason="stop", served_model="served") if raw else None
    at = datetime(2026, 11, 23, tzinfo=UTC)
    received = Received(outcome, None, 200 if raw else 500, raw, said, None, 12.5, at)
    body = b'{"messages":[]}'
    return Attempt(key, "local", "small", "r1", 0, "verifier", "real", body, received, batch_id, "one", 0.5)

with open_store(Path(sys.argv[1])) as ledger:
    ledger.asker = Asker("warehouse", "verifications", "medqa")
    ledger.begin_batch("ab" * 16, "one", "local", KEYS[2:])
    ledger.name_batch("ab" * 16, "remote-1")
    wanted = [Wanted(key, "verifier", 1.0) for key in KEYS]
    ledger.claim(wanted, lambda claimed: None, BuildBudget("one", Budget(calls=100)))
    ledger.record(attempt(KEYS[0], "timed_out", None), lambda recorded: None)
    ledger.record(attempt(KEYS[0], "completed", RAW), lambda recorded: None)
    ledger.record(attempt(KEYS[1], "rejected", None), lambda recorded: None)
    ledger.record(attempt(KEYS[2], "completed", RAW, "ab" * 16), lambda recorded: None)
    ledger.flush()
"""


def write(revision: str, file: Path, checkout: Path) -> None:
    """Have the code of a revision write a ledger."""
    subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", checkout, revision], check=True)
    try:
        subprocess.run([sys.executable, "-c", WRITE, file], cwd=checkout, env={"PYTHONPATH": str(checkout)}, check=True)
    finally:
        subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", checkout], check=True)


def dumped(file: Path) -> Iterator[str]:
    """A ledger as SQL statements, its version with them."""
    with closing(sqlite3.connect(file)) as connection:
        yield from connection.iterdump()
        yield f"pragma user_version = {connection.execute('pragma user_version').fetchone()[0]};"


def main() -> None:
    """Print a ledger."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite"
        write(sys.argv[1], file, Path(folder) / "checkout")
        print("\n".join(dumped(file)))


if __name__ == "__main__":
    main()
