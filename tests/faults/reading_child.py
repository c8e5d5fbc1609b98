"""What other programs do to a warehouse during a build: python reading_child.py <kind> <warehouse folder>.

Reads over and over until standard input closes, then prints how often; what it could not read ends it with an error.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import duckdb

PAUSE_S = 0.2
_ROWS = "select count(*) from questions inner join reasoning_paths using (question_id)"


def notebook(folder: Path) -> None:
    """Keep one snapshot open all the time, and see the same rows in it."""
    snapshot = folder / "reasonmed.duckdb"
    if not hasattr(notebook, "open"):
        notebook.open = duckdb.connect(str(snapshot), read_only=True)  # type: ignore[attr-defined]
        notebook.seen = notebook.open.execute(_ROWS).fetchall()  # type: ignore[attr-defined]
    assert notebook.open.execute(_ROWS).fetchall() == notebook.seen  # type: ignore[attr-defined]


def dashboard(folder: Path) -> None:
    """Open the snapshot anew for each look: what is published only grows."""
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        (seq,) = con.execute("select coalesce(max(seq), 0) from publishes").fetchone() or (0,)
        con.execute("from funnel").fetchall()
    assert seq >= getattr(dashboard, "seq", 0)
    dashboard.seq = seq  # type: ignore[attr-defined]


def accountant(folder: Path) -> None:
    """Add up the ledger: no call has two replies that count."""
    ledger = folder / "ledger.sqlite"
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=30)) as connection:
        twice = "select call_id from attempts where reply is not null group by call_id having count(*) > 1"
        assert connection.execute(twice).fetchall() == []


def reporter(folder: Path) -> None:
    """Write the quality report, which reads the snapshot and the records of the audits."""
    from reasonmed_assets.pages.site import write_quality_pages

    for _ in write_quality_pages(folder, folder.parent / "report"):
        pass


def main() -> None:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    n = 0
    while not is_over.is_set():
        if (folder / "reasonmed.duckdb").exists() and (folder / "ledger.sqlite").exists():
            {"notebook": notebook, "dashboard": dashboard, "accountant": accountant, "reporter": reporter}[kind](folder)
            n += 1
        time.sleep(PAUSE_S)
    print(n)


if __name__ == "__main__":
    main()
