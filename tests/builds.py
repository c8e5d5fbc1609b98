"""The command line as a process, and the warehouse that it leaves."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import typer
from typer.testing import CliRunner

from reasonmed_assets.cli.app import app

TIMEOUT_S = 900

# Commands are read from their declarations once, not for each that is called.
typer.testing._get_command = cache(typer.main.get_command)

COMMAND = [sys.executable, "-c", "from reasonmed_assets.cli.app import app; app()"]


def reasonmed(
    *arguments: str, command: Sequence[str | Path] = COMMAND, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would; settings of the surrounding shell do not reach it."""
    return subprocess.run(
        [*command, *arguments],
        env=a_shell() | environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def called(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as `reasonmed` does, but in this process, which has imported what takes a new one seconds.

    For tests of what a command makes and says. How its process starts, is interrupted and ends, others test.
    """
    surrounding = dict(os.environ)
    os.environ.clear()
    os.environ.update(a_shell() | environment)
    try:
        with chdir(cwd or Path.cwd()):
            done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    finally:
        os.environ.clear()
        os.environ.update(surrounding)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the command line in the same way and return at once; it says everything on one pipe."""
    return subprocess.Popen(
        [*COMMAND, *arguments], env=a_shell(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def a_shell() -> dict[str, str]:
    """The environment of a user's shell, without settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("REASONMED_", "DAGSTER_"))}
    return inherited | {"COLUMNS": "200"}


@dataclass(frozen=True)
class Built:
    """A warehouse that a build made, and what the build said."""

    folder: Path
    output: str

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query on the snapshot that users open."""
        with duckdb.connect(str(self.folder / "reasonmed.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def value(self, sql: str) -> object:
        """The one value of a query."""
        ((value,),) = self.query(sql)
        return value

    def attempts(self) -> int:
        """Requests that the ledger has seen."""
        with sqlite3.connect(self.folder / "ledger.sqlite") as ledger:
            return ledger.execute("select count(*) from attempts").fetchone()[0]
