"""What a person sees of a running build: tables as they are made, model calls as they come back."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from reasonmed_assets.llm.engine.progress import CallProgress, CallStats, LogProgress, Pace, dollars, duration, failures


class Display(CallProgress, Protocol):
    """Progress of model calls and of tables."""

    def table_started(self, table: str, partition: str | None) -> None:
        """A table's rows are being staged."""

    def shard_staged(self, table: str, partition: str | None, text: str) -> None:
        """A shard of a long partition is staged; the text says which one, of how many, and what it took."""

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """A table's rows are published; `note` adds details (unchanged, warnings)."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """A table's rows are not published."""


class LogDisplay(LogProgress):
    """Lines in the run's log for the calls and the shards; Dagster itself logs the tables."""

    def table_started(self, table: str, partition: str | None) -> None:
        """Dagster logs the step itself."""

    def shard_staged(self, table: str, partition: str | None, text: str) -> None:
        """One line per shard."""
        self._say(f"{table} {partition or ''}: {text}")

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """Dagster logs the materialisation itself."""

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """Dagster logs the failure itself."""


class _TableLines:
    """One line per table on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def table_started(self, table: str, partition: str | None) -> None:
        """Nothing is printed before there is a result."""

    def shard_staged(self, table: str, partition: str | None, text: str) -> None:
        """One line per shard."""
        self._print("  ", ("·", "dim"), f" {partition or 'all sources':<12} {table:<22} {text}")

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        """One line per table."""
        line = f" {partition or 'all sources':<12} {table:<22} {rows:>9,} rows {seconds:>7.1f} s"
        self._print("  ", ("✓", "green"), line, (f"  {note}" if note else "", "dim"))

    def table_failed(self, table: str, partition: str | None, reason: str) -> None:
        """One line per table."""
        self._print("  ", ("✗", "red"), f" {partition or 'all sources':<12} {table:<22} {reason}")

    def _print(self, *parts: str | tuple[str, str]) -> None:
        """One line of texts, each alone or with its style: a text is data, never markup."""
        self._console.print(Text.assemble(*parts), soft_wrap=True)


class TerminalDisplay(_TableLines):
    """Lines for the tables, and a bar per step that makes calls; the bars go when their step has ended."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            TextColumn("{task.fields[failed]}", style="yellow", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._paces: dict[str, Pace] = {}

    def started(self, step: str, expected: int | None) -> None:
        """A step begins to make its calls."""
        self._paces[step] = Pace(expected)
        self._tasks[step] = self._bars.add_task(step, total=expected, state="", failed="")
        self._bars.start()

    def advanced(self, step: str, stats: CallStats) -> None:
        """Replies have come back."""
        self._paces[step].update(stats)
        state, failed = _state(stats, self._paces[step]), failures(stats) if stats.failed else ""
        self._bars.update(self._tasks[step], completed=stats.rows, refresh=True, state=state, failed=failed)

    def finished(self, step: str, stats: CallStats) -> None:
        """All replies have come back."""
        self._bars.remove_task(self._tasks.pop(step))
        if not self._tasks:
            self._bars.stop()

    def notice(self, step: str, text: str) -> None:
        """One line that stays above the bars."""
        self._print("  ", ("!", "yellow"), f" {step}: {text}")


class PlainDisplay(_TableLines, LogProgress):
    """Lines for tables and calls, where the output is not a terminal."""

    def __init__(self, console: Console, every_s: float = 30.0) -> None:
        _TableLines.__init__(self, console)
        LogProgress.__init__(self, every_s)

    def _say(self, line: str) -> None:
        self._print(f"    {line}")

    def _warn(self, line: str) -> None:
        self._print(f"  ! {line}")


class Displays:
    """Several displays at once: a person in a terminal, and Dagster's log for later readers."""

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

    def shard_staged(self, table: str, partition: str | None, text: str) -> None:
        """Tell each."""
        for display in self._displays:
            display.shard_staged(table, partition, text)

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
    """The text beside a bar."""
    parts = [f"{pace.calls_per_s:,.1f} calls/s", f"{pace.tokens_per_s:,.0f} tokens/s", dollars(stats.bill)]
    parts += [f"{stats.cached:,} reused"] if stats.cached else []
    parts += [f"{duration(pace.left_s)} left"] if pace.left_s else []
    return ", ".join(parts)
