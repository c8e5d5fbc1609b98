"""A source's files -> question records, the records that could not be read, and what every file held.

One bad record never stops the others; a file that is wrong as a whole stops the source with an error that names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

import orjson
import polars as pl

from reasonmed_assets.rules.answer_labels import stated_letter
from reasonmed_assets.rules.ids import question_id, raw_id
from reasonmed_assets.sources.declaration import Declaration, Layout, SourceError
from reasonmed_assets.sources.fields import (
    FieldError,
    Options,
    TooLongError,
    as_id,
    label,
    native_id,
    optional_text,
    options_of,
    refuse_long_texts,
    stem,
)
from reasonmed_assets.sources.files import SplitFiles, file_digest, find_files
from reasonmed_assets.sources.inputs import InputFiles
from reasonmed_assets.sources.labels import Base, Label, LabelError, as_index, detect_base, gold_letter, is_text_of
from reasonmed_assets.sources.pictures import needs_figure
from reasonmed_assets.sources.records import Record, count_records, in_format, json_text, read_records
from reasonmed_assets.vocabulary import LETTERS

_SHOWN_IDS = 5
_OBJECTS = 10_000
"""Questions that are held as objects until they are compressed together."""


@dataclass(frozen=True, slots=True)
class Question:
    """One record of a source file, normalised: the columns of `raw_questions` and `benchmark_questions`."""

    raw_id: str
    question_id: str
    source: str
    split: str
    split_role: str
    file: str
    row: int
    native_id: str | None
    question: str
    context: str | None
    options: list[str]
    gold_letter: str
    gold_text: str
    n_options: int
    subject: str | None
    language: str
    explanation: str | None
    licence: str
    needs_figure: bool
    native: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is no usable question, with the reason (`malformed` or `too_long`), the detail and its raw text."""

    raw_id: str
    source: str
    split: str
    split_role: str
    file: str
    row: int
    reason: str
    detail: str
    raw_text: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was read for one split.

    Attributes:
        file: name relative to the data directory.
        split: the split.
        split_role: its role.
        records: records of the split in the file, counted apart from decoding them.
        digest: SHA-256 of the file.
        is_base_assumed: nothing in the file shows whether its labels count from 0 or from 1.
    """

    file: str
    split: str
    split_role: str
    records: int
    digest: str
    is_base_assumed: bool = False


class Questions:
    """Questions in the order in which they were read: all but the last are kept as compressed Parquet.

    Args:
        frame: the first of them; a column by attribute.
    """

    _TYPES: ClassVar[Any] = dict.fromkeys((field.name for field in fields(Question)), pl.String) | {
        "row": pl.Int64, "n_options": pl.Int64, "needs_figure": pl.Boolean, "options": pl.List(pl.String)
    }  # fmt: skip

    def __init__(self, frame: pl.DataFrame | None = None) -> None:
        self._parts: list[bytes] = []
        self._last: list[Question] = []
        self._n = 0
        for part in frame.cast(self._TYPES).iter_slices(_OBJECTS) if frame is not None else ():
            self._keep(part)

    def append(self, question: Question) -> None:
        """Add a question."""
        self._last.append(question)
        if len(self._last) == _OBJECTS:
            self._keep(self._frame_of_last())
            self._last = []

    def frame(self, columns: Collection[str] = (), wanted: pl.Expr | Literal[True] = True) -> pl.DataFrame:
        """A column per attribute, or those that are named, of the wanted ones; typed also where there are none."""
        names = [name for name in self._TYPES if not columns or name in columns]
        parts = [*map(pl.scan_parquet, self._parts), self._frame_of_last().lazy()]
        return pl.concat(part.filter(wanted).select(names).collect() for part in parts)

    def _keep(self, frame: pl.DataFrame) -> None:
        written = BytesIO()
        frame.write_parquet(written)
        self._parts.append(written.getvalue())
        self._n += len(frame)

    def _frame_of_last(self) -> pl.DataFrame:
        columns = {name: [getattr(one, name) for one in self._last] for name in self._TYPES}
        return pl.DataFrame(columns, schema=self._TYPES)

    def __len__(self) -> int:
        return self._n + len(self._last)

    def __iter__(self) -> Iterator[Question]:
        for part in self._parts:
            yield from (Question(*row) for row in pl.read_parquet(part).iter_rows())
        yield from self._last


@dataclass(frozen=True)
class Reading:
    """What a source's files hold: per file, questions + unreadable = records."""

    questions: Questions
    unreadable: list[Unreadable]
    files: list[FileRead]


def read_source(
    declaration: Declaration, data_dir: Path, roles: Mapping[str, str], inputs: InputFiles | None = None
) -> Reading:
    """Read every split of a source that has a use.

    Args:
        declaration: the source.
        data_dir: folder that the declared paths are relative to.
        roles: role by split (train, benchmark, stand_in, unused), where it differs from the declared one.
        inputs: the files as this build sees them; None: as they are now.

    Raises:
        ChangedError: a file changed while it was read.
        SourceError: a file is missing, empty, of another format or labelled in no known way; a split is unknown.
    """
    inputs = inputs or InputFiles()
    reading = Reading(Questions(), [], [])
    for split in find_files(declaration, data_dir, roles, inputs):
        ids = _split_ids(split, data_dir, inputs)
        for file in split.files:
            _FileReader(declaration, split, file, data_dir, inputs, ids).read_into(reading)
        ids.check_known(split)
    _check_splits_are_disjoint(declaration.name, reading)
    return reading


def unreadable_frame(records: Sequence[Unreadable]) -> pl.DataFrame:
    """Unreadable records as a frame, one column per attribute, typed also when there are none."""
    schema = {field.name: pl.Int64 if field.name == "row" else pl.String for field in fields(Unreadable)}
    return pl.DataFrame([asdict(record) for record in records], schema=schema)


def _check_splits_are_disjoint(source: str, reading: Reading) -> None:
    columns = ("raw_id", "split", "file", "row")
    split_of: dict[str, str] = {}
    for frame in (reading.questions.frame(columns), unreadable_frame(reading.unreadable)):
        for record, split, file, row in frame.select(columns).iter_rows():
            if record in split_of:
                raise SourceError(
                    f"{file}: record {row} is in the splits {split_of[record]} and {split} of {source}: give one of "
                    "them the role unused, or tell them apart by only_ids_in and except_ids_in"
                )
            split_of[record] = split


@dataclass
class _SplitIds:
    """The ids by which a split is told apart: those of its files by name, and the ids that its records have.

    Records without an id, as a broken line is, may be of any that is listed.
    """

    listed: Mapping[str, frozenset[str]]
    only: frozenset[str] | None
    without: frozenset[str]
    seen: set[str]
    n_without_id: int = 0

    def has(self, identifier: str | None) -> bool:
        """Whether a record with this id is in the split; one without an id is where nothing is picked by id."""
        if identifier is None:
            self.n_without_id += 1
        elif self.listed:
            self.seen.add(identifier)
        return identifier not in self.without if self.only is None else identifier in self.only

    def check_known(self, split: SplitFiles) -> None:
        """Raises SourceError where a file lists an id that no record has: nothing would tell the splits apart."""
        for file, ids in self.listed.items():
            unknown = sorted(ids - self.seen)
            if len(unknown) > self.n_without_id:
                shown = ", ".join(map(repr, unknown[:_SHOWN_IDS])) + (", ..." if len(unknown) > _SHOWN_IDS else "")
                raise SourceError(
                    f"{file}: {len(unknown):,} of its {len(ids):,} ids are of no record in {', '.join(split.files)} "
                    f"({shown}), so splits cannot be told apart by it: expected the ids of {split.layout.native_id!r} "
                    "as an array, or as the keys of one object; get it from the publisher of these files"
                )


def _split_ids(split: SplitFiles, data_dir: Path, inputs: InputFiles) -> _SplitIds:
    listed = {file: _read_ids(data_dir, file, split, inputs) for file in split.declared.id_files}
    only, without = split.declared.only_ids_in, split.declared.except_ids_in
    return _SplitIds(listed, listed[only] if only else None, listed[without] if without else frozenset(), set())


def _read_ids(data_dir: Path, file: str, split: SplitFiles, inputs: InputFiles) -> frozenset[str]:
    try:
        ids = orjson.loads(inputs.read(data_dir / file))
    except OSError as error:
        raise SourceError(
            f"{file}: missing in {data_dir}; it lists the ids that split {split.split!r} of "
            f"{', '.join(split.files)} is told apart by: get it from the publisher"
        ) from error
    except orjson.JSONDecodeError as error:
        raise SourceError(f"{file}: line {error.lineno}, column {error.colno}: broken JSON: {error.msg}") from error
    if not isinstance(ids, dict | list) or not ids:
        raise SourceError(f"{file}: expected a JSON object by id, or an array of ids, with at least one")
    return frozenset(as_id(identifier) for identifier in ids)


class _FileReader:
    """Reads one file for one split."""

    def __init__(
        self,
        declaration: Declaration,
        split: SplitFiles,
        file: str,
        data_dir: Path,
        inputs: InputFiles,
        ids: _SplitIds,
    ) -> None:
        self._declaration, self._split, self._file = declaration, split, file
        self._digest = file_digest(data_dir, file, inputs)
        self._content = inputs.read(data_dir / file)
        self._ids = ids
        self._layout: Layout = in_format(split.layout, file, self._content)
        self._first_row_of: dict[str, int] = {}

    def read_into(self, reading: Reading) -> None:
        """Append the file's questions, unreadable records and counts.

        Raises:
            SourceError: nothing in the file can be read.
        """
        base = self._base()
        first = None if base is None else base.first
        n_all = n_split = n_questions = 0
        unreadable: list[Unreadable] = []
        for record in read_records(self._content, self._file, self._layout):
            n_all += 1
            if not self._ids.has(native_id(record, self._layout)):
                continue
            n_split += 1
            try:
                reading.questions.append(self._question(record, first))
                n_questions += 1
            except (FieldError, LabelError) as error:
                unreadable.append(self._unreadable(record, error))
        self._check_is_usable(n_all, n_split, n_questions, unreadable)
        reading.unreadable.extend(unreadable)
        n_records = count_records(self._content, self._layout) - (n_all - n_split)
        is_assumed = base is not None and base.is_assumed
        reading.files.append(
            FileRead(self._file, self._split.split, self._split.role, n_records, self._digest, is_assumed)
        )

    def _check_is_usable(self, n_all: int, n_split: int, n_questions: int, unreadable: Sequence[Unreadable]) -> None:
        if not n_all:
            raise SourceError(f"{self._file}: the file is empty; expected {_expectation(self._layout)}")
        if not n_split:
            raise SourceError(
                f"{self._file}: none of its {n_all} records belongs to split {self._split.split!r}; "
                f"check that {', '.join(self._split.declared.id_files)} is of the same data set"
            )
        if not n_questions and not any(record.reason == TooLongError.reason for record in unreadable):
            raise SourceError(_nothing_readable(self._file, self._layout, unreadable))

    def _base(self) -> Base | None:
        gold = self._layout.gold
        if gold.encoding != "index":
            return None
        return detect_base(self._numbered_labels(), gold.bases, self._file, gold.field)

    def _numbered_labels(self) -> Iterator[Label]:
        """The label of every record that has one and options: a pass of its own, so that no record is kept."""
        for record in read_records(self._content, self._file, self._layout):
            if record.value is not None:
                with suppress(FieldError):
                    index = as_index(label(record.value, self._layout.gold.field))
                    explanation = optional_text(record.value, self._layout.explanation)
                    yield Label(index, len(options_of(record.value, self._layout).texts), stated_letter(explanation))

    def _question(self, record: Record, base: int | None) -> Question:
        if record.value is None:
            raise (TooLongError if record.is_too_long else FieldError)(record.error or "not decodable")
        layout, declaration, value = self._layout, self._declaration, record.value
        identifier = self._new_id(record)
        text = stem(value, layout)
        found = options_of(value, layout)
        letter = gold_letter(layout.gold, label(value, layout.gold.field), found, base)
        options, gold_text = found.texts, found.texts[LETTERS.index(letter)]
        self._check_gold_text(value, letter, found)
        context = optional_text(value, layout.context)
        refuse_long_texts(text, context, options)
        return Question(
            raw_id=raw_id(declaration.name, self._file, record.row),
            question_id=question_id(declaration.name, context, text, options),
            source=declaration.name,
            split=self._split.split,
            split_role=self._split.role,
            file=self._file,
            row=record.row,
            native_id=identifier,
            question=text,
            context=context,
            options=list(options),
            gold_letter=letter,
            gold_text=gold_text,
            n_options=len(options),
            subject=self._subject(value),
            language=declaration.language,
            explanation=optional_text(value, layout.explanation),
            licence=declaration.licence,
            needs_figure=needs_figure(text),
            native=json_text(value),
        )

    def _new_id(self, record: Record) -> str | None:
        identifier = native_id(record, self._layout)
        if identifier is not None:
            first = self._first_row_of.setdefault(identifier, record.row)
            if first != record.row:
                raise FieldError(f"the id {identifier!r} stands already in record {first} of the file")
        return identifier

    def _check_gold_text(self, value: Mapping[str, Any], letter: str, options: Options) -> None:
        field, position = self._layout.gold.text_field, LETTERS.index(letter)
        stated = optional_text(value, field)
        if stated is not None and not is_text_of(stated, options, position):
            named = options.texts[position]
            raise LabelError(f"the label names option {letter} ({named!r}), {field!r} says {stated!r}")

    def _subject(self, value: Mapping[str, Any]) -> str | None:
        pattern = self._layout.subject_from_file
        if pattern is None:
            return optional_text(value, self._layout.subject)
        found = re.search(pattern, Path(self._file).name)
        return found.group(1) if found else None

    def _unreadable(self, record: Record, error: FieldError | LabelError) -> Unreadable:
        return Unreadable(
            raw_id=raw_id(self._declaration.name, self._file, record.row),
            source=self._declaration.name,
            split=self._split.split,
            split_role=self._split.role,
            file=self._file,
            row=record.row,
            reason=getattr(error, "reason", FieldError.reason),
            detail=str(error),
            raw_text=record.raw_text,
        )


def _expectation(layout: Layout) -> str:
    kind = {"jsonl": "JSON Lines", "json": "one JSON array or object of records", "json_columns": "JSON by column"}
    declared = layout.options
    options = declared if isinstance(declared, tuple) else (getattr(declared, "field", declared),)
    named = [field for field in (layout.question, *options, layout.gold.field) if field]
    return f"{kind.get(layout.format or '', layout.format)} with {', '.join(dict.fromkeys(named))}"


def _nothing_readable(file: str, layout: Layout, unreadable: Sequence[Unreadable]) -> str:
    (detail, count), *_ = Counter(row.detail for row in unreadable).most_common(1)
    return (
        f"{file}: none of its {len(unreadable)} records can be read; expected {_expectation(layout)}. "
        f"Record {unreadable[0].row}: {unreadable[0].detail}"
        + (f" ({count} records: {detail})" if detail != unreadable[0].detail else "")
    )
