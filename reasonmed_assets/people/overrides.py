"""What people decide about single questions: a TOML file of entries, each with a reason and a name.

This module reads the file and finds the question of each entry. What follows from an entry is in `sql/tables/`
(`questions`, `rejected_questions`, `difficulty_tiers`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import Field, StringConstraints, ValidationError, model_validator

from reasonmed_assets.config.profile import Section
from reasonmed_assets.config.toml import read_toml, said
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.sources.inputs import InputFiles
from reasonmed_assets.vocabulary import LETTERS, OVERRIDE_KINDS

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

SCHEMA = {
    "override_id": pl.String,
    "kind": pl.String,
    "entry": pl.Int64,
    "question_id": pl.String,
    "source": pl.String,
    "native_id": pl.String,
    "published_gold_text": pl.String,
    "gold_letter": pl.String,
    "gold_text": pl.String,
    "reason": pl.String,
    "decided_by": pl.String,
    "decided_on": pl.String,
    "note": pl.String,
    "is_applied": pl.Boolean,
    "problem": pl.String,
}
"""The columns of table `overrides`, without its row hash."""

OVERRIDDEN_COLUMNS = ("question_id", "source", "native_id", "options", "gold_letter", "gold_text")
"""What of a question is read for its overrides."""


class OverridesError(ReasonmedError):
    """An overrides file that cannot be used; the message names file, entry and key."""


class Entry(Section):
    """One decision about one question, which is named by its id, or by its source and the publisher's id."""

    question_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{16}$")
    source: Text | None = None
    native_id: Text | None = None
    reason: Text
    decided_by: Text
    decided_on: date

    @model_validator(mode="after")
    def _names_one_question(self) -> Entry:
        by_id, by_native = self.question_id is not None, self.source is not None and self.native_id is not None
        is_mixed = by_id and (self.source is not None or self.native_id is not None)
        if by_id == by_native or is_mixed:
            raise ValueError("name the question by question_id, or by source and native_id")
        return self

    @property
    def address(self) -> tuple[str | None, ...]:
        """How the entry names its question."""
        return self.question_id, self.source, self.native_id


class CorrectKey(Entry):
    """The right option is another one: `gold_text` is its text."""

    gold_text: Text


class Overrides(Section):
    """The entries of an overrides file by kind; none where there is no file."""

    drop: tuple[Entry, ...] = ()
    """Questions that no build may use."""
    correct_key: tuple[CorrectKey, ...] = ()
    mark_doubt: tuple[Entry, ...] = ()
    """Questions whose key is doubtful, while no other is certain."""

    @model_validator(mode="after")
    def _no_entry_twice(self) -> Overrides:
        for kind in OVERRIDE_KINDS:
            places: defaultdict[tuple[str | None, ...], list[int]] = defaultdict(list)
            for place, entry in enumerate(getattr(self, kind), start=1):
                places[entry.address].append(place)
            for same in places.values():
                if len(same) > 1:
                    raise ValueError(f"{kind}, entries {' and '.join(map(str, same))}: they name the same question")
        return self

    def entries(self) -> Iterator[tuple[str, int, Entry]]:
        """Kind, number within the file's entries of that kind (from 1), and entry."""
        for kind in OVERRIDE_KINDS:
            for number, entry in enumerate(getattr(self, kind), start=1):
                yield kind, number, entry

    @property
    def digest(self) -> str:
        """Hash of what the entries say, whatever the file's layout."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


def read_overrides(file: Path | None, inputs: InputFiles | None = None) -> Overrides:
    """The entries of a file, as this build sees it; none without one.

    Raises:
        OverridesError: there is no such file, it is not TOML, or a key or value is wrong.
        ChangedError: it changed while it was read.
    """
    if file is None:
        return Overrides()
    try:
        return Overrides.model_validate(read_toml(file, OverridesError, (inputs or InputFiles()).read))
    except ValidationError as error:
        problems = [f"{file}: {_place(e['loc'])}{said(e)}" for e in error.errors(include_url=False)]
        raise OverridesError("\n".join(problems)) from error


def match_overrides(overrides: Overrides, questions: pl.DataFrame) -> pl.DataFrame:
    """The entries with the questions that they name: one row per entry and question, one for an entry without any.

    An entry that cannot be applied has the reason in `problem`. Letters are those of the published order.

    Args:
        overrides: the entries.
        questions: records with `OVERRIDDEN_COLUMNS`; those with one question_id have the same options.

    Returns:
        Rows with the columns of `SCHEMA`, in the order of the file.
    """
    by_id, by_native = _lookups(questions, overrides)
    rows: list[dict[str, Any]] = []
    decided: dict[tuple[str, str], str] = {}
    for kind, number, entry in overrides.entries():
        found = by_id.get(entry.question_id or "", []) or by_native.get((entry.source, entry.native_id), [])
        for question in found or [None]:
            rows.append(_row(kind, number, entry, question, decided))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _lookups(questions: pl.DataFrame, overrides: Overrides) -> tuple[dict[str, list], dict[tuple, list]]:
    """The records that entries name, by id and by the publisher's id; one record for each question."""
    addresses = [entry.address for _, _, entry in overrides.entries()]
    named = questions.filter(
        pl.col("question_id").is_in([question_id for question_id, _, _ in addresses if question_id])
        | pl.col("native_id").is_in([native_id for _, _, native_id in addresses if native_id])
    ).unique("question_id", keep="first", maintain_order=True)
    by_id, by_native = defaultdict(list), defaultdict(list)
    for row in named.iter_rows(named=True):
        by_id[row["question_id"]].append(row)
        by_native[row["source"], row["native_id"]].append(row)
    return dict(by_id), dict(by_native)


def _row(
    kind: str, number: int, entry: Entry, question: dict[str, Any] | None, decided: dict[tuple[str, str], str]
) -> dict[str, Any]:
    letter, problem = None, None
    place = f"{kind}, entry {number}"
    if question is None:
        problem = "no record of the sources has this id"
    else:
        if isinstance(entry, CorrectKey):
            letter, problem = _corrected_letter(entry.gold_text, question)
        earlier = decided.get((question["question_id"], "drop")) or decided.get((question["question_id"], kind))
        problem = f"{earlier} has decided on the question" if earlier else problem
        if problem is None:
            decided[question["question_id"], kind] = place
    given = dict(zip(("question_id", "source", "native_id"), entry.address, strict=True))
    named = given if question is None else {name: question[name] for name in given}
    by = f"by {entry.decided_by} on {entry.decided_on.isoformat()}: {entry.reason}"
    corrected = question["options"][LETTERS.index(letter)] if question and letter else None
    done = {
        "drop": "dropped",
        "correct_key": f"key corrected to {corrected!r}",
        "mark_doubt": "key marked as doubtful",
    }[kind]
    return named | {
        "override_id": make_id(kind, number, named["question_id"], *entry.address),
        "kind": kind,
        "entry": number,
        "published_gold_text": question and question["gold_text"],
        "gold_letter": letter,
        "gold_text": corrected,
        "reason": entry.reason,
        "decided_by": entry.decided_by,
        "decided_on": entry.decided_on.isoformat(),
        "note": f"{done} {by}",
        "is_applied": problem is None,
        "problem": problem,
    }


def _corrected_letter(gold_text: str, question: dict[str, Any]) -> tuple[str | None, str | None]:
    """The letter of the option with this text, or why there is none."""
    found = [i for i, option in enumerate(question["options"]) if normalise(option) == normalise(gold_text)]
    if not found:
        return None, f"no option says {gold_text!r}; the options are {', '.join(map(repr, question['options']))}"
    if normalise(question["gold_text"]) == normalise(gold_text):
        return None, f"{gold_text!r} is the key as published"
    return LETTERS[found[0]], None


def _place(loc: Sequence[str | int]) -> str:
    """Where in the file: ("drop", 1, "reason") is "drop, entry 2, reason: "."""
    parts = [f"entry {part + 1}" if isinstance(part, int) else part for part in loc]
    return f"{', '.join(parts)}: " if parts else ""
