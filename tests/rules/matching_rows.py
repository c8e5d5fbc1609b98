"""Small questions for tests of matching."""

from __future__ import annotations

from typing import Any

import polars as pl

from reasonmed_assets.rules.ids import question_id, raw_id

SCHEMA = {
    "raw_id": pl.String,
    "question_id": pl.String,
    "source": pl.String,
    "split": pl.String,
    "split_role": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "native_id": pl.String,
    "question": pl.String,
    "context": pl.String,
    "options": pl.List(pl.String),
    "gold_text": pl.String,
}

STEM = "A 61-year-old man has purple toes two weeks after cardiac catheterization; which finding is most likely"
OPTIONS = ("Cholesterol clefts in small arteries", "Muddy brown casts", "Linear deposits of IgG", "Papillary necrosis")


def question(row: int = 1, stem: str = STEM, options: tuple[str, ...] = OPTIONS, **fields: Any) -> dict[str, Any]:
    """One row with the columns that matching reads; the gold is the first option unless given."""
    source, context = fields.get("source", "medqa"), fields.get("context")
    split_role = fields.get("split_role", "train")
    file = fields.get("file", f"{source}/{split_role}.jsonl")
    return {
        "raw_id": raw_id(source, file, row),
        "question_id": question_id(source, context, stem, options),
        "source": source,
        "split": fields.get("split", split_role),
        "split_role": split_role,
        "file": file,
        "row": row,
        "native_id": fields.get("native_id"),
        "question": stem,
        "context": context,
        "options": list(options),
        "gold_text": fields.get("gold", options[0]),
    }


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows as a frame."""
    return pl.DataFrame(list(rows), schema=SCHEMA)
