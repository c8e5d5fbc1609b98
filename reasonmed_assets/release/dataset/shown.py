"""What the page to read shows of a release's examples, read from the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("example_id", "question_id", "source", "file", "licence", "fold", "tier"), pl.String),
    **dict.fromkeys(("question", "context", "gold_letter", "path_id", "path_text", "path_model"), pl.String),
    **dict.fromkeys(("verdict_reason", "summary"), pl.String),
    "row": pl.Int64,
    "options": pl.List(pl.String),
}


def shown_examples(page: Path) -> pl.DataFrame:
    """One row per example, with the columns of a released row that the page shows.

    Raises:
        ValueError: the page holds no data that can be read.
    """
    found = _DATA.search(page.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{page.name} holds no data")
    questions = json.loads(found[1])["questions"]
    return pl.DataFrame([row for question in questions for row in _examples(question)], schema=_SCHEMA)


def _examples(question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    texts = {text["id"]: text for part in ("paths", "rewrites") for text in question.get(part, [])}
    of_question = {name: question.get(name) for name in ("source", "file", "row", "licence", "fold", "tier")}
    of_question |= {name: question.get(name) for name in ("question", "context", "options")}
    for example in question["examples"]:
        text = texts.get(example["path_id"], {})
        yield of_question | {
            "example_id": example["id"],
            "question_id": question["id"],
            "gold_letter": question.get("key"),
            "path_id": example["path_id"],
            "path_text": text.get("content"),
            "path_model": example.get("model"),
            "verdict_reason": text.get("reason"),
            "summary": example.get("summary"),
        }
