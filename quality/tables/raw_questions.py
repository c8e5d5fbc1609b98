"""Table `raw_questions`."""

from reasonmed_assets.quality.schema import Guard, table
from reasonmed_assets.quality.tables.question_columns import DECIDED_ON, PublishedQuestion


@table(
    "raw_questions",
    group="questions",
    grain="One row per question as published, of the splits that a build is made from.",
    key="raw_id",
    partitioned_by="source",
    shown=("native_id", "question", "gold_letter", "gold_text"),
    guard=Guard(decided=DECIDED_ON),
)
class RawQuestions(PublishedQuestion):
    """One row per question as published, of the splits that a build is made from."""
