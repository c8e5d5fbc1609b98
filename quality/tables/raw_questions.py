"""Table `raw_questions`."""

from reasonmed_assets.quality.schema import table
from reasonmed_assets.quality.tables.question_columns import PublishedQuestion


@table(
    "raw_questions",
    group="questions",
    grain="One row per question as published, of the splits that a build is made from.",
    key="raw_id",
    partitioned_by="source",
)
class RawQuestions(PublishedQuestion):
    """One row per question as published, of the splits that a build is made from."""
