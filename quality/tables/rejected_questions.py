"""Table `rejected_questions`."""

from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import REJECTION_REASONS, SPLIT_ROLES


@table(
    "rejected_questions",
    group="questions",
    grain="One row per record that was turned away, unreadable ones included, with the reason.",
    key="raw_id",
    partitioned_by="source",
    shown=("reason", "detail", "raw_text"),
)
class RejectedQuestions(Table):
    """One row per record that was turned away, unreadable ones included, with the reason."""

    raw_id: str = column("Hash of source, file and row.", unique=True, id_of="raw_id")
    source: str = column("Name of the source.")
    split: str = column("Split as the source declares it.")
    split_role: str = column("What the split is used for.", isin=SPLIT_ROLES)
    file: str = column("File, relative to the data directory.")
    row: int = column("Record number in the file, from 1.", ge=1)
    reason: str = column("Why it was turned away.", isin=REJECTION_REASONS)
    detail: str = column("What exactly; for a match with which other row, for an override who decided it.")
    other_raw_id: str = column("The row that it matches.", nullable=True, id_of="raw_id", kind="similar_to")
    raw_text: str = column("The record as it was read (undecodable bytes as escapes).")
