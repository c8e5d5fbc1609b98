"""Table `sft_response`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, table
from reasonmed_assets.quality.tables.training_columns import TrainingColumns


@table(
    "sft_response",
    group="training",
    grain="One row per training record (short answer only).",
    key="example_id",
    partitioned_by=None,
    shown=("input", "output"),
    guard=Guard(follows="reasonmed"),
    unit=QUESTION,
)
class SftResponse(TrainingColumns):
    """One row per training record (short answer only)."""
