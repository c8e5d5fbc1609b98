"""A source of one's own is one declaration: JSON Lines, csv, JSON and parquet, without any Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_files import write_json, write_lines, write_parquet

from reasonmed_assets.sources import load_declaration, read_source

_DECLARATION = """
name = "nursing"
title = "Nursing examination"
licence = "CC-BY-4.0"
language = "de"

[layouts.native]
format = "{format}"
question = "stem"
options = ["a", "b", "c"]
gold = {{ field = "right", encoding = "index", bases = [1] }}
native_id = "number"
subject = "topic"

[splits.train]
role = "train"
alternatives = [{{ files = ["nursing/train.*"] }}]
"""
_ROWS = [
    {"number": "1", "stem": "Was ist richtig?", "a": "eins", "b": "zwei", "c": "drei", "right": "3", "topic": "Pflege"},
    {"number": "2", "stem": "Und hier?", "a": "ja", "b": "nein", "c": None, "right": "1", "topic": None},
]


def _write(kind: str, file: Path) -> None:
    if kind == "jsonl":
        write_lines(file, _ROWS)
    elif kind == "json":
        write_json(file, _ROWS)
    elif kind == "parquet":
        write_parquet(file, _ROWS)
    else:
        file.parent.mkdir(parents=True)
        rows = [list(_ROWS[0]), *([value or "" for value in row.values()] for row in _ROWS)]
        file.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "parquet"])
def test_a_declared_source_is_read_whatever_its_format(tmp_path: Path, kind: str) -> None:
    (tmp_path / "nursing.toml").write_text(_DECLARATION.format(format=kind), encoding="utf-8")
    _write(kind, tmp_path / f"nursing/train.{kind}")
    reading = read_source(load_declaration(str(tmp_path / "nursing.toml")), tmp_path, {})
    assert reading.unreadable == []
    assert [(q.native_id, q.options, q.gold_letter, q.subject) for q in reading.questions] == [
        ("1", ["eins", "zwei", "drei"], "C", "Pflege"),
        ("2", ["ja", "nein"], "A", None),
    ]
    assert {(q.source, q.language, q.licence) for q in reading.questions} == {("nursing", "de", "CC-BY-4.0")}
