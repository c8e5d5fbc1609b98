"""What a query of users may not do: a list of attacks on the warehouse, its ledger and Dagster's storage."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from reasonmed_assets.cli.warehouse import TableFormat, run_query
from reasonmed_assets.storage.duckdb_file import DuckDBFile
from reasonmed_assets.storage.querying import QueryError, answer, protected_paths

PROTECTED = "belongs to the warehouse or its ledger"
READ_ONLY = "the warehouse is open for reading"
ATTACHED = "can be attached for reading only"
PATH = "as one text in single quotes"
ONE_ROW = "copy (select 1 as a, 2 as b) to"


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of one table and an empty one."""
    made = tmp_path_factory.mktemp("databases")
    with duckdb.connect(str(made / "counted.duckdb")) as con:
        con.execute("create table counted as select 1 as n")
    duckdb.connect(str(made / "empty.duckdb")).close()
    return made


@pytest.fixture
def folder(tmp_path: Path, databases: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a warehouse, a ledger elsewhere and links to both; the working directory is beside it."""
    warehouse = tmp_path / "home" / "wh"
    for name in (".dagster/history", "links", "reviews"):
        (warehouse / name).mkdir(parents=True)
    (tmp_path / "home" / "moved").mkdir()
    shutil.copy(databases / "counted.duckdb", DuckDBFile(warehouse).snapshot_path)
    shutil.copy(databases / "empty.duckdb", warehouse / "old.duckdb")
    for file in ("ledger.sqlite", "ledger.sqlite-wal", "other.sqlite", "moved/runs.db", "wh/.dagster/history/runs.db"):
        (tmp_path / "home" / file).write_text("kept")
    (warehouse / "moved").symlink_to(tmp_path / "home" / "moved")
    links = tmp_path / "home" / "links"
    links.mkdir()
    (links / "folder").symlink_to(warehouse)
    (links / "file.csv").symlink_to(warehouse / "old.duckdb")
    (links / "ledger.csv").symlink_to(tmp_path / "home" / "ledger.sqlite")
    (links / "tmp_new.csv").symlink_to(tmp_path / "home" / "ledger.sqlite")
    os.link(warehouse / "old.duckdb", links / "hard.csv")
    os.link(tmp_path / "home" / "ledger.sqlite", links / "hard_ledger.csv")
    monkeypatch.chdir(tmp_path / "home" / "links")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def answer(query: str, *, locked: bool = False) -> str:
        query = query.replace("HOME", str(folder))
        run_query(folder / "wh", query, TableFormat.csv, ledger=folder / "ledger.sqlite", locked=locked)
        return capsys.readouterr().out

    return answer


def _contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".lock"))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("attach 'HOME/wh/old.duckdb' as b", ATTACHED),
        ("attach 'HOME/wh/old.duckdb' as b (read_write)", ATTACHED),
        ("attach 'HOME/wh/old.duckdb' as b (read_only false)", ATTACHED),
        ("attach 'HOME/wh/old.duckdb' as b (read_only, read_write)", ATTACHED),
        ("attach 'HOME/wh/old.duckdb' as b (read_only)", PROTECTED),
        ("ATTACH /* x */ '../wh/old.duckdb' AS b -- (read_only)", ATTACHED),
        ("attach 'hard.csv' as b (read_only)", PROTECTED),
        ("attach 'HOME/ledger.sqlite' as l (type sqlite)", ATTACHED),
        ("attach 'HOME/ledger.sqlite' as l (type sqlite, read_only)", ATTACHED),
        ("attach 'sqlite:HOME/ledger.sqlite' as l (read_only)", "no plain path"),
        ("attach ('HOME/wh/' || 'old.duckdb') as b (read_only)", "syntax error"),
        ("attach 'HOME/new.duckdb' as n; create table n.t as select 1", ATTACHED),
        (f"{ONE_ROW} 'HOME/wh/old.duckdb'", PROTECTED),
        (f"{ONE_ROW} 'HOME/wh/new.csv'", PROTECTED),
        (f"{ONE_ROW} 'HOME/wh/old.duckdb.wal' (format csv)", PROTECTED),
        (f"{ONE_ROW} 'HOME/wh/.dagster/history/runs.db' (format csv)", PROTECTED),
        (f"{ONE_ROW} 'HOME/wh/not/there/yet.csv'", PROTECTED),
        (f"{ONE_ROW} '../wh/recipes.json'", PROTECTED),
        (f"{ONE_ROW} './../links/../wh/./reviews/x.csv'", PROTECTED),
        (f"{ONE_ROW} 'HOME//wh//x.csv'", PROTECTED),
        (f"{ONE_ROW} '~/wh/x.csv'", PROTECTED),
        (f"{ONE_ROW} 'folder/x.csv'", PROTECTED),
        (f"{ONE_ROW} 'file.csv'", PROTECTED),
        (f"{ONE_ROW} 'hard.csv'", PROTECTED),
        (f"{ONE_ROW} 'ledger.csv'", PROTECTED),
        (f"{ONE_ROW} 'hard_ledger.csv'", PROTECTED),
        (f"{ONE_ROW} 'HOME/ledger.sqlite'", PROTECTED),
        (f"{ONE_ROW} 'HOME/ledger.sqlite-wal'", PROTECTED),
        (f"{ONE_ROW} 'HOME/ledger.sqlite-journal'", PROTECTED),
        (f"{ONE_ROW} 'HOME/moved/runs.db' (format csv)", PROTECTED),
        (f"{ONE_ROW} '/proc/self/cwd/../wh/x.csv'", PROTECTED),
        (f"{ONE_ROW} '/proc/self/rootHOME/wh/x.csv'", PROTECTED),
        (f"{ONE_ROW} 'file:///HOME/wh/x.csv'", "no plain path"),
        (f"{ONE_ROW} 'File:HOME/wh/x.csv'", "no plain path"),
        (f"{ONE_ROW} 's3://bucket/x.csv'", "no plain path"),
        (f"{ONE_ROW} e'HOME/w\\x68/x.csv'", PATH),
        (f"{ONE_ROW} $$HOME/wh/x.csv$$", PATH),
        (f"{ONE_ROW} 'HOME/w'\n'h/x.csv'", PATH),
        (f"{ONE_ROW} ('HOME/wh/' || 'x.csv')", PATH),
        (f"{ONE_ROW} 'HOME/wh' (format parquet, partition_by (a), overwrite)", "files in it"),
        (f"{ONE_ROW} 'HOME' (format parquet, partition_by (a), overwrite)", "files in it"),
        (f"{ONE_ROW} 'folder' (format csv, per_thread_output, overwrite_or_ignore)", "files in it"),
        (f"{ONE_ROW} 'HOME/o' (format csv, per_thread_output, filename_pattern '../wh/build')", r"'\.\.'"),
        ("copy (select 'x' as \"to\") /* to 'x.csv' */ to /* ' */ '../wh/x.csv' -- to 'y.csv'", PROTECTED),
        ("select 1; from counted; copy counted to '../wh/x.csv'", PROTECTED),
        ("copy counted to '../wh/x.csv'; select 1", PROTECTED),
        ("copy counted from 'HOME/ledger.sqlite'", "open for reading"),
        ("copy from database reasonmed to other", "(?i)read"),
        ("explain analyze copy counted to '../wh/x.csv'", "plan of a query"),
        ("prepare p as copy counted to '../wh/x.csv'", READ_ONLY),
        ("execute p", "."),
        ("export database 'HOME/wh/e'", READ_ONLY),
        ("import database 'HOME/wh'", "."),
        ("insert into counted values (2)", READ_ONLY),
        ("update counted set n = 2", READ_ONLY),
        ("create table other as select 1", "read-only mode"),
        ("drop table counted", READ_ONLY),
        ("alter table counted add column x int", READ_ONLY),
        ("create persistent secret s (type http)", "(?i)secret"),
        ("load sqlite", READ_ONLY),
        ("install sqlite", READ_ONLY),
        ("from sqlite_scan('HOME/ledger.sqlite', 'calls')", "sqlite_scan"),
        ("call sqlite_attach('HOME/ledger.sqlite')", READ_ONLY),
        ("call enable_logging(storage = 'file', storage_path = 'HOME/wh')", "."),
        ("from \"Enable_Logging\"(storage = 'file', storage_path = 'HOME/wh')", "enable_logging"),
        ("from query('from enable' || '_logging()')", "query"),
        ("checkpoint", READ_ONLY),
        ("vacuum", READ_ONLY),
        ("begin; select 1", READ_ONLY),
        ("from (pivot (from enable_logging()) on a)", "enable_logging"),
        ("copy (pivot counted on n using count(*)) to '../wh/x.csv'", "."),
        ("set lock_configuration = false", "locked"),
        ("set temp_directory = 'HOME/wh'", "locked"),
        ("set log_query_path = 'HOME/ledger.sqlite'", "locked"),
        ("set profiling_output = 'HOME/ledger.sqlite'", "locked"),
        ("pragma enable_profiling = 'json'", "locked"),
        ("set autoload_known_extensions = true", "locked"),
        ("select \ud800", "."),
    ],
)
def test_an_attack_is_refused_and_changes_no_file(
    folder: Path, ask: Callable[..., str], query: str, refusal: str
) -> None:
    before = _contents(folder)
    with pytest.raises(QueryError, match=refusal):
        ask(query)
    assert _contents(folder) == before
    assert ask("from counted") == "n\n1\n"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("select count(*) as n from read_text('HOME/ledger.sqlite')", "n\n1\n"),
        ("from read_text('../wh/.dagster/history/*.db') select content", "content\nkept\n"),
        (f"{ONE_ROW} 'HOME/links/out.csv'; from 'HOME/links/out.csv'", "a,b\n1,2\n"),
        (f"{ONE_ROW} 'it''s.csv' (header false, delimiter ';')", "\n"),
        (f"{ONE_ROW} 'HOME/parts' (format parquet, partition_by (a)); from 'HOME/parts/*/*.parquet'", "b,a\n2,1\n"),
        (f"{ONE_ROW} '../other.csv'", "\n"),
        # Beside it is a link `tmp_new.csv` to the ledger, a name that DuckDB itself would use meanwhile.
        (f"{ONE_ROW} 'new.csv'; from 'new.csv'; from read_text('../ledger.sqlite') select content", "content\nkept\n"),
        (f"{ONE_ROW} '/dev/null'", "\n"),
        ("attach 'HOME/elsewhere.duckdb' as e (read_only); from e.t", "x\n7\n"),
        ("create temp table t as select 2 as n; from t", "n\n2\n"),
        ("pivot counted on n using count(*)", "1\n1\n"),
        ("set variable x = 3; select getvariable('x') as x", "x\n3\n"),
        ("select 'copy to' as \"to\", '..' as attach", "to,attach\ncopy to,..\n"),
    ],
)
def test_files_are_read_and_written_elsewhere(folder: Path, ask: Callable[..., str], query: str, answer: str) -> None:
    with duckdb.connect(str(folder / "elsewhere.duckdb")) as con:
        con.execute("create table t as select 7 as x")
    assert ask(query) == answer


@pytest.mark.parametrize("options", ["", "(format parquet, partition_by (a))"])
@pytest.mark.parametrize("name", ["old.duckdb", "new"])
def test_a_link_that_is_swapped_after_the_check_leads_nowhere(folder: Path, name: str, options: str) -> None:
    """Between check and write, over and over, a link in the path leads to a harmless folder, into the warehouse, or to
    where the folder that is written to has a double whose files are links into the warehouse."""
    (folder / "out").mkdir()
    (folder / "double").mkdir()
    link, spare = folder / "swapped", folder / "spare"
    link.symlink_to(folder / "out")
    before, is_done = _contents(folder / "wh"), threading.Event()

    def swap() -> None:
        while not is_done.is_set():
            for goal in ("wh", "double", "out"):
                for aside in (folder / "out").glob(".reasonmed-copy-*"):
                    double = folder / "double" / aside.name
                    double.mkdir(exist_ok=True)
                    for file in (name, f"tmp_{name}"):
                        with suppress(FileExistsError):
                            (double / file).symlink_to(folder / "wh" / "old.duckdb")
                spare.symlink_to(folder / goal)
                spare.replace(link)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        with duckdb.connect() as con:
            for _ in range(40):
                with suppress(QueryError):
                    answer(con, f"{ONE_ROW} '{link}/{name}' {options}", protected_paths(folder / "wh", None))
                shutil.rmtree(folder / "out" / name, ignore_errors=True)
    finally:
        is_done.set()
        swapping.join()
    assert _contents(folder / "wh") == before
    assert [path.name for path in folder.glob("[!d]*/.reasonmed-copy-*")] == []


def test_copy_may_write_nothing_where_there_is_no_row(folder: Path, ask: Callable[..., str]) -> None:
    ask(f"copy (select 1 as a where false) to '{folder}/none.csv' (write_empty_file false)")
    assert not (folder / "none.csv").exists()


def test_a_plan_is_shown(ask: Callable[..., str]) -> None:
    assert "SEQ_SCAN" in ask("explain from counted")


@pytest.mark.parametrize(
    "query",
    [
        "from read_text('HOME/ledger.sqlite')",
        "from glob('HOME/*')",
        f"{ONE_ROW} 'HOME/out.csv'",
        "attach 'HOME/wh/old.duckdb' as b (read_only)",
        "attach 'HOME/other.duckdb' as b (read_only)",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
    ],
)
def test_a_locked_query_touches_no_other_file(ask: Callable[..., str], query: str) -> None:
    with pytest.raises(QueryError):
        ask(query, locked=True)
    assert ask("select sum(n) as n from counted", locked=True) == "n\n1\n"
