"""Table `verifier_votes`."""

from functools import partial

from reasonmed_assets.quality.schema import QUESTION, Table, column, table

from reasonmed_assets.vocabulary import VERDICTS

_read = partial(column, origin="call")


@table(
    "verifier_votes",
    group="provenance",
    grain="One row per usable vote of the verifier on a row: several where the profile asks for several votes.",
    key="vote_id",
    partitioned_by=None,
    shown=("verdict", "reason"),
    unit=QUESTION,
)
class VerifierVotes(Table):
    """One row per usable vote of the verifier, read from the ledger; the row that it judged has the majority."""

    vote_id: str = column("Hash of table, row and call.", unique=True)
    used_by: str = column("Table of the row: verifications, verifier_audit or refined_paths.", origin="constant")
    row_id: str = column("Id of the row.")
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    vote: int = column("Number of the vote among the usable ones of its row, from 1.", ge=1)
    call_key: str = column("Ledger key of the call.")
    verdict: str = _read("What this vote says.", isin=VERDICTS)
    reason: str = _read("Why.")
