"""Warehouses and ledgers that earlier revisions built are opened, read and built on (see `warehouses/make.py`)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from builds import called

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.storage.freshness import stale

WAREHOUSES = Path(__file__).parent / "warehouses"
BUILD = ("build", "--profile", "simulated", "--source", "mmlu", "--limit", "1")
REVISIONS = sorted(folder.name for folder in WAREHOUSES.iterdir() if folder.is_dir())
KEPT_COLUMNS = """
select table_name, column_name from duckdb_columns()
where database_name = current_database() and not internal and column_name not in ('row_hash', 'published_at')
"""


@pytest.fixture(scope="module", params=REVISIONS)
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse as a revision left it."""
    stored, folder = WAREHOUSES / request.param, tmp_path_factory.mktemp("left") / "warehouse"
    (folder / ".dagster").mkdir(parents=True)
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute((stored / "build.sql").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        connection.executescript((stored / "ledger.sql").read_text(encoding="utf-8"))
    binding = json.loads((stored / "binding.json").read_text(encoding="utf-8"))
    data = str(BuildSettings(profile="simulated").data_folder)
    (folder / "binding.json").write_text(json.dumps(binding | {"data_dir": data}), encoding="utf-8")
    shutil.copy(stored / "dagster.yaml", folder / ".dagster")
    return folder


@pytest.fixture
def folder(left: Path, tmp_path: Path) -> Path:
    """A copy of it for one test, before any command of this revision."""
    return Path(shutil.copytree(left, tmp_path / "warehouse"))


def test_an_earlier_warehouse_is_read_before_it_is_built_on(folder: Path, tmp_path: Path) -> None:
    before = rows(folder / "build.duckdb")
    reports = [
        ("sql", "select role, sum(cost_usd), sum(cached_tokens), count(*) from llm_calls group by all"),
        ("sql", "select * from cost"),
        ("quality",),
        ("export", str(tmp_path / "sets"), "--allow", "simulated", "--allow", "stand-in"),
        ("review", "export", str(tmp_path / "review")),
    ]
    for command in reports:
        done = called(*command, "--warehouse", str(folder))
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert rows(folder / "build.duckdb", like=before) == before


def test_nothing_is_said_to_be_behind_in_a_snapshot_that_cannot_tell(folder: Path) -> None:
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as con:
        assert stale(con) == []


def test_doctor_names_versions_and_what_will_be_brought_forward(folder: Path) -> None:
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = called("doctor", "--profile", "simulated", "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the next build brings it forward: " in done.stdout
    assert "llm_calls +" in done.stdout
    assert "the next build brings it to 5, without a call" in done.stdout
    assert {path: path.read_bytes() for path in files} == files


def test_a_build_on_an_earlier_warehouse_makes_no_call_and_changes_no_row(folder: Path) -> None:
    before, attempts = rows(folder / "build.duckdb"), attempts_in(folder / "ledger.sqlite")
    done = called(*BUILD, "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert attempts_in(folder / "ledger.sqlite") == attempts == 45
    after = rows(folder / "build.duckdb", like=before)
    assert {table: after[table] for table in before if table != "publishes"} == {
        table: before[table] for table in before if table != "publishes"
    }
    said = called("doctor", "--profile", "simulated", "--warehouse", str(folder)).stdout
    assert "the next build" not in said


def rows(
    file: Path, like: dict[str, tuple[list[str], list[str]]] | None = None
) -> dict[str, tuple[list[str], list[str]]]:
    """Table -> (columns, rows in a fixed order) of a build file, of the columns in `like` where it is given."""
    with duckdb.connect(str(file), read_only=True) as con:
        columns: dict[str, list[str]] = {}
        for table, column in con.execute(f"{KEPT_COLUMNS} order by all").fetchall():
            columns.setdefault(table, []).append(column)
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        wanted = {table: like[table][0] if like else columns[table] for table in (like or tables)}
        return {
            table: (
                names,
                sorted(str(row) for row in con.execute(f"select {', '.join(names)} from {table}").fetchall()),
            )
            for table, names in wanted.items()
        }


def attempts_in(ledger: Path) -> int:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute("select count(*) from attempts").fetchone()[0]
