"""Table `verifications`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import ERROR_KINDS, VERDICTS


@table(
    "verifications",
    group="verdicts",
    grain="One row per path with its verdict; an error path is not correct, a missing one has no is_correct.",
    key="path_id",
    partitioned_by="source",
    shown=("generator", "verdict", "reason"),
    missing=Missing(
        "is_correct is null",
        outcome="if(is_path_missing, 'no path', outcome)",
        detail="if(is_path_missing, null, outcome_detail)",
    ),
    guard=Guard(follows="reasoning_paths"),
    unit=QUESTION,
)
class Verifications(CallColumns):
    """One row per path with its verdict; an error path is not correct, a missing one has no is_correct."""

    path_id: str = column("The path.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    generator: str = column("Generator slot of the path.")
    path_error_kind: str = column("Why the path itself is unusable.", nullable=True, isin=ERROR_KINDS)
    is_path_missing: bool = column("The path was never made.")
    answer_letter: str = column("Letter that the path concludes with.", nullable=True)
    is_answer_match: bool = column("The conclusion is the key; null where no letter was found.", nullable=True)
    verdict: str = column("The verifier's verdict, by majority of the votes.", nullable=True, isin=VERDICTS)
    n_votes: int = column("Usable votes.", ge=0)
    n_votes_correct: int = column("Votes for correct.", ge=0)
    is_correct: bool = column("By the profile's verdict rule; null while missing.", nullable=True)
    reason: str = column("Why it is an error (or correct), from the verifier or from the answer check.", nullable=True)
