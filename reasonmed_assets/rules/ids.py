"""Ids are hashes of content: the same input has the same id everywhere, in Python and in SQL.

Only what identifies a row goes in; retries, run ids and times never do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_SEPARATOR = "\x1f"
_LENGTH = 16


def make_id(*parts: str | int | None) -> str:
    """The first 16 hex digits of the SHA-256 of the parts, joined by the unit separator (U+001F).

    None counts as the empty string, an integer as its decimal form. In DuckDB the same is
    `substr(sha256(concat_ws(chr(31), ...)), 1, 16)` over parts that are never null.
    """
    joined = _SEPARATOR.join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:_LENGTH]


def question_id(source: str, context: str | None, question: str, options: Sequence[str]) -> str:
    """Id of a question: source, context, stem and options in published order."""
    return make_id(source, context, question, *options)


def raw_id(source: str, file: str, row: int) -> str:
    """Id of a published record: where it was read (file relative to the data directory, row from 1)."""
    return make_id(source, file, row)
