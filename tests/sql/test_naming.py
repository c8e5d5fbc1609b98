"""Values, names and files in SQL: whatever characters they hold."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets import sql


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_a_literal_is_the_text(text: str) -> None:
    assert duckdb.execute(f"select {sql.literal(text)}").fetchone() == (text,)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_an_identifier_is_the_name(name: str) -> None:
    assert duckdb.sql(f"select 1 as {sql.identifier(name)}").columns == [name]


@pytest.mark.parametrize("folder", ["a [1] b", "a*", "q?", "it's", 'dq"x', "x=1", "{a,b}", "back\\slash", "**", "[!a]"])
def test_a_parquet_file_is_read_whatever_its_folder_is_called(tmp_path: Path, folder: str) -> None:
    # Folders that a pattern would match too.
    for name in ("a 1 b", "ab", "qa", "a", folder):
        (tmp_path / name).mkdir(exist_ok=True)
        for file in ("first", "second"):
            path = tmp_path / name / f"{file}.parquet"
            duckdb.execute(
                f"copy (select {sql.literal(f'{name} {file}')} as v) to {sql.literal(path)} (format parquet)"
            )
    one, two = (tmp_path / folder / f"{file}.parquet" for file in ("first", "second"))
    assert duckdb.sql(f"from {sql.parquet(one)}").columns == ["v"]
    assert duckdb.execute(f"from {sql.parquet(one)}").fetchall() == [(f"{folder} first",)]
    assert duckdb.execute(f"from {sql.parquet(one, two)} order by v").fetchall() == [
        (f"{folder} first",),
        (f"{folder} second",),
    ]
