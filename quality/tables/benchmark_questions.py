"""Table `benchmark_questions`."""

from reasonmed_assets.quality.schema import table
from reasonmed_assets.quality.tables.question_columns import PublishedQuestion


@table(
    "benchmark_questions",
    group="questions",
    grain="One row per question of a benchmark split: never built from, decontaminated against.",
    key="raw_id",
    partitioned_by=None,
    shown=("native_id", "question", "gold_letter", "gold_text"),
)
class BenchmarkQuestions(PublishedQuestion):
    """One row per question of a benchmark split: never built from, decontaminated against."""
