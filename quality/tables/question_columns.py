"""The columns of a question as its publisher has it."""

import polars as pl
from reasonmed_assets.quality.schema import Table, column, list_of

from reasonmed_assets.vocabulary import SPLIT_ROLES


class PublishedQuestion(Table):
    """One record of a source file, normalised, with its native fields kept."""

    raw_id: str = column("Hash of source, file and row: where the record was read.", unique=True)
    question_id: str = column("Hash of source, context, stem and options; equal for records with equal text.")
    source: str = column("Name of the source.")
    split: str = column("Split as the source declares it.")
    split_role: str = column("What the split is used for.", isin=SPLIT_ROLES)
    file: str = column("File, relative to the data directory.")
    row: int = column("Record number in the file, from 1 (JSON Lines: the line).", ge=1)
    native_id: str = column("The publisher's own id, where it has one.", nullable=True)
    question: str = column("Stem of the question.", str_length={"min_value": 1})
    context: str = column("Text that belongs to the question (PubMedQA abstracts).", nullable=True)
    options: pl.List = list_of(pl.String, "Option texts in published order; the first is A.")
    gold_letter: str = column("Letter of the key in published order.", str_matches=r"^[A-J]$")
    gold_text: str = column("Text of the keyed option.")
    n_options: int = column("Number of options.", ge=2, le=10)
    subject: str = column("Subject as published.", nullable=True)
    language: str = column("ISO 639-1 code of the question's language.")
    explanation: str = column("The publisher's explanation. Never part of a prompt.", nullable=True)
    licence: str = column("Licence of the source (SPDX where there is one).")
    needs_figure: bool = column("The text points at a picture that is not there.")
    native: str = column("The native record as JSON.")
