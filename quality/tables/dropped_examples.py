"""Table `dropped_examples`."""

from reasonmed_assets.quality.schema import QUESTION, Table, column, table

from reasonmed_assets.vocabulary import DROP_REASONS, TIERS


@table(
    "dropped_examples",
    group="examples",
    grain="One row per example that was expected and failed, with the reason.",
    key="example_id",
    partitioned_by="source",
    shown=("tier", "reason", "detail"),
    unit=QUESTION,
)
class DroppedExamples(Table):
    """One row per example that was expected and failed, with the reason."""

    example_id: str = column("Hash of question and slot.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    tier: str = column("Tier of the question.", isin=TIERS)
    slot: int = column("First or second example of the question.", ge=1, le=2, origin="constant")
    reason: str = column("Why there is no example.", isin=DROP_REASONS)
    detail: str = column("What exactly.")
