"""Table `refined_paths`."""

import polars as pl
from reasonmed_assets.quality.schema import QUESTION, Missing, column, list_of, table
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.vocabulary import ERROR_KINDS, OUTCOMES, PATH_STAGES, TIERS, VERDICTS


@table(
    "refined_paths",
    group="rewriting",
    grain="One row per rewritten path and round: Medium refined, Difficult regenerated, each judged again.",
    key="path_id",
    partitioned_by="source",
    shown=("stage", "verdict", "path_text"),
    missing=Missing(
        "is_missing or (verdict is null and is_no_reply(verifier_outcome))",
        outcome="if(is_missing, outcome, 'verifier: ' || verifier_outcome)",
        detail="if(is_missing, outcome_detail, null)",
    ),
    example="id_of([question_id, slot::varchar])",
    unit=QUESTION,
)
class RefinedPaths(CallColumns):
    """One row per rewritten path and round: Medium refined, Difficult regenerated, each judged again."""

    path_id: str = column("Hash of question, stage, base path and round.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    tier: str = column("Tier of the question.", isin=TIERS)
    stage: str = column("Refined or regenerated.", isin=PATH_STAGES, origin="constant")
    slot: int = column("Which example of the question it is for.", ge=1, le=2, origin="constant")
    round: int = column("Rewriting round, from 1.", ge=1)
    parent_path_id: str = column(
        "The path that was rewritten; null when written from nothing.", nullable=True, id_of="path_id"
    )
    error_kind: str = column("Why an answered rewrite is unusable.", nullable=True, isin=ERROR_KINDS, origin="call")
    is_missing: bool = column("No reply for reasons of infrastructure.", origin="call")
    raw_text: str = column("The reply as it came.", nullable=True)
    reasoning_text: str = column("The part in which a reasoning model thinks.", nullable=True)
    path_text: str = column("The rewritten path; null unless usable.", nullable=True)
    supports_key: bool = column("The regenerator's word on whether the key can be supported.", nullable=True)
    answer_letter: str = column("Letter that the path concludes with.", nullable=True)
    extraction_rule: str = column("Rule that found the letter.", nullable=True)
    content_hash: str = column("Hash of path_text.", nullable=True)
    verdict: str = column("The verifier's verdict on the rewritten path.", nullable=True, isin=VERDICTS)
    verdict_reason: str = column("Its reason.", nullable=True)
    verifier_outcome: str = column(
        "How the verifier's call ended; null where none was made.", nullable=True, isin=OUTCOMES, origin="call"
    )
    is_answer_match: bool = column("The conclusion is the key.", nullable=True)
    is_correct: bool = column("By the profile's verdict rule.", nullable=True)
    leak_phrases: pl.List = list_of(pl.String, "Phrases that betray a given key or feedback.")
    is_accepted: bool = column("The text stands as the example of its slot.")
    rejection: str = column("Why it was not accepted.", nullable=True)
