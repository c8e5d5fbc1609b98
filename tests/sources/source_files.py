"""Small source files that tests write, in the publishers' layouts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def medqa_row(number: int, **changes: Any) -> dict[str, Any]:
    """A MedQA record with five options; `changes` replace its fields."""
    options = {letter: f"option {letter} of {number}" for letter in "ABCDE"}
    row = {
        "question": f"Which option of question {number} is right?",
        "answer": options["C"],
        "options": options,
        "meta_info": "step1",
        "answer_idx": "C",
    }
    return {**row, **changes}


def medmcqa_row(number: int, cop: Any, **changes: Any) -> dict[str, Any]:
    """A MedMCQA record whose label is `cop`."""
    row = {
        "question": f"Which option of question {number} is right?",
        "exp": None,
        "cop": cop,
        **{f"op{letter}": f"option {letter} of {number}" for letter in "abcd"},
        "subject_name": "Anatomy",
        "topic_name": None,
        "id": f"id-{number}",
        "choice_type": "single",
    }
    return {**row, **changes}


def pubmedqa_row(number: int, decision: str = "yes") -> dict[str, Any]:
    """A PubMedQA record, without its id."""
    return {
        "QUESTION": f"Does treatment {number} work?",
        "CONTEXTS": [f"Background of {number}.", f"Results of {number}."],
        "LABELS": ["BACKGROUND", "RESULTS"],
        "MESHES": [],
        "YEAR": "2011",
        "final_decision": decision,
        "LONG_ANSWER": f"Conclusion of {number}.",
    }


def write_lines(file: Path, rows: Sequence[Mapping[str, Any] | bytes]) -> Path:
    """A JSON Lines file; bytes are written as they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def write_json(file: Path, value: Any) -> Path:
    """A JSON document."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return file


def write_parquet(file: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema | None = None) -> Path:
    """A parquet file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), file)
    return file
