"""What a person sees of a running build: tables as they are made, model calls as they come back."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from reasonmed_assets.llm.engine.progress import CallProgress, CallStats, LogProgress, Pace, duration, failures


class Display(CallProgress, Protocol):
    """Progress of model calls and of tables."""

    def table_started(self, table: str, partition: str | None) -> None:
        """A table's rows are being staged."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """A table's rows are published; `note` says what is worth knowing (unchanged, warnings)."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """A table's rows are not published."""


class LogDisplay(LogProgress):
    """Lines in the run's log for the calls; Dagster itself logs the tables."""

    def table_started(self, table: str, partition: str | None) -> None:
        """Dagster logs the step itself."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """Dagster logs the materialisation itself."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """Dagster logs the failure itself."""


class _TableLines:
    """One line per table on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def table_started(self, table: str, partition: str | None) -> None:
        """Nothing to say before there is something to see."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """One line per table."""
        self._print(
            f"  [green]✓[/] {partition or 'all sources':<12} {table:<22} {rows:>9,} rows {seconds:>7.1f} s"
            + (f"  [dim]{note}[/]" if note else "")
        )

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """One line per table."""
        self._print(f"  [red]✗[/] {partition or 'all sources':<12} {table:<22} {escape(reason)}")

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)


class TerminalDisplay(_TableLines):
    """Lines for the tables, and a bar per step that makes calls; the bars go when their step has ended."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._paces: dict[str, Pace] = {}

    def started(self, step: str, expected: int | None) -> None:
        """A step begins to make its calls."""
        self._paces[step] = Pace(expected)
        self._tasks[step] = self._bars.add_task(step, total=expected, state="")
        self._bars.start()

    def advanced(self, step: str, stats: CallStats) -> None:
        """Replies have come back."""
        self._paces[step].update(stats)
        state = _state(stats, self._paces[step])
        self._bars.update(self._tasks[step], completed=stats.rows, state=state, refresh=True)

    def finished(self, step: str, stats: CallStats) -> None:
        """All replies have come back."""
        self._bars.remove_task(self._tasks.pop(step))
        if not self._tasks:
            self._bars.stop()

    def notice(self, step: str, text: str) -> None:
        """One line that stays above the bars."""
        self._print(f"  [yellow]![/] {step}: {escape(text)}")


class PlainDisplay(_TableLines, LogProgress):
    """Lines for tables and calls, where the output is no terminal."""

    def __init__(self, console: Console, every_s: float = 30.0) -> None:
        _TableLines.__init__(self, console)
        LogProgress.__init__(self, every_s)

    def _say(self, line: str) -> None:
        self._print(f"    {escape(line)}")

    def _warn(self, line: str) -> None:
        self._print(f"  ! {escape(line)}")


class Displays:
    """Several displays at once: a person in a terminal, and Dagster's log for whoever looks later."""

    def __init__(self, *displays: Display) -> None:
        self._displays = displays

    def started(self, step: str, expected: int | None) -> None:
        """Tell each."""
        for display in self._displays:
            display.started(step, expected)

    def advanced(self, step: str, stats: CallStats) -> None:
        """Tell each."""
        for display in self._displays:
            display.advanced(step, stats)

    def finished(self, step: str, stats: CallStats) -> None:
        """Tell each."""
        for display in self._displays:
            display.finished(step, stats)

    def notice(self, step: str, text: str) -> None:
        """Tell each."""
        for display in self._displays:
            display.notice(step, text)

    def table_started(self, table: str, partition: str | None) -> None:
        """Tell each."""
        for display in self._displays:
            display.table_started(table, partition)

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """Tell each."""
        for display in self._displays:
            display.table_published(table, partition, rows, seconds, note)

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """Tell each."""
        for display in self._displays:
            display.table_failed(table, partition, reason)


def console_display(console: Console) -> Display:
    """Bars in a terminal, plain lines elsewhere."""
    return TerminalDisplay(console) if console.is_terminal else PlainDisplay(console)


def _state(stats: CallStats, pace: Pace) -> str:
    """What stands beside a bar."""
    parts = [f"{pace.calls_per_s:,.1f} calls/s", f"{pace.tokens_per_s:,.0f} tokens/s", f"${stats.cost_usd:,.2f}"]
    parts += [f"{stats.cached:,} reused"] if stats.cached else []
    parts += [f"{duration(pace.left_s)} left"] if pace.left_s else []
    parts += [f"[yellow]{failures(stats)}[/]"] if stats.failed else []
    return ", ".join(parts)
