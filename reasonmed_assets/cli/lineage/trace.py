"""`reasonmed trace`: why a question has its examples, or none, from any id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import LedgerOption, WarehouseOption, plain_errors, settings_from


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
    from reasonmed_assets.lineage.trace.tracing import trace as traced

    settings = settings_from(warehouse=warehouse, ledger=ledger)
    with plain_errors():
        found = traced(settings.warehouse_folder, " ".join(wanted), settings.ledger_reference if full else None)
        if as_json:
            print(json.dumps(found.to_json(), default=str, ensure_ascii=False))
        if html is not None:
            from reasonmed_assets.pages.trace_page import render
            from reasonmed_assets.storage.querying import protected_paths, write_outside

            page = render(found.story, settings.warehouse_folder, found.rows.asked.id)
            write_outside(html, page, protected_paths(settings.warehouse_folder, Path(settings.ledger_reference)))
            say(f"trace: {html.resolve()}", is_error=as_json)
        elif not as_json:
            for line in found.lines():
                say(line)
