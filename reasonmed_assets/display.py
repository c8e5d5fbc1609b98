"""What a person sees of a running build: tables as they are made, model calls as they come back."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from reasonmed_assets.llm.progress import CallStats, LogProgress
from reasonmed_assets.llm.progress import Progress as CallProgress


class Display(CallProgress, Protocol):
    """Progress of model calls and of tables."""

    def table_started(self, table: str, partition: str | None) -> None:
        """A table's rows are being staged."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """A table's rows are published; `note` says what is worth knowing (unchanged, warnings)."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """A table's rows are not published."""


class LogDisplay(LogProgress):
    """Log lines for the calls; the tables are in Dagster's own log."""

    def table_started(self, table: str, partition: str | None) -> None:
        """Dagster logs the step itself."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """Dagster logs the materialisation itself."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """Dagster logs the failure itself."""


class TerminalDisplay:
    """Lines and bars in a terminal; plain lines where the output is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def started(self, step: str, expected: int | None) -> None:
        """A step begins to make its calls."""
        self._tasks[step] = self._bars.add_task(step, total=expected, rate="")
        self._bars.start()

    def advanced(self, step: str, stats: CallStats) -> None:
        """Replies have come back."""
        rate = stats.made / stats.seconds if stats.seconds else 0
        self._bars.update(self._tasks[step], completed=stats.rows, rate=f"{rate:,.1f} calls/s, {stats.cached:,} kept")

    def notice(self, step: str, text: str) -> None:
        """One line."""
        self._console.print(f"  [yellow]![/] {escape(step)}: {escape(text)}", highlight=False)

    def finished(self, step: str, stats: CallStats) -> None:
        """All replies have come back."""
        self._bars.remove_task(self._tasks.pop(step))
        if not self._tasks:
            self._bars.stop()

    def table_started(self, table: str, partition: str | None) -> None:
        """Nothing to say before there is something to see."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """One line per table."""
        self._console.print(
            f"  [green]✓[/] {partition or 'all sources':<12} {table:<22} {rows:>9,} rows {seconds:>7.1f} s"
            + (f"  [dim]{note}[/]" if note else ""),
            highlight=False,
        )

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """One line per table."""
        self._console.print(f"  [red]✗[/] {partition or 'all sources':<12} {table:<22} {reason}", highlight=False)
