"""Table `quality_scores`."""

from reasonmed_assets.quality.schema import Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import TIERS


@table(
    "quality_scores",
    group="examples",
    grain="One row per scored text of the sample: final texts, and for rewritten ones the text before.",
    key="score_id",
    partitioned_by="source",
    shown=("text_role", "score", "justification"),
    missing=Missing("score is null"),
)
class QualityScores(CallColumns):
    """One row per scored text of the sample: final texts, and for rewritten ones the text before."""

    score_id: str = column("Hash of example and text role.", unique=True)
    example_id: str = column("The example.")
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    tier: str = column("Tier of the question.", isin=TIERS)
    text_role: str = column(
        "The final text, or its parent before rewriting.", isin=("before", "final"), origin="constant"
    )
    path_id: str = column("The path that was scored.")
    clinical_accuracy: float = column("1 to 10.", nullable=True, ge=1, le=10)
    logic: float = column("1 to 10.", nullable=True, ge=1, le=10)
    factual_correctness: float = column("1 to 10.", nullable=True, ge=1, le=10)
    completeness: float = column("1 to 10.", nullable=True, ge=1, le=10)
    score: float = column("Mean of the four.", nullable=True, ge=1, le=10)
    justification: str = column("The evaluator's sentence on it.", nullable=True)
