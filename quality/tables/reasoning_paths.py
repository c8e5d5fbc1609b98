"""Table `reasoning_paths`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, Missing, column, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import ERROR_KINDS, PATH_STAGES


@table(
    "reasoning_paths",
    group="paths",
    grain="One row per question, generator and sample: failed ones too, with their outcome and no text.",
    key="path_id",
    partitioned_by="source",
    shown=("generator", "outcome", "path_text"),
    missing=Missing("is_missing"),
    guard=Guard(follows="questions"),
    unit=QUESTION,
)
class ReasoningPaths(CallColumns):
    """One row per question, generator and sample: failed ones too, with their outcome and no text."""

    path_id: str = column("Hash of question, stage, slot, sample and rewrite round.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    generator: str = column("Generator slot of the profile.", origin="profile")
    sample: int = column("Sample number of the slot, from 1.", ge=1, origin="profile")
    stage: str = column("Always generated here.", isin=PATH_STAGES, origin="constant")
    temperature: float = column("Sampling temperature.", ge=0, origin="profile")
    top_p: float = column("Nucleus sampling bound.", nullable=True, origin="profile")
    seed: int = column("Seed sent with the request.", nullable=True, origin="profile")
    max_tokens: int = column("Bound on completion tokens.", ge=1, origin="profile")
    error_kind: str = column(
        "Why an answered path is unusable; null for usable and for missing paths.",
        nullable=True,
        isin=ERROR_KINDS,
        origin="call",
    )
    is_missing: bool = column("No reply for reasons of infrastructure: not the model's doing.", origin="call")
    raw_text: str = column("The reply as it came, unusable ones included.", nullable=True)
    reasoning_text: str = column("The part in which a reasoning model thinks.", nullable=True)
    answer_text: str = column("The part that answers.", nullable=True)
    path_text: str = column("The path as it is judged and released; null unless usable.", nullable=True)
    answer_letter: str = column("Letter that the path concludes with.", nullable=True)
    extraction_rule: str = column("Rule that found the letter.", nullable=True)
    content_hash: str = column("Hash of path_text.", nullable=True)
