"""Table `verifier_audit`."""

from reasonmed_assets.quality.schema import Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import AUDIT_KINDS, VERDICTS


@table(
    "verifier_audit",
    group="verdicts",
    grain="One row per path that the verifier judged a second time, as it is or with an error planted into it.",
    key="audit_id",
    partitioned_by="source",
    shown=("kind", "second_verdict", "reason"),
    missing=Missing("second_verdict is null"),
)
class VerifierAudit(CallColumns):
    """One row per path that the verifier judged a second time, as it is or with an error planted into it."""

    audit_id: str = column("Hash of path and kind.", unique=True)
    path_id: str = column("The path.")
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    generator: str = column("Generator slot of the path.")
    kind: str = column("A repetition, or which error was planted.", isin=AUDIT_KINDS, origin="constant")
    judged_text: str = column("The text that was judged.")
    content_hash: str = column("Hash of judged_text.")
    text_before: str = column(
        "The line that an error was planted into, as it was; null for a repetition.", nullable=True
    )
    text_after: str = column("That line with the error; null for a repetition.", nullable=True)
    is_answer_match: bool = column(
        "The path itself concludes with the key; null where no letter was found.", nullable=True
    )
    first_verdict: str = column("The verdict on the path itself, by majority of the votes.", isin=VERDICTS)
    expected_verdict: str = column("The first verdict again; error where one was planted.", isin=VERDICTS)
    second_verdict: str = column(
        "The verdict of one further call; null where it has none.", nullable=True, isin=VERDICTS
    )
    reason: str = column("The verifier's reason for the second verdict.", nullable=True)
