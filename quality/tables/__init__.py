"""The declared tables, one module each, in the order in which data moves.

A module in this folder is declared by being there; one that `_ORDER` does not name comes last. What must hold for the
rows beyond types and ranges is in `assertions/` and `expectations/`; how they are made is in `sql/`.
"""

import pkgutil
from importlib import import_module

from reasonmed_assets.quality.derived.references import row_lineage, table_references
from reasonmed_assets.quality.derived.served_rows import served_rows
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sql import derive, derive_macro

from reasonmed_assets.rules import answer_labels, choices, control_tokens, thinking_marks

_ORDER = (
    "raw_questions",
    "benchmark_questions",
    "question_matches",
    "overrides",
    "questions",
    "rejected_questions",
    "reasoning_paths",
    "verifications",
    "verifier_audit",
    "difficulty_tiers",
    "ranked_paths",
    "refined_paths",
    "reasonmed",
    "dropped_examples",
    "answer_summaries",
    "quality_scores",
    "reviews",
    "sft_cot",
    "sft_response",
    "sft_reasonmed",
    "llm_calls",
    "call_uses",
    "prompts",
    "verifier_votes",
    "recipes",
    "builds",
    "publishes",
    "failures",
)

for _name in (*_ORDER, *sorted(module.name for module in pkgutil.iter_modules(__path__))):
    import_module(f"{__name__}.{_name}")

for _view in (served_rows, table_references, row_lineage):
    derive(f"views/{_view.__name__}", _view(TABLES.values()))
for _module in (answer_labels, choices, control_tokens, thinking_marks):
    for _signature, _body in _module.MACROS.items():
        derive_macro(_signature, _body)
