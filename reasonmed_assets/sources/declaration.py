"""What a source of questions is: one TOML file that says where its files are and how a record is to be read.

Reading the files is in `reading.py`; what a split is used for in one build may be overridden by the profile.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from reasonmed_assets.config.profile import SOURCE_NAME
from reasonmed_assets.config.toml import problems, read_toml
from reasonmed_assets.errors import ReasonmedError

_SHIPPED = Path(__file__).parent

SplitRole = Literal["train", "benchmark", "stand_in", "unused"]
RECORD_KEY = "@key"
"""Field name that means the key of a record in a JSON object of records."""

_DEEPEST = 32


class SourceError(ReasonmedError):
    """A source that cannot be used as a whole; the message names the file, what was expected and what to do."""


def _inside(path: str) -> str:
    if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path:
        raise ValueError(f"{path!r} must be a path below the data directory, with forward slashes")
    if len(PurePosixPath(path).parts) > _DEEPEST:
        raise ValueError(f"a path below the data directory has at most {_DEEPEST} names between slashes")
    return path


def _names_files(pattern: str) -> str:
    parts = PurePosixPath(pattern).parts
    if not parts:
        raise ValueError(f"{pattern!r} must name files")
    if any("**" in part and part != "**" for part in parts):
        raise ValueError(f"{pattern!r}: '**' stands for folders, alone between slashes")
    return pattern


RelativePath = Annotated[str, AfterValidator(_inside)]
FilePattern = Annotated[RelativePath, AfterValidator(_names_files)]


def _compiles(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    if groups != 1:
        raise ValueError(f"{pattern!r} must have exactly one group, which is the subject")
    return pattern


class _Section(BaseModel):
    """A part of a declaration: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Gold(_Section):
    """How a record names its right option."""

    field: str
    encoding: Literal["letter", "index", "text", "key"]
    """`letter`: A, B, ...; `index`: a number, from 0 or from 1; `text`: the text of the option; `key`: what the record
    calls the option (its key in an object, its field, its `key` in a list of objects)."""
    bases: tuple[Literal[0, 1], ...] = ()
    """For `index`: what the first option may be numbered, the likely one first; found out per file."""
    text_field: str | None = None
    """A second field that repeats the text of the right option; a record in which the two differ is unreadable."""

    @model_validator(mode="after")
    def _bases_belong_to_an_index(self) -> Gold:
        if (self.encoding == "index") != bool(self.bases) or len(set(self.bases)) != len(self.bases):
            raise ValueError("give bases = [0], [1] or both, likely one first, for the encoding 'index' and only there")
        return self


class ListedOptions(_Section):
    """Options in one field: an object, or a list of texts or of objects; also as a text that holds one in JSON."""

    field: str
    text: str | None = None
    """In a list of objects, the field that has the text of the option."""
    key: str | None = None
    """In a list of objects, the field that has the letter or another name of the option."""

    @model_validator(mode="after")
    def _keys_are_of_objects(self) -> ListedOptions:
        if self.key is not None and self.text is None:
            raise ValueError("give text, the field with the text of the option, where key is given")
        return self


class Layout(_Section):
    """How the records of a file are to be read. A field name may be a dotted path into nested records."""

    format: Literal["jsonl", "json", "json_columns", "csv", "parquet"] | None = None
    """`jsonl`: an object per line; `json`: one array of objects, or one object of objects by id; `json_columns`: one
    object of columns, as pandas writes a table; `csv`; `parquet`. None: by the ending of a file's name, where `.json`
    is an array, an object of columns, or else JSON Lines."""
    columns: tuple[str, ...] = ()
    """Column names of a csv file without a header; with none given, the first record is the header."""
    question: str
    question_until: Annotated[str, Field(min_length=1)] | None = None
    """Words in the question with which something else begins (its options once more), which is left out."""
    options: str | tuple[str, ...] | ListedOptions | None = None
    """One field that holds them all (a list, or an object by letter), or one field per option."""
    fixed_options: tuple[str, ...] = ()
    """Option texts, where the records have none of their own."""
    gold: Gold
    context: str | None = None
    """Text that belongs to the question; a list of passages is joined by blank lines."""
    native_id: str | None = None
    """The publisher's id, unique within a file; "@key" is the record's key in a JSON object."""
    subject: str | None = None
    subject_from_file: Annotated[str, AfterValidator(_compiles)] | None = None
    """Regular expression over the file name; its group is the subject of every record of that file."""
    explanation: str | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Layout:
        if (self.options is None) == (not self.fixed_options):
            raise ValueError("give either options (fields of the record) or fixed_options (texts)")
        if self.gold.encoding == "key" and self.fixed_options:
            raise ValueError("the encoding 'key' names options that the record names, so there are no fixed_options")
        if self.columns and self.format != "csv":
            raise ValueError("columns are for the format 'csv' only")
        if self.subject and self.subject_from_file:
            raise ValueError("give either subject or subject_from_file")
        if self.native_id == RECORD_KEY and self.format != "json":
            raise ValueError("native_id = \"@key\" is for the format 'json' only")
        return self


class Alternative(_Section):
    """One place where a split's files may be."""

    files: tuple[FilePattern, ...] = Field(min_length=1)
    """Paths or glob patterns below the data directory; each must match where the alternative is used."""
    layout: str = "native"
    is_whole_split: bool = False
    """The files hold this split and no other: nothing is picked by id."""


class Split(_Section):
    """A split: its role, and where its files may be."""

    role: SplitRole
    alternatives: tuple[Alternative, ...] = Field(min_length=1)
    """In order of preference: the first one of which any file exists is used."""
    only_ids_in: RelativePath | None = None
    """A JSON file (an object by id, or an array of ids): the split has just these native ids."""
    except_ids_in: RelativePath | None = None
    """The same, for the native ids that the split lacks."""

    @property
    def id_files(self) -> tuple[str, ...]:
        """The files that decide which records belong to the split."""
        return tuple(file for file in (self.only_ids_in, self.except_ids_in) if file)


class Hub(_Section):
    """Where the source is on the Hugging Face hub, and where a fetch puts it."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    """Commit that a fetch takes; with none, the user names one."""
    folder: RelativePath
    """Folder below the data directory that mirrors the repository."""
    files: tuple[FilePattern, ...] = Field(min_length=1)
    """Paths or patterns in the repository."""
    also_needed: tuple[RelativePath, ...] = ()
    """Files below the data directory that the repository lacks and the splits need."""


class Declaration(_Section):
    """A source of multiple-choice questions."""

    name: str = Field(pattern=SOURCE_NAME)
    """Partition key of everything that is built from the source."""
    title: str
    licence: str
    """SPDX identifier where there is one."""
    language: str = Field(pattern=r"^[a-z]{2}$")
    """ISO 639-1 code."""
    layouts: dict[str, Layout] = Field(min_length=1)
    splits: dict[str, Split] = Field(min_length=1)
    hub: Hub | None = None
    re_uploads: dict[str, Hub] = Field(default_factory=dict)
    """Other repositories on the hub that hold the source, by the name that a fetch is given."""

    @model_validator(mode="after")
    def _references_exist(self) -> Declaration:
        for name, split in self.splits.items():
            for alternative in split.alternatives:
                layout = self.layouts.get(alternative.layout)
                if layout is None:
                    raise ValueError(
                        f"splits.{name} names the layout {alternative.layout!r}, "
                        f"which is not among the layouts: {', '.join(self.layouts)}"
                    )
                if split.id_files and layout.native_id is None and not alternative.is_whole_split:
                    raise ValueError(f"splits.{name} picks ids, so layouts.{alternative.layout} needs native_id")
        return self


def shipped_sources() -> tuple[str, ...]:
    """Names of the sources that come with the package."""
    return tuple(sorted(file.stem for file in _SHIPPED.glob("*.toml")))


def load_declaration(name_or_path: str) -> Declaration:
    """Read a shipped declaration by name, or one of the user's by path.

    Raises:
        SourceError: no such source, no TOML, or a wrong key or value; every error names file and key.
    """
    file = _SHIPPED / f"{name_or_path}.toml" if re.fullmatch(SOURCE_NAME, name_or_path) else Path(name_or_path)
    if not os.path.lexists(file):
        raise SourceError(
            f"there is no source {name_or_path!r}: give the path of a TOML file or one of "
            f"{', '.join(shipped_sources())}"
        )
    try:
        return Declaration.model_validate(read_toml(file, SourceError))
    except ValidationError as error:
        raise SourceError("\n".join(f"{file}: {said}" for said in problems(error, "declaration"))) from error
