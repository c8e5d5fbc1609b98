"""Table `sft_reasonmed`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, table
from reasonmed_assets.quality.tables.training_columns import TrainingColumns


@table(
    "sft_reasonmed",
    group="training",
    grain="One row per training record (path, then short answer).",
    key="example_id",
    partitioned_by=None,
    shown=("input", "output"),
    guard=Guard(follows="reasonmed"),
    unit=QUESTION,
)
class SftReasonmed(TrainingColumns):
    """One row per training record (path, then short answer)."""
