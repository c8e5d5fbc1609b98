"""Table `ranked_paths`."""

from reasonmed_assets.quality.schema import QUESTION, Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import TIERS


@table(
    "ranked_paths",
    group="selection",
    grain="One row per correct path of an Easy or Medium question, scored and ranked.",
    key="path_id",
    partitioned_by="source",
    shown=("generator", "score", "justification"),
    missing=Missing("score is null"),
    unit=QUESTION,
)
class RankedPaths(CallColumns):
    """One row per correct path of an Easy or Medium question, scored and ranked."""

    path_id: str = column("The path.", unique=True, id_of="path_id")
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    generator: str = column("Generator slot of the path.")
    tier: str = column("Tier of the question.", isin=TIERS)
    score: float = column("The ranker's score, 0 to 5; null when missing.", nullable=True, ge=0, le=5)
    justification: str = column("The ranker's sentence on it.", nullable=True)
    tie_hash: str = column("Seeded hash that breaks ties.")
    path_rank: int = column("Rank in the question, from 1; missing scores last.", ge=1)
    near_copy_of: str = column(
        "Better-ranked path with nearly the same text; such a path is never selected.",
        nullable=True,
        id_of="path_id",
        kind="similar_to",
    )
    selection_rank: int = column("Rank among the paths that are no near copies.", nullable=True, ge=1)
