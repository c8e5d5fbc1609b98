"""Records: boundaries and values of every format, and the count that the reader is checked against."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.sources import SourceError
from reasonmed_assets.sources.declaration import Gold, Layout
from reasonmed_assets.sources.records import Record, count_records, in_format, read_records

_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00"), max_size=30)
_VALUES = st.lists(st.dictionaries(_TEXT, st.one_of(_TEXT, st.lists(_TEXT, max_size=3)), max_size=4), max_size=5)


def _layout(kind: str, columns: Sequence[str] = ()) -> Layout:
    return Layout.model_validate(
        {
            "format": kind,
            "columns": columns,
            "question": "q",
            "options": "o",
            "gold": Gold(field="g", encoding="letter"),
        }
    )


def _read(kind: str, data: bytes, columns: Sequence[str] = ()) -> tuple[list[Record], int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        layout = _layout(kind, columns)
        return list(read_records(path.read_bytes(), "file", layout)), count_records(path.read_bytes(), layout)


@given(_VALUES)
def test_json_lines_come_back(values: list[dict[str, object]]) -> None:
    records, count = _read("jsonl", "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values).encode())
    assert [record.value for record in records] == values
    assert count == len(values)


@given(_VALUES, st.sampled_from([None, 1, 4]), st.booleans())
def test_the_members_of_a_json_array_come_back(
    values: list[dict[str, object]], indent: int | None, ascii_: bool
) -> None:
    records, count = _read("json", json.dumps(values, indent=indent, ensure_ascii=ascii_).encode())
    assert [record.value for record in records] == values
    assert [record.row for record in records] == list(range(1, len(values) + 1))
    assert count == len(values)


@given(st.dictionaries(_TEXT, st.dictionaries(_TEXT, _TEXT, max_size=3), max_size=5))
def test_the_members_of_a_json_object_come_back_with_their_keys(values: dict[str, dict[str, str]]) -> None:
    records, count = _read("json", json.dumps(values, indent=2).encode())
    assert {record.key: record.value for record in records} == values
    assert count == len(values)


@given(st.lists(st.tuples(_TEXT, _TEXT, _TEXT).filter(lambda row: any(cell.strip() for cell in row)), max_size=6))
def test_csv_cells_come_back_line_breaks_and_quotes_included(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    records, count = _read("csv", out.getvalue().encode(), ("a", "b", "c"))
    assert [tuple((record.value or {}).values()) for record in records] == rows
    assert count == len(rows)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_lines(data: bytes) -> None:
    records, count = _read("jsonl", data)
    assert len(records) == count
    assert all((record.value is None) != (record.error is None) for record in records)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_csv(data: bytes) -> None:
    records, count = _read("csv", data, ("a", "b"))
    assert len(records) == count


def test_a_csv_header_names_the_columns_and_is_no_record() -> None:
    records, count = _read("csv", b"stem,key\nWhich?,A\n\nWhat?,B\n")
    assert [record.value for record in records] == [{"stem": "Which?", "key": "A"}, {"stem": "What?", "key": "B"}]
    assert [record.row for record in records] == [1, 2]
    assert count == 2


def test_an_unclosed_quote_costs_one_record() -> None:
    data = b'one,1\n"two,2\nthree,3\n"fo\nur",4\n'
    records, count = _read("csv", data, ("a", "b"))
    assert [record.value for record in records] == [
        {"a": "one", "b": "1"},
        None,
        {"a": "three", "b": "3"},
        {"a": "fo\nur", "b": "4"},
    ]
    assert records[1].raw_text == '"two,2'
    assert "line 2" in str(records[1].error)
    assert count == 4


@pytest.mark.parametrize("line", ['a"b,"c\n', '1,"2\n3,4""5\n', '"a""b\n"'])
def test_quotes_that_are_never_closed_do_not_cost_the_square_of_the_file(line: str) -> None:
    data = f"one,1\n{line * 10_000}".encode()
    began = time.thread_time()
    with suppress(SourceError):
        _read("csv", data, ("a", "b"))
    assert time.thread_time() - began < 2


@pytest.mark.parametrize("text", ["q" * 3_000_000, 'a "line"\n\\ [{,' * 300_000], ids=["one line", "many lines"])
@pytest.mark.parametrize("kind", ["json", "jsonl", "csv", "parquet"])
def test_a_huge_text_is_one_record_in_every_format(kind: str, text: str) -> None:
    values = [{"q": "One?", "o": "a"}, {"q": text, "o": "b"}, {"q": "Two?", "o": "c"}]
    records, count = _read(kind, _written(kind, values))
    assert [record.value for record in records] == values
    assert count == len(values)


def _written(kind: str, values: Sequence[Mapping[str, str]]) -> bytes:
    if kind == "parquet":
        data = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(value) for value in values]), data)
        return data.getvalue()
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([values[0], *(value.values() for value in values)])
        return text.getvalue().encode()
    return ("\n".join(map(json.dumps, values)) if kind == "jsonl" else json.dumps(values)).encode()


def test_records_of_a_json_document_are_counted_in_little_memory() -> None:
    data = json.dumps([{"q": '"\\\n' * 500_000}]).encode()
    tracemalloc.start()
    try:
        assert count_records(data, _layout("json")) == 1
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data)
    finally:
        tracemalloc.stop()


def test_broken_lines_keep_their_line_number_and_text() -> None:
    records, count = _read("jsonl", b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n[1]\n{"a": "\xff"}\n{"a": "\\ud800"}\n')
    assert [(record.row, record.value) for record in records] == [
        (1, {"a": 1}),
        (3, None),
        (4, None),
        (5, None),
        (6, None),
    ]
    details = [record.error or "" for record in records]
    assert "broken JSON" in details[1] and "column" in details[1]
    assert details[2] == "a JSON list where an object is expected"
    assert details[3] == "invalid UTF-8: byte 0xff at byte 8 of the record"
    assert records[3].raw_text == '{"a": "\\xff"}'
    assert "broken JSON" in details[4]
    assert count == 5


def test_a_line_separator_inside_a_text_ends_no_record() -> None:
    records, count = _read("jsonl", '{"a": "one\u2028two\x85three"}\n'.encode())
    assert [record.value for record in records] == [{"a": "one\u2028two\x85three"}]
    assert count == 1


def test_a_repeated_key_and_bad_bytes_in_a_json_document_spoil_no_other_member() -> None:
    records, count = _read("json", b'{"1": {"a": 1}, "2": {"a": "\xff"}, "1": {"a": 3}, "4": 5}')
    assert [(record.key, record.value) for record in records] == [
        ("1", {"a": 1}),
        ("2", None),
        ("1", {"a": 3}),
        ("4", None),
    ]
    assert count == 4


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'{"1": {"a": 1},\n "2": }', r"line 2, column 7"),
        (b'{"1": {}} trailing', r"line 1, column 10"),
        (b'"text"', r"line 1, column 1"),
        (b'[{"a": 1} {"b": 2}]', r"line 1, column 11"),
        (b"", r"line 1, column 1"),
    ],
)
def test_a_broken_json_document_is_wrong_as_a_whole(data: bytes, where: str) -> None:
    with pytest.raises(SourceError, match=rf"file: {where}: broken JSON"):
        _read("json", data)


def test_a_file_that_is_no_parquet_is_wrong_as_a_whole() -> None:
    with pytest.raises(SourceError, match="file: not readable as parquet"):
        _read("parquet", b"PAR1 not really")


@given(st.lists(_TEXT, min_size=1, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_the_rows_of_a_json_object_of_columns_come_back(texts: list[str], by_row: bool, indent: int | None) -> None:
    rows = [{"q": text, "o": [text, "other"]} for text in texts]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    table = {name: {str(at): value for at, value in enumerate(column)} for name, column in columns.items()}
    data = json.dumps(table if by_row else columns, indent=indent).encode()
    layout = in_format(_layout("json").model_copy(update={"format": None}), "file.json", data)
    records = list(read_records(data, "file.json", layout))
    assert [record.value for record in records] == rows
    assert (layout.format, count_records(data, layout)) == ("json_columns", len(rows))


def test_a_row_that_a_column_lacks_has_the_other_fields() -> None:
    (first, second), _ = _read("json_columns", b'{"q": {"0": "one", "7": "two"}, "g": {"7": "A"}, "version": 3}')
    assert (first.value, second.value) == ({"q": "one"}, {"q": "two", "g": "A"})


@pytest.mark.parametrize("data", [b'{"g": {"0": "A"}}', b'{"q": "text"}', b"[1]", b'{"q": {"0": "one"', b"null"])
def test_json_without_a_column_of_questions_is_no_table(data: bytes) -> None:
    with pytest.raises(SourceError, match="expected one JSON object that has a column 'q'"):
        _read("json_columns", data)


@pytest.mark.parametrize(
    "data", [b'{"q": "one", "o": {"A": "x"}}\n', b'{"q": "one"}\n{"q": "two"}\n', b'{"q": "one"\n', b"{}"]
)
def test_a_json_file_of_records_a_line_is_no_table(data: bytes) -> None:
    layout = _layout("json").model_copy(update={"format": None})
    assert in_format(layout, "file.json", data).format == "jsonl"
