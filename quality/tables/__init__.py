"""The declared tables, one module each, imported in the order in which data moves.

What must hold for the rows beyond types and ranges is in `assertions/` and `expectations/`; how they are made is in
`sql/`.
"""

from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.quality.served_rows import served_rows
from reasonmed_assets.sql import derive

from reasonmed_assets.quality.tables import (  # isort: skip
    raw_questions,
    benchmark_questions,
    question_matches,
    overrides,
    questions,
    rejected_questions,
    reasoning_paths,
    verifications,
    verifier_audit,
    difficulty_tiers,
    ranked_paths,
    refined_paths,
    reasonmed,
    dropped_examples,
    answer_summaries,
    quality_scores,
    reviews,
    sft_cot,
    sft_response,
    sft_reasonmed,
    llm_calls,
    call_uses,
    publishes,
)

derive("views/served_rows", served_rows(TABLES.values()))

__all__ = [
    "answer_summaries",
    "benchmark_questions",
    "call_uses",
    "difficulty_tiers",
    "dropped_examples",
    "llm_calls",
    "overrides",
    "publishes",
    "quality_scores",
    "question_matches",
    "questions",
    "ranked_paths",
    "raw_questions",
    "reasoning_paths",
    "reasonmed",
    "refined_paths",
    "rejected_questions",
    "reviews",
    "sft_cot",
    "sft_reasonmed",
    "sft_response",
    "verifications",
    "verifier_audit",
]
