"""Any locale: what people read is printed in the terminal's encoding, what programs read and files are UTF-8."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from builds import COMMAND, a_shell

from reasonmed_assets.cli.app import app
from reasonmed_assets.storage.duckdb_file import DuckDBFile

TEXT = "≥ µ 😀"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_command_runs_in_utf_8_in_a_locale_that_is_not(encoding: str, tmp_path: Path) -> None:
    profile = tmp_path / f"{TEXT}.toml"
    profile.write_text(f'extends = "simulated"\ndescription = "{TEXT}"\n', encoding="utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    command = [*COMMAND, "profile", "show", str(profile)]
    done = subprocess.run(command, env=a_shell() | locale, capture_output=True, timeout=120, check=False)
    assert f'description = "{TEXT}"' in done.stdout.decode("utf-8"), done.stderr


def test_what_the_encoding_of_the_terminal_lacks_is_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="latin-1", write_through=True))
    with duckdb.connect(str(DuckDBFile(tmp_path).snapshot_path)) as con:
        con.execute(f"create table texts as select '{TEXT}' as text")
    app(["sql", "from texts", "--warehouse", str(tmp_path)], standalone_mode=False)
    assert b"\\u2265 \xb5 \\U0001f600" in printed.getvalue()
    app(["sql", "from texts", "--warehouse", str(tmp_path), "--format", "json"], standalone_mode=False)
    assert f'[{{"text":"{TEXT}"}}]'.encode() in printed.getvalue()
    app(["build", "--help"], standalone_mode=False)


def test_a_query_that_is_not_utf_8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(DuckDBFile(tmp_path).snapshot_path)) as con:
        con.execute("create table texts as select 1 as a")
    with pytest.raises(SystemExit):
        app(["sql", "select '\udcff'", "--warehouse", str(tmp_path)])
    assert capsys.readouterr().err == "reasonmed: the query is not UTF-8\n"


def test_a_command_runs_without_an_input_or_output(tmp_path: Path) -> None:
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    written = tmp_path / "texts.csv"
    warehouse = DuckDBFile(tmp_path / "warehouse")
    arguments = ["sql", f"copy (select '{TEXT}' as text) to '{written}'", "--warehouse", warehouse.name]
    with duckdb.connect(str(warehouse.snapshot_path)) as con:
        con.execute("create table texts as select 1 as a")
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *COMMAND, *arguments]
    done = subprocess.run(command, env=a_shell() | locale, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0
    assert written.read_text(encoding="utf-8") == f"text\n{TEXT}\n"
