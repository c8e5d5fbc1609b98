"""From a file to its records, whatever the format: boundaries and native values, no interpretation of fields.

A record that cannot be decoded carries its error and its raw text; only a file that is wrong as a whole raises.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets.sources.declaration import Layout, SourceError

_BOM = b"\xef\xbb\xbf"
_ESCAPED = "surrogateescape"
_LONGEST_CELL = 1 << 26
"""Characters of a csv cell. The limit keeps a quote that is never closed from costing the rest of the file."""
_READ_IN_VAIN = 1 << 22, 50
"""How many characters quotes without an end may cost in all: a number, or more in a long file, in times its length."""
_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_A_NUMBER = re.compile(rb"\b(?:NaN|Infinity)\b")
_JSON_NAME = re.compile(rb'"\s*+:')
_JSON_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Attributes:
        row: record number in the file, from 1; for JSON Lines the line.
        raw_text: the record as it is in the file, undecodable bytes as escapes.
        value: its native fields; None where it could not be decoded.
        error: why not.
        is_too_long: a text of it is longer than can be read.
        key: its key in a JSON object of records.
    """

    row: int
    raw_text: str
    value: Mapping[str, Any] | None = None
    error: str | None = None
    is_too_long: bool = False
    key: str | None = None


def read_records(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    """The records of a file in file order.

    Args:
        content: the file's bytes.
        file: its name in messages and ids, relative to the data directory.
        layout: how to read it.

    Raises:
        SourceError: the file is of another format.
    """
    yield from _READERS[str(layout.format)](content, file, layout)


def in_format(layout: Layout, file: str, content: bytes) -> Layout:
    """The layout with its format, where that is left to the ending of the file's name.

    Raises:
        SourceError: the name has no known ending.
    """
    if layout.format is not None:
        return layout
    ending = PurePosixPath(file).suffix.lower().removeprefix(".")
    if ending == "json":
        ending = _json_form(content.removeprefix(_BOM).lstrip(), layout.question)
    if ending not in _READERS:
        raise SourceError(f"{file}: its layout leaves the format to the name's ending: expected {', '.join(_READERS)}")
    return layout.model_copy(update={"format": ending})


def _json_form(content: bytes, question: str) -> str:
    """Which form of JSON a file named `.json` has: an array of records, a record a line, or an object of columns."""
    if content[:1] == b"[":
        return "json"
    if content.startswith(b"{"):
        columns = _columns(content)
        if columns is not None and isinstance(columns.get(question), dict | list):
            return "json_columns"
    return "jsonl"


def _columns(content: bytes) -> dict[str, Any] | None:
    """The one JSON object that a file is; None where it is anything else, as records a line are."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def count_records(content: bytes, layout: Layout) -> int:
    """How many records the file has, found without decoding any (the reader's result is checked against it).

    Lines with text for JSON Lines; members of the outermost value by brackets and commas for JSON; those of the
    question's column for JSON by column; the footer for parquet; for csv, whose boundaries depend on its quoting, the
    splitter's count.
    """
    if layout.format == "jsonl":
        return sum(1 for line in io.BytesIO(content.removeprefix(_BOM)) if line.strip())
    if layout.format == "json":
        return _count_members(content.decode("utf-8", _ESCAPED))
    if layout.format == "json_columns":
        return len((_columns(content.removeprefix(_BOM)) or {}).get(layout.question, ()))
    if layout.format == "csv":
        return sum(1 for _ in _split_csv(_csv_lines(content), "file", len(layout.columns))) - (
            0 if layout.columns else 1
        )
    return pq.ParquetFile(pa.BufferReader(content)).metadata.num_rows


def _read_jsonl(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    for number, line in enumerate(io.BytesIO(content.removeprefix(_BOM)), start=1):
        if line.strip():
            yield _record_of_json(number, line.rstrip(b"\r\n"))


def _record_of_json(row: int, data: bytes, key: str | None = None) -> Record:
    raw_text = data.decode("utf-8", "backslashreplace")
    if key is not None and any("\ud800" <= char <= "\udfff" for char in key):
        return Record(row, raw_text, error=f"the key {key!a} holds a part of a character")
    problem = _utf8_problem(data)
    if problem:
        return Record(row, raw_text, error=problem, key=key)
    try:
        value = _json_value(data)
    except json.JSONDecodeError as error:
        return Record(row, raw_text, error=f"broken JSON: {error.msg} at column {error.colno}", key=key)
    except RecursionError:
        return Record(row, raw_text, error="its JSON is nested too deeply", key=key)
    except _RepeatedNameError as error:
        return Record(row, raw_text, error=f"{str(error)!r} appears twice in an object of the record", key=key)
    if not isinstance(value, dict):
        return Record(row, raw_text, error=f"a JSON {type(value).__name__} where an object is expected", key=key)
    return Record(row, raw_text, value=value, key=key)


class _RepeatedNameError(Exception):
    """A name that an object holds twice: which of its values counts is unknown."""


def _json_value(data: bytes) -> Any:
    """A JSON value whose objects hold each name once; NaN is a number, as Python writes it.

    Raises:
        json.JSONDecodeError: it is no JSON.
        RecursionError: it is nested too deeply.
        _RepeatedNameError: a name appears twice in an object.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        if not _NOT_A_NUMBER.search(data):
            raise
        return json.loads(data, object_pairs_hook=_once_each)
    # Names are counted first, since the check itself is slow.
    if len(_JSON_NAME.findall(data)) != _n_names(value):
        json.loads(data, object_pairs_hook=_once_each)
    return value


def _n_names(value: Any) -> int:
    """The number of names in all objects of a JSON value."""
    found, inner = 0, [value]
    while inner:
        one = inner.pop()
        if isinstance(one, dict):
            found += len(one)
            inner.extend(one.values())
        elif isinstance(one, list):
            inner.extend(one)
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RepeatedNameError(next(name for name, n in Counter(name for name, _ in pairs).items() if n > 1))
    return value


def _utf8_problem(data: bytes) -> str | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"invalid UTF-8: byte 0x{data[error.start]:02x} at byte {error.start + 1} of the record"
    return None


def _read_json(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    text = content.removeprefix(_BOM).decode("utf-8", _ESCAPED)
    try:
        for row, (key, raw) in enumerate(_members(text), start=1):
            yield _record_of_json(row, raw.encode("utf-8", _ESCAPED), key)
    except RecursionError as error:
        raise SourceError(f"{file}: its JSON is nested too deeply: get the file again") from error
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{file}: line {error.lineno}, column {error.colno}: broken JSON ({error.msg}); "
            "expected one JSON array of objects or one object of objects by id: get the file again"
        ) from error


def _members(text: str) -> Iterator[tuple[str | None, str]]:
    """Key (None in an array) and raw text of each member of the outermost JSON value; keys may repeat."""
    # Only boundaries are looked for: Python would convert no number of more than 4,300 digits.
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    at = _skip(text, 0)
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        raise json.JSONDecodeError("no object or array", text, at)
    closing = "}" if opening == "{" else "]"
    at = _skip(text, at + 1)
    if text[at : at + 1] != closing:
        while True:
            key = None
            if opening == "{":
                if text[at : at + 1] != '"':
                    raise json.JSONDecodeError("expected a key in quotes", text, at)
                key, at = decoder.raw_decode(text, at)
                at = _skip(text, _expect(text, _skip(text, at), ":"))
            _, end = decoder.raw_decode(text, at)
            yield key, text[at:end]
            at = _skip(text, end)
            if text[at : at + 1] == closing:
                break
            at = _skip(text, _expect(text, at, ","))
    if _skip(text, at + 1) != len(text):
        raise json.JSONDecodeError("text after the end", text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, character: str) -> int:
    if text[at : at + 1] != character:
        raise json.JSONDecodeError(f"expected {character!r}", text, at)
    return at + 1


def _count_members(text: str) -> int:
    depth, commas, has_members = 0, 0, False
    for token in _JSON_STRUCTURE.finditer(text):
        mark = token.group()
        if mark in "{[":
            has_members = has_members or depth == 1
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == 1:
            commas += mark == ","
            has_members = True
    return commas + 1 if has_members else 0


def _read_json_columns(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    """The rows of a table that pandas wrote as an object of columns, each an object by row or an array."""
    columns = _columns(content.removeprefix(_BOM))
    if columns is None or not isinstance(columns.get(layout.question), dict | list):
        raise SourceError(f"{file}: expected one JSON object that has a column {layout.question!r}: get the file again")
    by_row = {
        name: column if isinstance(column, dict) else {str(at): value for at, value in enumerate(column)}
        for name, column in columns.items()
        if isinstance(column, dict | list)
    }
    for row, at in enumerate(by_row[layout.question], start=1):
        value = {name: column[at] for name, column in by_row.items() if at in column}
        yield Record(row, json_text(value), value=value)


def _csv_lines(content: bytes) -> list[str]:
    text = content.removeprefix(_BOM).decode("utf-8", _ESCAPED)
    return list(io.StringIO(text, newline="\n"))


def _split_csv(lines: list[str], file: str, width: int) -> Iterator[tuple[int, list[str] | None, str]]:
    """Line number, cells (None where the quoting is broken) and raw text of each csv record.

    A record of the wrong width that spans several lines is taken for a quote that was never closed: its first line
    alone is the bad record, and reading goes on after it, so that it does not swallow its neighbours.

    Args:
        lines: the lines of the file, with their ends.
        file: its name in messages.
        width: expected number of cells; 0: as many as the first record (the header) has.

    Raises:
        SourceError: there are too many such quotes to read in reasonable time.
    """
    csv.field_size_limit(_LONGEST_CELL)
    at = in_vain = 0
    some, times = _READ_IN_VAIN
    bound = max(some, times * sum(map(len, lines)))
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        reader = csv.reader(map(lines.__getitem__, range(at, len(lines))))
        try:
            cells: list[str] | None = next(reader)
            taken = reader.line_num
        except csv.Error:
            cells, taken = None, reader.line_num
        width = width or len(cells or ())
        if cells and not any(map(str.strip, cells[width:])):
            del cells[width:]  # spreadsheets end rows with separators
        if taken > 1 and (cells is None or len(cells) != width):
            in_vain += sum(map(len, lines[at : at + taken]))
            if in_vain > bound:
                raise SourceError(
                    f"{file}: line {at + 1}: this and many quotes before it are never closed: get the file again"
                )
            cells, taken = None, 1
        yield at + 1, cells, "".join(lines[at : at + taken]).rstrip("\r\n")
        at += taken


def _read_csv(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    records = _split_csv(_csv_lines(content), file, len(layout.columns))
    columns = layout.columns
    if not columns:
        header = next(records, None)
        names = (header[1] or ()) if header else ()
        columns = tuple(name.encode("utf-8", _ESCAPED).decode("utf-8", "backslashreplace").strip() for name in names)
        repeated = [name for name, n in Counter(filter(None, columns)).items() if n > 1]
        if repeated:
            raise SourceError(
                f"{file}: its header names the column {repeated[0]!r} twice: which of them counts is unknown; "
                "give each column a name of its own"
            )
    for row, (line, cells, raw) in enumerate(records, start=1):
        data = raw.encode("utf-8", _ESCAPED)
        raw_text = data.decode("utf-8", "backslashreplace")
        problem = _utf8_problem(data)
        if problem is None and cells is None:
            problem = f"line {line}: a quoted cell is never closed, or has more than {_LONGEST_CELL:,} characters"
        elif problem is None and cells is not None and len(cells) != len(columns):
            problem = f"line {line}: {len(cells)} cells where {len(columns)} are expected ({', '.join(columns)})"
        if problem or cells is None:
            yield Record(row, raw_text, error=problem, is_too_long=len(raw) > _LONGEST_CELL)
        else:
            yield Record(row, raw_text, value=dict(zip(columns, cells, strict=True)))


def json_text(value: Any) -> str:
    """A record's fields as JSON; values that JSON lacks as text."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # nested deeper than the quick encoder goes
        return json.dumps(value, default=str, ensure_ascii=False)


def _as_texts(value: Any) -> Any:
    """A value in which texts that were stored as bytes are texts."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, dict):
        return {name: _as_texts(one) for name, one in value.items()}
    return [_as_texts(one) for one in value] if isinstance(value, list) else value


def _read_parquet(content: bytes, file: str, layout: Layout) -> Iterator[Record]:
    try:
        parquet = pq.ParquetFile(pa.BufferReader(content))
        row = 0
        for batch in parquet.iter_batches():
            for value in batch.to_pylist():
                row += 1
                value = _as_texts(value)
                yield Record(row, json_text(value), value=value)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        # pyarrow raises OSError where the bytes of a page make no sense.
        raise SourceError(f"{file}: not readable as parquet ({error}): get the file again") from error


_READERS: dict[str, Callable[[bytes, str, Layout], Iterator[Record]]] = {
    "jsonl": _read_jsonl,
    "json": _read_json,
    "json_columns": _read_json_columns,
    "csv": _read_csv,
    "parquet": _read_parquet,
}
