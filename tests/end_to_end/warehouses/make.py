"""Makes a stored warehouse of an earlier revision as text: python make.py REVISION, which fills the folder REVISION.

The revision is checked out beside this one, and its own code builds one question of one source as a rehearsal. What is
stored: the tables of the build file, the ledger, what the warehouse is bound to, and Dagster's settings.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BUILD = ("build", "--profile", "simulated", "--source", "mmlu", "--limit", "1")
_RUN = "import sys; from importlib import import_module; import_module(sys.argv.pop(1)).app()"


def build(revision: str, checkout: Path, warehouse: Path) -> None:
    """Have the code of a revision build a warehouse."""
    checkout.mkdir()
    with subprocess.Popen(["git", "-C", ROOT, "archive", revision], stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", checkout], stdin=archive.stdout, check=True)
    for name in ("quality", "sql"):
        (checkout / "reasonmed_assets" / name).symlink_to(checkout / name)
    has_package = (checkout / "reasonmed_assets" / "cli" / "app.py").exists()
    module = "reasonmed_assets.cli.app" if has_package else "reasonmed_assets.cli"
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", _RUN, module, *BUILD, "--warehouse", str(warehouse)]
    subprocess.run(command, cwd=checkout, env=environment, check=True)


def tables(build_file: Path) -> Iterator[str]:
    """The build file as SQL statements: its tables with their rows in a fixed order, and its version if it has one."""
    with duckdb.connect(str(build_file), read_only=True) as con:
        for name, declared in con.execute("select table_name, sql from duckdb_tables() order by 1").fetchall():
            yield declared
            for (row,) in con.execute(f"select {_as_values(con, name)} as line from {name} order by line").fetchall():
                yield f"INSERT INTO {name} VALUES ({row});"
        macro = "select macro_definition from duckdb_functions() where function_name = 'layout_version'"
        for (version,) in con.execute(macro).fetchall():
            yield f"CREATE MACRO layout_version() AS {version};"


def _as_values(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """An expression that writes a row of a table as SQL values."""
    columns = con.execute(
        "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index", [table]
    ).fetchall()
    quoted = "'''' || replace({}::varchar, '''', '''''') || ''''"
    values = [f"""coalesce({quoted.format(f'"{name}"')} || '::{kind}', 'NULL')""" for name, kind in columns]
    return " || ', ' || ".join(values)


def ledger(file: Path) -> Iterator[str]:
    """The ledger as SQL statements, its version with them."""
    with closing(sqlite3.connect(file)) as connection:
        yield from connection.iterdump()
        yield f"PRAGMA user_version = {connection.execute('pragma user_version').fetchone()[0]};"


def main() -> None:
    """Make the stored warehouse of a revision."""
    revision = sys.argv[1]
    with tempfile.TemporaryDirectory() as temporary:
        warehouse = Path(temporary) / "warehouse"
        build(revision, Path(temporary) / "checkout", warehouse)
        folder = HERE / revision
        folder.mkdir(exist_ok=True)
        (folder / "build.sql").write_text("\n".join(tables(warehouse / "build.duckdb")) + "\n", encoding="utf-8")
        (folder / "ledger.sql").write_text("\n".join(ledger(warehouse / "ledger.sqlite")) + "\n", encoding="utf-8")
        shutil.copy(warehouse / "binding.json", folder)
        shutil.copy(warehouse / ".dagster" / "dagster.yaml", folder)


if __name__ == "__main__":
    main()
