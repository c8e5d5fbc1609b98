"""What `reasonmed sql` prints where the terminal is narrow."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reasonmed_assets.cli.warehouse import TableFormat, run_query
from reasonmed_assets.storage.duckdb_file import DuckDBFile


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    with duckdb.connect(str(DuckDBFile(tmp_path).snapshot_path)) as con:
        con.execute("create table counted as select 'medqa' as source, 1234567 as paths, 'see [1]; [/b]' as note")
    return tmp_path


def _said(warehouse: Path, query: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    run_query(warehouse, query, TableFormat.table)
    return capsys.readouterr().out


def test_few_columns_are_a_table(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _said(warehouse, "from counted", monkeypatch, capsys).splitlines()
    assert any({"source", "paths", "note"} <= set(line.split()) for line in lines)
    assert any("1234567" in line and "see [1]; [/b]" in line for line in lines)


def test_many_columns_are_lines_and_no_figure_is_cut(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ", ".join(f"paths + {i} as number_{i}" for i in range(20))
    said = _said(warehouse, f"select {columns}, note from counted", monkeypatch, capsys)
    lines = [line.strip().split(maxsplit=1) for line in said.splitlines()]
    assert all([f"number_{i}", str(1234567 + i)] in lines for i in range(20))
    assert ["note", "see [1]; [/b]"] in lines
    assert lines[-1] == ["1", "rows"]


def test_no_rows_are_said_to_be_none(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _said(warehouse, "from counted where paths = 0", monkeypatch, capsys)
    assert "source" in said
    assert "0 rows" in said


def test_texts_are_data_and_control_no_terminal(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "'[red]a[/red] [/] :smile: ' || chr(27) || '[2J' || chr(7) || chr(155) || ' é 漢'"
    shown = "[red]a[/red] [/] :smile: \\x1b[2J\\x07\\x9b é 漢"
    assert shown in _said(warehouse, f"select {odd} as text", monkeypatch, capsys)
    wide = ", ".join(f"1234567890 as number_{i}" for i in range(9))
    assert shown in _said(warehouse, f"select {wide}, {odd} as text", monkeypatch, capsys)


def test_a_row_that_is_alone_is_not_cut(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "select repeat('word ', 40) || 'end' as text from range({})"
    assert "end" in _said(warehouse, long.format(1), monkeypatch, capsys).split()
    assert "end" not in _said(warehouse, long.format(2), monkeypatch, capsys).split()
