"""Table `sft_cot`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, table
from reasonmed_assets.quality.tables.training_columns import TrainingColumns


@table(
    "sft_cot",
    group="training",
    grain="One row per training record (path only).",
    key="example_id",
    partitioned_by=None,
    shown=("input", "output"),
    guard=Guard(follows="reasonmed"),
    unit=QUESTION,
)
class SftCot(TrainingColumns):
    """One row per training record (path only)."""
