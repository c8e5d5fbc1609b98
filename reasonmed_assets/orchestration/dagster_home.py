"""Dagster's settings and databases in a warehouse, whichever version wrote them: brought to the present, or refused."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from reasonmed_assets.errors import ReasonmedError

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

FILE = "dagster.yaml"
SETTINGS = """\
# Runs that the UI starts wait for one another: one run alone fills an endpoint, and each one that asks a model on this
# machine starts a server of its own. A higher number builds several sources at once.
concurrency:
  runs:
    max_concurrent_runs: 1
# A run whose process was killed is marked as failed; otherwise it would block all waiting runs.
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
# The terminal shows what a person reads; every event of a run is on its page.
python_logs:
  python_log_level: INFO
telemetry:
  enabled: false
nux:
  enabled: false
"""
"""`dagster.yaml` of a new warehouse. One that the user changed stays as it is; see `_EARLIER`."""

_EARLIER = frozenset(
    {
        "0db45abe2356a1756c8c2e85acf27bbe66d56b67783d164d5a7687b5e952346a",
        "f8805dc9e6f614c7063da7dcf3562d13a17819c1c5a14d3156d9974de6353777",
    }
)
"""SHA-256 of the settings that earlier versions wrote: a file with one of them was changed by nobody."""
_DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


class HistoryError(ReasonmedError):
    """Dagster's history in a warehouse cannot be used; the message says what to do."""


@contextmanager
def told_if_unusable(home: Path, *others: type[Exception]) -> Iterator[None]:
    """Turns the errors of Dagster's databases, and those of other classes, into one that says what to do.

    Raises:
        HistoryError: the history could not be read or written.
    """
    from sqlalchemy.exc import SQLAlchemyError

    told: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error, *others)
    try:
        yield
    except told as error:
        why = getattr(error, "orig", None) or error
        raise HistoryError(_unusable(home, why)) from error


def _unusable(home: Path, why: object) -> str:
    return (
        f"the history of runs in {home} cannot be used: {why}. What was published and paid for is safe: make room "
        "on its disk, or make it writable, then run the same command again"
    )


@cache
def read_migrations_once() -> None:
    """From now on Dagster's migrations are read once by this process: it reads each for every database."""
    from alembic.script import ScriptDirectory
    from dagster._core.storage.sql import ALEMBIC_SCRIPTS_LOCATION

    read = ScriptDirectory.from_config
    found: list[ScriptDirectory] = []

    def from_config(config: Config) -> ScriptDirectory:
        if config.get_main_option("script_location") != ALEMBIC_SCRIPTS_LOCATION:
            return read(config)
        if not found:
            found.append(read(config))
        return found[0]

    ScriptDirectory.from_config = from_config  # type: ignore[method-assign]


def has_earlier_settings(home: Path) -> bool:
    """Whether the settings in a home are as an earlier version wrote them, changed by nobody."""
    return hashlib.sha256((home / FILE).read_bytes()).hexdigest() in _EARLIER


def own_settings(home: Path) -> list[str]:
    """The lines of the settings that the user changed or added, and those of this version that they lack."""
    theirs, ours = _lines((home / FILE).read_text(encoding="utf-8", errors="replace")), _lines(SETTINGS)
    return [line for line in theirs if line not in ours] + [f"no {line}" for line in ours if line not in theirs]


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def older_databases(home: Path) -> list[str]:
    """Dagster's databases that an older Dagster wrote, and that the next build brings forward.

    Raises:
        HistoryError: a newer Dagster wrote one, or it is no database.
    """
    found = {name: _revision(home / name) for name in _DATABASES if (home / name).exists()}
    if not found:
        return []
    scripts = _migrations()
    older = {name: revision for name, revision in found.items() if revision != scripts.get_current_head()}
    known = {None, *(script.revision for script in scripts.walk_revisions())} if older else set()
    for name, revision in older.items():
        if revision not in known:
            raise HistoryError(
                f"{home / name} was written by a newer Dagster (revision {revision}) than the installed one "
                f"({version('dagster')}). Install that one, or move {home} away: no table and no call is in it, only "
                "the history of runs"
            )
    return list(older)


def describe(home: Path) -> str:
    """Which Dagster reads it, what the next build brings forward, and which settings are the user's. Changes nothing.

    Raises:
        HistoryError: as `older_databases`.
    """
    said = [f"Dagster {version('dagster')}"]
    if older := older_databases(home):
        said.append(f"the next build brings {', '.join(older)} of an older Dagster forward")
    if (home / FILE).exists():
        if has_earlier_settings(home):
            said.append(f"the next build replaces the settings of an earlier version in {FILE}")
        elif own := own_settings(home):
            said.append(f"{FILE} has settings of yours, which stay: {'; '.join(own)}")
    return "; ".join(said)


def bring_forward(home: Path) -> None:
    """Bring databases of an older Dagster to the installed one's; the caller holds the lock of the home."""
    from dagster import DagsterInstance

    # Dagster prints messages and a bar per database.
    silent = StringIO()
    with redirect_stdout(silent), redirect_stderr(silent), DagsterInstance.from_config(str(home)) as instance:
        instance.upgrade()


def _revision(database: Path) -> str | None:
    """The revision that a database says it has; None where an old Dagster gave it none."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("select version_num from alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise HistoryError(_unusable(database, error)) from error
    except sqlite3.DatabaseError as error:
        raise HistoryError(f"{database} is no database ({error}): move {database.parent} away") from error
    return row[0] if row else None


def _migrations() -> ScriptDirectory:
    """The revisions that the installed Dagster knows."""
    from alembic.script import ScriptDirectory
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.sql import get_alembic_config

    return ScriptDirectory.from_config(get_alembic_config(sqlite_run_storage.__file__))
