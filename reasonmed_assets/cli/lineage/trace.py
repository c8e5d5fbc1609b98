"""`reasonmed trace`: why a question has its examples, or none, from any id."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasonmed_assets.cli.options import LedgerOption, WarehouseOption, plain_errors, settings_from

if TYPE_CHECKING:
    from reasonmed_assets.lineage.trace.gathering import Rows
    from reasonmed_assets.lineage.trace.nodes import Node

_LONGEST = 160
_MARKS = {"good": "✓ ", "bad": "✗ ", "warn": "! ", "": ""}


def trace(
    wanted: Annotated[
        list[str],
        typer.Argument(
            metavar="ID|WORDS", help="Id of a record, question, path, example or call; or words of a question."
        ),
    ],
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Texts in full, with the prompt and the reply of each call from the ledger.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that needs nothing else.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Tell what became of a question and why: its texts, verdicts, calls and costs, from the snapshot."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.lineage.trace.gathering import Snapshot, find, gather
    from reasonmed_assets.lineage.trace.story import tell
    from reasonmed_assets.storage import open_warehouse

    settings = settings_from(warehouse=warehouse, ledger=ledger)
    with plain_errors():
        with open_warehouse(settings.warehouse_folder).snapshot() as con:
            snapshot = Snapshot(con)
            rows = gather(snapshot, find(snapshot, " ".join(wanted)))
        said = _said(settings.ledger_reference, rows) if full else None
        if as_json:
            print(json.dumps(rows_as_json(rows, said), default=str, ensure_ascii=False))
        if html is not None:
            from reasonmed_assets.pages.trace_page import render
            from reasonmed_assets.storage.querying import protected_paths, write_outside

            page = render(tell(rows, said), settings.warehouse_folder, rows.asked.id)
            write_outside(html, page, protected_paths(settings.warehouse_folder, Path(settings.ledger_reference)))
            say(f"trace: {html.resolve()}", is_error=as_json)
        elif not as_json:
            for line in _lines(tell(rows, said), None if full else _LONGEST):
                say(line)


def _said(reference: str, rows: Rows) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Prompts and replies from the ledger."""
    from reasonmed_assets.lineage.calls import texts_of
    from reasonmed_assets.llm.ledger.opening import open_store, store_exists
    from reasonmed_assets.llm.ledger.records import LedgerError

    if not store_exists(reference):
        raise LedgerError(f"there is no ledger {reference}: give its file with --ledger, or leave out --full")
    with open_store(reference) as store:
        return texts_of(store, rows.calls)


def rows_as_json(rows: Rows, said: Mapping[str, Sequence[tuple[str, str]]] | None) -> dict[str, Any]:
    """What `--json` prints: the rows by table, attempts by call, and the calls' shares of each row.

    Args:
        rows: what was gathered.
        said: prompts and replies by call key; None where they were not asked for.
    """
    from reasonmed_assets.lineage.trace.outcome import outcome_of

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
    } | ({"texts": said} if said is not None else {})


def _lines(node: Node, longest: int | None, lead: str = "", last: bool = True, is_root: bool = True) -> Iterator[str]:
    """The tree as lines, each text below its title."""
    branch, below = ("", "") if is_root else ("└─ ", "   ") if last else ("├─ ", "│  ")
    yield f"{lead}{branch}{_MARKS[node.state]}{_one_line(node.title, None)}{_facts(node.facts)}"
    children = list(node.children)
    inner = lead + below
    yield from (f"{inner}{'│  ' if children else '   '}{line}" for line in _text(node.text, longest))
    for at, child in enumerate(children, start=1):
        yield from _lines(child, longest, inner, at == len(children), is_root=False)


def _facts(facts: Mapping[str, Any]) -> str:
    shown = "; ".join(f"{name} {_one_line(str(value), _LONGEST)}" for name, value in facts.items())
    return f"  [{shown}]" if shown else ""


def _text(text: str, longest: int | None) -> Iterable[str]:
    if not text:
        return ()
    return text.splitlines() if longest is None else [_one_line(text, longest)]


def _one_line(text: str, longest: int | None) -> str:
    line = " ".join(text.split())
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"
