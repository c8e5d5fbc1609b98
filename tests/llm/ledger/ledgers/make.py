"""Makes a stored ledger as SQL text: python make.py REVISION > ledgers/REVISION.sql.

A revision of this repository is checked out beside it, and its own code writes a small ledger: three calls of which one
failed once, one was rejected and one is in a batch, where the revision knows of batches, all for a warehouse and within
a budget, where it knows of those. Nothing but the present schema needs to be made again. Whole builds of earlier
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
import dataclasses, inspect, sys
from datetime import UTC, datetime
from reasonmed_assets.llm import ledger as module
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.outcomes import Received

RAW = b'{"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "served"}'
KEYS = [f"{n:032x}" for n in range(4)]

def made(cls, **values):
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: value for name, value in values.items() if name in known})

def attempt(key, outcome, raw, **more):
    said = Reply("yes", finish_reason="stop", served_model="served") if raw else None
    received = made(Received, outcome=outcome, detail=None, http_status=200 if raw else 500, raw=raw, reply=said,
        retry_after_s=None, latency_ms=12.5, started_at=datetime(2026, 11, 23, tzinfo=UTC))
    return made(module.Attempt, call_key=key, provider="local", model="small", revision="r1", sample=0, role="verifier",
        provider_kind="real", body=b'{"messages":[]}', received=received, build="one", usd=0.5, **more)

with module.Ledger(sys.argv[1]) as ledger:
    if hasattr(module, "Asker"):
        ledger.asker = module.Asker("warehouse", "verifications", "medqa")
    if hasattr(ledger, "begin_batch"):
        batch = {"build": "one"} if "build" in inspect.signature(ledger.begin_batch).parameters else {}
        ledger.begin_batch(batch_id="ab" * 16, provider="local", keys=KEYS[2:], **batch)
        ledger.name_batch("ab" * 16, "remote-1")
    wanted = [module.Wanted(key, "verifier", 1.0) for key in KEYS] if hasattr(module, "Wanted") else KEYS
    budget = [module.Purse("one")] if hasattr(module, "Purse") else []
    ledger.claim(wanted, lambda claimed: None, *budget)
    ledger.record(attempt(KEYS[0], "timed_out", None), lambda recorded: None)
    ledger.record(attempt(KEYS[0], "completed", RAW), lambda recorded: None)
    ledger.record(attempt(KEYS[1], "rejected", None), lambda recorded: None)
    in_batch = {"batch_id": "ab" * 16} if hasattr(ledger, "begin_batch") else {}
    ledger.record(attempt(KEYS[2], "completed", RAW, **in_batch), lambda recorded: None)
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
