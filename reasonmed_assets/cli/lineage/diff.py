"""`reasonmed diff`: what differs between two builds, warehouses or exports, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasonmed_assets.cli.options import WarehouseOption, plain_errors, settings_from

if TYPE_CHECKING:
    from reasonmed_assets.lineage.diff.comparison import Diff, Example
    from reasonmed_assets.lineage.diff.shares import Share

_LONGEST = 60
_MOST_COLUMNS = 4
_STATE = "A build (b7), a publish (41), or the folder of a warehouse or an export."


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help=_STATE)],
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The same; left out: what build A changed.")
    ] = None,
    warehouse: WarehouseOption = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that needs nothing else.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Tell which rows differ between two states, in which columns, and why: a cause for each row."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.lineage.diff.comparison import diff as compare

    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        found = compare(settings.warehouse_folder, before, after)
        if as_json:
            print(json.dumps(found.to_json(), ensure_ascii=False))
        if html is not None:
            from reasonmed_assets.pages.diff_page import render
            from reasonmed_assets.storage.querying import protected_paths, write_outside

            page = render(found, settings.warehouse_folder, [before, *([after] if after else [])])
            write_outside(html, page, protected_paths(settings.warehouse_folder, Path(settings.ledger_reference)))
            say(f"diff: {html.resolve()}", is_error=as_json)
        elif not as_json:
            for line in lines(found):
                say(line)


def lines(found: Diff) -> Iterator[str]:
    """A diff for the terminal."""
    yield f"before: {found.before}"
    yield f"after:  {found.after}"
    yield found.summary()
    if not found.n_rows:
        return
    yield from _section(
        "Rows", ("table", "before", "after", "added", "removed", "changed", "columns", "why"), _rows(found)
    )
    yield from _section("Why", ("cause", "rows", "what"), _causes(found))
    if found.tiers:
        yield from _section("Tiers of questions", *_matrix(found))
    if found.shares:
        yield from _section("Counts and shares", ("", "of", "before", "after", "p", ""), map(_share, found.shares))
        yield f"  ! beyond noise: 5% over {found.n_compared} comparisons together"
    yield ""
    yield "Examples"
    for one in found.examples:
        yield from _example(one)


def _section(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Rows in columns as wide as their longest cell; numbers to the right."""
    table = [list(head), *map(list, rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    yield ""
    yield title
    for row in table:
        cells = [
            cell.rjust(width) if cell.replace(",", "").replace(".", "").isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _rows(found: Diff) -> Iterator[list[str]]:
    for one in found.tables:
        if one.causes:
            columns = [*list(one.columns)[:_MOST_COLUMNS], *(["…"] if len(one.columns) > _MOST_COLUMNS else [])]
            numbers = (one.before, one.after, one.added, one.removed, one.changed)
            yield [one.table, *(f"{n:,}" for n in numbers), ", ".join(columns), _counted(one.causes)]


def _causes(found: Diff) -> Iterator[list[str]]:
    for cause, n in found.causes.items():
        what = {detail: rows for name, detail, rows in found.details if name == cause}
        yield [cause, f"{n:,}", _short(_counted(dict(list(what.items())[:_MOST_COLUMNS])))]


def _matrix(found: Diff) -> tuple[list[str], list[list[str]]]:
    names = found.tier_names
    rows = [[old, *(f"{found.tiers.get((old, new), 0):,}" for new in names)] for old in names]
    return ["before \\ after", *names], rows


def _share(share: Share) -> list[str]:
    p = "" if share.p is None else f"{share.p:.2g}"
    sides = [(share.before, share.before_total), (share.after, share.after_total)]
    shown = [f"{n:,} of {total:,}" + (f" ({n / total:.1%})" if total else "") for n, total in sides]
    return [share.figure, share.name, *shown, p, "!" if share.is_beyond_noise else ""]


def _example(one: Example) -> Iterator[str]:
    because = ", ".join(filter(None, (one.cause, one.detail and _short(one.detail), one.root and f"by {one.root}")))
    yield f"  {one.table} {one.row_id} {one.change}: {because}"
    if one.question:
        yield f"    question: {_short(one.question)}"
    for name, (old, new) in one.values.items():
        yield f"    {name}: {_short(str(old))} -> {_short(str(new))}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
