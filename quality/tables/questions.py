"""Table `questions`."""

import polars as pl
from reasonmed_assets.quality.schema import Guard, Table, column, list_of, table
from reasonmed_assets.quality.tables.question_columns import DECIDED_ON

from reasonmed_assets.vocabulary import FOLDS, SPLIT_ROLES


@table(
    "questions",
    group="questions",
    grain="One row per question that the build keeps.",
    key="question_id",
    partitioned_by="source",
    shown=("question", "gold_letter", "gold_text"),
    guard=Guard(follows="raw_questions", named_by=("drop",), is_limited=True, decided=DECIDED_ON),
)
class Questions(Table):
    """One row per question that the build keeps."""

    question_id: str = column("Hash of source, context, stem and options.", unique=True)
    raw_id: str = column("The published record.", unique=True)
    source: str = column("Name of the source.")
    split: str = column("Split as the source declares it.")
    split_role: str = column("What the split is used for; benchmark never occurs.", isin=SPLIT_ROLES)
    native_id: str = column("The publisher's own id.", nullable=True)
    question: str = column("Stem of the question.", str_length={"min_value": 1})
    context: str = column("Text that belongs to the question.", nullable=True)
    options: pl.List = list_of(pl.String, "Option texts in the order of the prompts; the first is A.")
    option_order: pl.List = list_of(pl.Int64, "For each option, its position (from 1) in published order.")
    gold_letter: str = column("Letter of the key in the order of the prompts.", str_matches=r"^[A-J]$")
    gold_text: str = column("Text of the keyed option.")
    published_gold_letter: str = column(
        "Letter of the key as published, in the order of the prompts; another one where people corrected it.",
        str_matches=r"^[A-J]$",
    )
    override_note: str = column("What people decided about the question.", nullable=True)
    n_options: int = column("Number of options.", ge=2, le=10)
    subject: str = column("Subject as published.", nullable=True)
    language: str = column("ISO 639-1 code of the question's language.")
    explanation: str = column("The publisher's explanation. Never part of a prompt.", nullable=True)
    licence: str = column("Licence of the source.")
    needs_figure: bool = column("The text points at a picture that is not there.")
    group_id: str = column("Questions that are alike share one; a group lies in one fold.")
    fold: str = column("Train or validation, by a seeded hash of the group.", isin=FOLDS)
