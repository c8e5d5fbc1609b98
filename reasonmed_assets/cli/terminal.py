"""How values and tables look in a terminal. Texts are data: nothing in them is markup or controls the terminal.

Whatever people read is printed by `say` or on a `new_console`; only what programs read (JSON, CSV, TOML) is not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

_LONGEST_CELL = 60
_LEAST_COLUMN = 8
_AROUND_COLUMN = 2


class _TextConsole(Console):
    """A console that writes out what would control the terminal, wherever in a text, a table or a bar it is."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            # Segments with a control code are of Rich itself, which moves the cursor for its bars.
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def new_console(*, is_error: bool = False) -> Console:
    """A console that prints texts as they are; on stderr for errors."""
    return _TextConsole(stderr=is_error, markup=False, emoji=False, highlight=False)


def say(text: str, *, is_error: bool = False) -> None:
    """Print a text, however long its lines are; on stderr for errors."""
    new_console(is_error=is_error).print(text, soft_wrap=True)


def printable(text: str) -> str:
    """The text with every character written out that is neither printable nor a space, tab or line feed.

    Written out are control characters, among them those that begin the terminal's commands, characters that turn the
    direction of writing, and halves of a character, which no encoding has.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in "\n\t" or unicodedata.category(one) == "Zs" else ascii(one)[1:-1]
        for one in text
    )


def new_table(names: Sequence[str], title: str | None = None) -> Table:
    """A table without rows, whose columns after the first hold numbers."""
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    for name in names:
        table.add_column(name, justify="right" if table.columns else "left")
    return table


def print_rows(
    console: Console, names: Sequence[str], is_number: Sequence[bool], rows: Iterable[Sequence[Any]]
) -> None:
    """A table, or, where the terminal is too narrow for its columns, each row as lines of name and value.

    Long texts are cut, but not those of a row that is alone.
    """
    rows = list(rows)
    longest = None if len(rows) == 1 else _LONGEST_CELL
    cells = [[text(value, longest) for value in row] for row in rows]
    widths = [max(map(len, column), default=0) for column in zip(*cells, strict=True)] or [0] * len(names)
    # A number is never cut; a text or a name may be, down to some width.
    fixed = [width if numeric else 0 for width, numeric in zip(widths, is_number, strict=True)]
    least = [
        max(kept, min(max(width, len(name)), _LEAST_COLUMN))
        for name, width, kept in zip(names, widths, fixed, strict=True)
    ]
    if sum(least) + _AROUND_COLUMN * len(least) + 1 <= console.width:
        table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
        for name, numeric, kept in zip(names, is_number, fixed, strict=True):
            table.add_column(name, justify="right" if numeric else "left", min_width=kept, overflow="fold")
        for row in cells:
            table.add_row(*row)
        console.print(table)
        return
    for number, row in enumerate(cells, start=1):
        console.rule(f"row {number}", align="left")
        record = Table.grid("name", "value", padding=(0, 2))
        for name, cell in zip(names, row, strict=True):
            record.add_row(name, cell)
        console.print(record)


def spending_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Sentences about rows of the view `spending` whose cost is unknown; none where it is known of all."""
    listed = list(rows)
    no_usage = sum(row["no_usage"] for row in listed)
    if no_usage:
        reserved = sum(row["no_usage_usd"] or 0.0 for row in listed)
        yield f"{no_usage:,} calls reported no usage; ${reserved:,.2f} reserved for them."
    unpriced = sorted({row["model"] for row in listed if row["no_price"]})
    if unpriced:
        n = sum(row["no_price"] for row in listed)
        yield f"{n:,} calls have no price: declare `prices` of {', '.join(unpriced)} in the profile (0 for a free one)."


def text(value: object, longest: int | None = _LONGEST_CELL) -> str:
    """A value on one line, cut to `longest` characters; what would control the terminal is written out."""
    if value is None:
        return ""
    line = printable(" ".join(str(value).split()))
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"


def number(value: object) -> str:
    """A number with thousands separated, four decimals where it has any; empty for a missing one."""
    if isinstance(value, float):
        return f"{value:,.4f}"
    return f"{value:,}" if isinstance(value, int) else ""
