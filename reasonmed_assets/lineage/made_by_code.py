"""The relations that Python code makes for a query to read, with what their columns are computed from.

The columns are declared beside the code that makes them; here only is said which table reads them under which name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import NamedTuple

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.llm.ledger.store import ATTEMPT_COLUMNS
from reasonmed_assets.people import overrides, reviews
from reasonmed_assets.quality.schema import ROW_HASH, TABLES
from reasonmed_assets.rules.alterations import AUDITED_COLUMNS
from reasonmed_assets.rules.matching import MATCH_SCHEMA, PRECEDENCE_COLUMNS
from reasonmed_assets.rules.similarity import NEAR_COPY_COLUMNS
from reasonmed_assets.sources import Question, Unreadable


class Made(NamedTuple):
    """A relation that Python code makes.

    Attributes:
        columns: its columns, each with the columns that it is computed from; none where it is read from a file, the
            profile or the ledger.
        over: the relations that these columns are in.
    """

    columns: Mapping[str, Sequence[str]]
    over: tuple[str, ...] = ()


def _read(columns: Iterable[str]) -> Made:
    return Made(dict.fromkeys(columns, ()))


_RECORDS = _read(field.name for field in fields(Question))

MADE_BY_CODE: dict[tuple[str, str], Made] = {
    ("raw_questions", "published"): _RECORDS,
    ("benchmark_questions", "published"): _RECORDS,
    ("question_matches", "matches"): Made(
        {name: ("question_id",) if name in PRECEDENCE_COLUMNS else () for name in MATCH_SCHEMA}, over=("kept",)
    ),
    ("overrides", "matched"): _read(overrides.SCHEMA),
    ("rejected_questions", "unreadable"): _read(field.name for field in fields(Unreadable)),
    ("verifier_audit", "audited"): Made(AUDITED_COLUMNS, over=("audit_sample",)),
    ("ranked_paths", "near_copies"): Made(NEAR_COPY_COLUMNS, over=("ranking",)),
    ("refined_paths", "near_copies"): Made(NEAR_COPY_COLUMNS, over=("paths", "rewrites")),
    ("refined_paths", "rewrites"): Made(
        {name: (name,) for name in TABLES["refined_paths"].columns}, ("refined_paths",)
    ),
    ("reviews", "filled_in"): _read(reviews.SCHEMA),
    ("llm_calls", "attempts"): Made(dict.fromkeys(ATTEMPT_COLUMNS, ()), over=("used_calls",)),
    ("llm_calls", "prices"): _read(
        ("provider", "model", "since", "until", "input", "cached_input", "cache_write", "output", "batch_factor")
    ),
    ("prompts", "templates"): _read(("prompt_hash", "role", "template")),
    ("verifier_votes", "read_votes"): Made(dict.fromkeys(("call_key", "verdict", "reason"), ()), over=("judged",)),
    ("recipes", "versions"): _read(name for name in TABLES["recipes"].columns if name != ROW_HASH),
}
"""Table and relation -> how it is made."""
