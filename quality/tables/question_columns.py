"""The columns of a question as its publisher has it."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import Table, column, list_of

from reasonmed_assets.vocabulary import SPLIT_ROLES

_read = partial(column, origin="file")

DECIDED_ON = (
    "gone.question_id in (select question_id from overrides where is_applied)"
    " or gone.question_id in (select question_id from reviews where is_current)"
)
"""That people decided on the question of a row that goes, as SQL (`schema.Guard`)."""


class PublishedQuestion(Table):
    """One record of a source file, normalised, with its native fields kept."""

    raw_id: str = _read("Hash of source, file and row: where the record was read.", unique=True)
    question_id: str = _read("Hash of source, context, stem and options; equal for records with equal text.")
    source: str = _read("Name of the source.")
    split: str = _read("Split as the source declares it.")
    split_role: str = _read("What the split is used for.", isin=SPLIT_ROLES)
    file: str = _read("File, relative to the data directory.")
    row: int = _read("Record number in the file, from 1 (JSON Lines: the line).", ge=1)
    native_id: str = _read("The publisher's own id, where it has one.", nullable=True)
    question: str = _read("Stem of the question.", str_length={"min_value": 1})
    context: str = _read("Text that belongs to the question (PubMedQA abstracts).", nullable=True)
    options: pl.List = list_of(pl.String, "Option texts in published order; the first is A.", origin="file")
    gold_letter: str = _read("Letter of the key in published order.", str_matches=r"^[A-J]$")
    gold_text: str = _read("Text of the keyed option.")
    n_options: int = _read("Number of options.", ge=2, le=10)
    subject: str = _read("Subject as published.", nullable=True)
    language: str = _read("ISO 639-1 code of the question's language.")
    explanation: str = _read("The publisher's explanation. Never part of a prompt.", nullable=True)
    licence: str = _read("Licence of the source (SPDX where there is one).")
    needs_figure: bool = _read("The text points at a picture that is not there.")
    native: str = _read("The native record as JSON.")
