"""Table `answer_summaries`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns


@table(
    "answer_summaries",
    group="examples",
    grain="One row per final example with its short answer; failed ones with their outcome.",
    key="example_id",
    partitioned_by="source",
    shown=("is_accepted", "summary"),
    missing=Missing("is_no_reply(outcome)"),
    one_row_per="reasonmed",
    guard=Guard(follows="reasonmed"),
    unit=QUESTION,
)
class AnswerSummaries(CallColumns):
    """One row per final example with its short answer; failed ones with their outcome."""

    example_id: str = column("The example.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    raw_text: str = column("The reply as it came.", nullable=True)
    summary: str = column("The short answer; null unless accepted.", nullable=True)
    answer_letter: str = column("Letter that it concludes with.", nullable=True)
    is_accepted: bool = column("It stands as the example's summary.")
    rejection: str = column("Why it does not.", nullable=True)
    content_hash: str = column("Hash of the summary.", nullable=True)
