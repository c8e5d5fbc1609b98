"""The trace of a row from an id to what is shown: a tree as lines or for a notebook, and its rows as data."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasonmed_assets.lineage.trace.gathering import Rows, Snapshot, find, gather
from reasonmed_assets.lineage.trace.outcome import outcome_of
from reasonmed_assets.lineage.trace.story import tell
from reasonmed_assets.storage import open_warehouse

if TYPE_CHECKING:
    from reasonmed_assets.lineage.trace.nodes import Node

_LONGEST = 160
_MARKS = {"good": "✓ ", "bad": "✗ ", "warn": "! ", "": ""}


@dataclass(frozen=True, repr=False)
class Trace:
    """What became of a question and why; a notebook shows it as a tree.

    Attributes:
        rows: its rows in every table, its calls and its publishes.
        said: prompts and replies by call key; None where they were not asked for.
    """

    rows: Rows
    said: Mapping[str, Sequence[tuple[str, str]]] | None = None

    @cached_property
    def story(self) -> Node:
        """All of it as a tree."""
        return tell(self.rows, self.said)

    def to_json(self) -> dict[str, Any]:
        """The rows by table, attempts by call, and the calls' shares of each row."""
        rows = self.rows
        usd, unknown = rows.cost
        return {
            "asked": asdict(rows.asked),
            "question_id": rows.question_id,
            "outcome": [node.title for node in outcome_of(rows)],
            "tables": rows.tables,
            "other_records": rows.others,
            "calls": rows.calls,
            "uses": [
                {"table": table, "row_id": row_id, "call_key": key, "cost_share": share}
                for (table, row_id, key), share in rows.shares.items()
            ],
            "cost_usd": usd,
            "attempts_of_unknown_cost": unknown,
            "publishes": rows.publishes,
        } | ({"texts": self.said} if self.said is not None else {})

    def lines(self) -> Iterator[str]:
        """The tree for a terminal; texts are cut where no prompts and replies were asked for."""
        return _lines(self.story, _LONGEST if self.said is None else None)

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return _html(self.story)


def trace(warehouse: Path, wanted: str, ledger: str | None = None) -> Trace:
    """The trace of a row, from the snapshot of a warehouse.

    Args:
        warehouse: its folder.
        wanted: id of a record, question, path, example or call, the first characters of one, or words of a question.
        ledger: where prompts and replies are read; None: they are left out.

    Raises:
        TraceError: nothing, or more than one thing, is meant.
        WarehouseError: there is no warehouse, or nothing in it.
        LedgerError: the ledger is not there, or cannot be read.
    """
    with open_warehouse(warehouse).snapshot() as con:
        snapshot = Snapshot(con)
        rows = gather(snapshot, find(snapshot, wanted))
    return Trace(rows, None if ledger is None else _said(ledger, rows))


def _said(reference: str, rows: Rows) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Prompts and replies from the ledger."""
    from reasonmed_assets.lineage.calls import texts_of
    from reasonmed_assets.llm.ledger.opening import open_store, store_exists
    from reasonmed_assets.llm.ledger.records import LedgerError

    if not store_exists(reference):
        raise LedgerError(
            f"there is no ledger {reference}: give its file with --ledger, or leave prompts and replies out"
        )
    with open_store(reference) as store:
        return texts_of(store, rows.calls)


def _lines(node: Node, longest: int | None, lead: str = "", last: bool = True, is_root: bool = True) -> Iterator[str]:
    """A node and those below it, each text below its title."""
    branch, below = ("", "") if is_root else ("└─ ", "   ") if last else ("├─ ", "│  ")
    yield f"{lead}{branch}{_title(node)}"
    children = list(node.children)
    inner = lead + below
    yield from (f"{inner}{'│  ' if children else '   '}{line}" for line in _text(node.text, longest))
    for at, child in enumerate(children, start=1):
        yield from _lines(child, longest, inner, at == len(children), is_root=False)


def _html(node: Node) -> str:
    """A node and those below it; what need not be read at once is folded."""
    title = html.escape(_title(node))
    text = f'<pre style="white-space: pre-wrap">{html.escape(node.text)}</pre>' if node.text else ""
    if not text and not node.children:
        return f"<div>{title}</div>"
    inner = text + "".join(map(_html, node.children))
    state = "" if node.is_detail else " open"
    return f'<details{state}><summary>{title}</summary><div style="margin-left: 1.5em">{inner}</div></details>'


def _title(node: Node) -> str:
    shown = "; ".join(f"{name} {_one_line(str(value), _LONGEST)}" for name, value in node.facts.items())
    return f"{_MARKS[node.state]}{_one_line(node.title, None)}" + (f"  [{shown}]" if shown else "")


def _text(text: str, longest: int | None) -> Iterable[str]:
    if not text:
        return ()
    return text.splitlines() if longest is None else [_one_line(text, longest)]


def _one_line(text: str, longest: int | None) -> str:
    line = " ".join(text.split())
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"
