"""What reviewers filled in: CSV (also as a spreadsheet saves it) or the JSON of the page, kept unchanged.

Every filled-in row is a row of table `reviews`, with its problem if it cannot be used.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import temporary_folder
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.sources.inputs import InputFiles
from reasonmed_assets.vocabulary import REVIEW_VERDICTS

EXAMPLE = ("example_id", "content_hash")
"""Which text a row is about."""
VERDICTS = ("key_verdict", "reasoning_verdict", "answer_verdict")
"""What a reviewer is asked about an example."""
FILLED_IN = (*VERDICTS, "comment", "reviewer")

_ID = re.compile(r"[0-9a-f]{16}")
_DELIMITERS = ",;\t"
_LONGEST_CELL = 1 << 24
_FORMULA = re.compile(r"""((?:^|[,;\t\r\n])(?:[^\S\t\r\n]|")*)('*[=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""What a spreadsheet runs as a formula, behind the apostrophes that mark it as a text: at the start of a cell, and
within a text where a spreadsheet that separates by another character than the file does begins another cell."""
_CONTROL = re.compile(r"'*[\t\r\n]")
"""How a cell begins that a spreadsheet reads as if it began behind that character."""
_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")
"""What no table stores: half a character, and the character that ends a text."""
_SURPLUS = "(further cells)"
_AS_ON_THE_PAGE = {"not sure": "unsure"}


class ReviewError(ReasonmedError):
    """Reviews that cannot be written or imported; the message says what to change."""


@dataclass(frozen=True)
class Review:
    """One filled-in row.

    Attributes:
        review_id: hash of file and row.
        file: name of the file among those that are kept.
        row: record number in the file, from 1.
        example_id, content_hash, key_verdict, reasoning_verdict, answer_verdict, comment, reviewer: as filled in, None
            where there is nothing (or, of a verdict, nothing that is one).
        problem: why the row cannot be used; None for a good one.
        raw_text: the row as received, as JSON.
    """

    review_id: str
    file: str
    row: int
    example_id: str | None
    content_hash: str | None
    key_verdict: str | None
    reasoning_verdict: str | None
    answer_verdict: str | None
    comment: str | None
    reviewer: str | None
    problem: str | None
    raw_text: str


SCHEMA = {field.name: pl.Int64 if field.name == "row" else pl.String for field in fields(Review)}


@dataclass(frozen=True)
class Imported:
    """An imported file: where it is kept, whether it is new, its filled-in rows, and the number of empty ones."""

    path: Path
    is_new: bool
    reviews: list[Review]
    n_empty: int


def as_cell(text: str) -> str:
    """The text as a cell of a sheet: with an apostrophe before what a spreadsheet would run as a formula."""
    marked = _FORMULA.sub(r"\1'\2", text)
    return f"'{marked}" if _CONTROL.match(marked) else marked


def from_cell(cell: str) -> str:
    """The text that `as_cell` wrote."""
    marked = cell[1:] if cell.startswith("'") and _CONTROL.match(cell) else cell
    return _FORMULA.sub(lambda found: found[1] + found[2].removeprefix("'"), marked)


def import_reviews(folder: Path, file: Path) -> Imported:
    """Keep a copy of a reviewer's file in the folder; one with a content that is there already is kept once.

    Raises:
        ReviewError: the file is not one of reviews; nothing is kept then.
    """
    if file.suffix.lower() not in (".csv", ".json"):
        raise ReviewError(f"{file}: reviews come as .csv or .json; save a sheet of another kind as CSV")
    try:
        # Opening a named pipe would wait for somebody to write into it; a device may have no end.
        if file.exists() and not file.is_file():
            raise ReviewError(f"{file} is no regular file: give the file that the reviewer sent back")
        content = file.read_bytes()
    except OSError as error:
        raise ReviewError(f"{file} cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()[:12]
    known = kept_files(folder)
    path = next((kept for kept in known if kept.stem.endswith(f"-{digest}")), None)
    is_new = path is None
    if path is None:
        number = 1 + max((int(kept.stem.partition("-")[0]) for kept in known), default=0)
        path = folder / f"{number:05d}-{digest}{file.suffix.lower()}"
    # Read before it is kept, as a build reads it: what a build could not use stays outside, and so does what it would
    # read with a loss. A file that an earlier version kept is read on.
    reviews, n_empty = _filled_in(path.name, _records(content, file, is_strict=is_new))
    if is_new:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder("reviews", path.parent) as aside:
            (aside / path.name).write_bytes(content)
            (aside / path.name).replace(path)
    return Imported(path, is_new, reviews, n_empty)


def kept_files(folder: Path, inputs: InputFiles | None = None) -> list[Path]:
    """The files of reviewers in the folder of a warehouse, in the order in which they came, as this build sees them."""
    return (inputs or InputFiles()).matching(folder, "[0-9][0-9][0-9][0-9][0-9]-*")


def read_reviews(path: Path, inputs: InputFiles | None = None) -> tuple[list[Review], int]:
    """The filled-in rows of a kept file, as this build sees it, and the number of empty ones.

    Raises:
        ReviewError: it is not a file of reviews.
    """
    return _filled_in(path.name, _records((inputs or InputFiles()).read(path), path))


def _filled_in(file: str, records: Sequence[Mapping[str, str]]) -> tuple[list[Review], int]:
    reviews, n_empty = [], 0
    for row, record in enumerate(records, start=1):
        if any(record.get(name) for name in (*VERDICTS, "comment", _SURPLUS)):
            reviews.append(_review(file, row, record))
        else:
            n_empty += 1
    return reviews, n_empty


def _review(file: str, row: int, record: Mapping[str, Any]) -> Review:
    values = {name: record.get(name) or None for name in (*EXAMPLE, *FILLED_IN)}
    verdicts = {
        name: _AS_ON_THE_PAGE.get(value.lower(), value.lower())
        for name in VERDICTS
        if (value := values[name]) is not None
    }
    unknown = [f"{name} is {values[name]!r}" for name, value in verdicts.items() if value not in REVIEW_VERDICTS]
    problems = [f"{name} is no id: {values[name]!r}" for name in EXAMPLE if not _ID.fullmatch(values[name] or "")]
    problems += [f"{one}, not one of {', '.join(REVIEW_VERDICTS)}" for one in unknown]
    problems += [] if verdicts else ["there is a comment and no verdict"]
    problems += [] if values["reviewer"] else ["there is no reviewer"]
    problems += [f"there are more cells than columns: {record[_SURPLUS]}"] if record.get(_SURPLUS) else []
    usable = {name: verdicts.get(name) if verdicts.get(name) in REVIEW_VERDICTS else None for name in VERDICTS}
    return Review(
        review_id=make_id(file, row),
        file=file,
        row=row,
        problem="; ".join(problems) or None,
        raw_text=json.dumps(record, ensure_ascii=False),
        **(values | usable),
    )


def _records(content: bytes, file: Path, *, is_strict: bool = False) -> list[dict[str, str]]:
    """The rows of a file, cells trimmed, without characters that no table stores.

    Args:
        content: the file's bytes.
        file: its name, for messages.
        is_strict: refuse what would lose a cell (a column twice) or rows (a quotation mark that nothing ends).

    Raises:
        ReviewError: neither JSON nor CSV, or columns are missing.
    """
    read = _json_records if file.suffix.lower() == ".json" else _csv_records
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A spreadsheet that does not save UTF-8 saves its machine's code page, in the West this one.
        text = content.decode("cp1252", errors="backslashreplace")
    try:
        rows = list(read(text, file, is_strict))
    except csv.Error as error:
        raise ReviewError(f"{file} is no CSV: {error}") from error
    except RecursionError as error:
        raise ReviewError(f"{file} is no file of reviews: its values are nested too deeply") from error
    records = [{_stored(name): _stored(cell) for name, cell in row.items()} for row in rows]
    missing = [name for name in (*EXAMPLE, *FILLED_IN) if not all(name in record for record in records)]
    if missing or not records:
        raise ReviewError(
            f"{file} is no file of reviews: "
            + (f"it lacks {', '.join(missing)}" if records else "it has no rows")
            + "; fill in what `reasonmed review export` wrote, and keep its columns"
        )
    return records


def _stored(text: str) -> str:
    # Halves that belong together are one character again.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NO_TEXT.sub("\ufffd", whole).strip()


def _csv_records(text: str, file: Path, is_strict: bool) -> Iterator[dict[str, str]]:
    """Rows by column; spreadsheets separate cells by semicolons or tabs where a comma is a decimal sign."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=delimiter, restkey=_SURPLUS, restval="", strict=is_strict
    )
    if is_strict:
        _refuse_doubles([name.strip() for name in reader.fieldnames or ()], file)
    for row in reader:
        yield {
            (name or "").strip(): " | ".join(filter(None, cell)) if isinstance(cell, list) else from_cell(cell)
            for name, cell in row.items()
        }


def _refuse_doubles(names: Sequence[str], file: Path) -> None:
    double = [name for name in (*EXAMPLE, *FILLED_IN) if names.count(name) > 1]
    if double:
        raise ReviewError(f"{file} has {', '.join(double)} more than once: leave one of them")


def _json_records(text: str, file: Path, is_strict: bool) -> Iterator[dict[str, str]]:
    def of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if is_strict:
            _refuse_doubles([name for name, _ in pairs], file)
        return dict(pairs)

    try:
        rows = json.loads(text, object_pairs_hook=of_pairs)
    except (ValueError, RecursionError) as error:
        raise ReviewError(f"{file} is no JSON: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReviewError(f"{file}: expected a list of reviews, as the page writes it")
    for row in rows:
        yield {name: "" if cell is None else str(cell) for name, cell in row.items()}
