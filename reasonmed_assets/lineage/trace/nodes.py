"""The nodes of a trace's tree, and how values are worded in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reasonmed_assets.lineage.trace.gathering import Row, Rows

State = Literal["", "good", "bad", "warn"]


@dataclass(frozen=True)
class Node:
    """One thing that is told.

    Attributes:
        title: what it is, on one line.
        state: whether it is as wanted: a key, a correct path, an accepted text; a rejection; a doubt.
        text: a long text that belongs to it: data, never markup.
        facts: short values by name.
        children: what belongs to it.
        is_detail: it need not be read at once: calls, texts of paths.
        is_outcome: it is what became of the question.
    """

    title: str
    state: State = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    children: Sequence[Node] = ()
    is_detail: bool = False
    is_outcome: bool = False


def own_records(rows: Rows) -> set[str]:
    """The records of the question, or the record that was asked for."""
    own = {row["raw_id"] for table in ("raw_questions", "benchmark_questions") for row in rows.of(table)}
    return own or {row["raw_id"] for row in rows.of("rejected_questions") if row["raw_id"] == rows.asked.id}


def training_sets(rows: Rows) -> list[str]:
    return [table for table in rows.tables if table.startswith("sft_")]


def by_slot(found: list[Row]) -> list[Row]:
    return sorted(found, key=lambda row: row["slot"])


def why_not(summary: Row) -> str:
    return str(summary["rejection"] or summary["outcome_detail"] or summary["outcome"])


def given(row: Row, *names: str) -> dict[str, Any]:
    """These values of a row where it has them."""
    return {words(name): row[name] for name in names if row.get(name) not in (None, "", False)}


def words(name: str) -> str:
    return name.replace("_", " ")


def place_of(record: Row) -> str:
    """Where a published record was read."""
    return f"{record['source']} {record['split']}, {record['file']}, row {record['row']}"
