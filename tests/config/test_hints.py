"""Commands that messages suggest."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.config.hints import command


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1))
def test_a_shell_reads_the_words_that_were_meant(words: list[str]) -> None:
    assert shlex.split(command(*words)) == ["reasonmed", *words]


def test_sql_is_readable_and_the_default_warehouse_goes_without_saying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REASONMED_WAREHOUSE", raising=False)
    query = "from questions where source = 'mmlu'"
    assert command("sql", query, warehouse=tmp_path / "warehouse") == f'reasonmed sql "{query}"'
    assert command("build", warehouse=tmp_path / "w") == f"reasonmed build --warehouse {tmp_path}/w"


def test_the_warehouse_is_named_where_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "w"))
    for name in ("warehouse", "w"):
        assert command("build", warehouse=tmp_path / name) == f"reasonmed build --warehouse {tmp_path}/{name}"
    assert command("build") == "reasonmed build"
