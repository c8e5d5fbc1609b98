"""What a console shows of calls and tables."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from rich.console import Console

from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.materialisation.display import Display, Displays, PlainDisplay, TerminalDisplay, console_display

STATS = CallStats(
    rows=500,
    made=400,
    cached=100,
    outcomes=Counter(completed=493, timed_out=7),
    prompt_tokens=3_000,
    completion_tokens=1_000,
    bill=Bill(1.25),
    seconds=10.0,
)


def _console(is_terminal: bool) -> tuple[Console, io.StringIO]:
    said = io.StringIO()
    return Console(file=said, force_terminal=is_terminal, width=200), said


def _run(display: Display) -> None:
    display.started("verify", 1_500)
    display.advanced("verify", STATS)
    display.notice("verify", "provider local does not answer: 30 s pause")
    display.finished("verify", STATS)
    display.table_published("verifications", "medqa", 1_500, 10.0, "")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_rate_tokens_cost_time_left_and_failures_are_shown(is_terminal: bool) -> None:
    console, said = _console(is_terminal)
    display = console_display(console)
    assert isinstance(display, TerminalDisplay if is_terminal else PlainDisplay)
    _run(display)
    text = said.getvalue()
    for part in ("40.0 calls/s", "400", "$1.25", "20 s left", "timed_out 7", "30 s pause", "verifications"):
        assert part in text, part


def test_a_step_may_run_again() -> None:
    console, said = _console(True)
    display = console_display(console)
    _run(display)
    _run(display)
    assert said.getvalue().count("30 s pause") == 2


def test_several_displays_hear_the_same() -> None:
    pairs = [_console(False), _console(False)]
    _run(Displays(*(PlainDisplay(console, every_s=0) for console, _ in pairs)))
    first, second = (said.getvalue() for _, said in pairs)
    assert first == second
    assert "stopped: 500 of 1,500 rows" in first


@pytest.mark.parametrize("is_terminal", [True, False])
def test_texts_are_data_never_markup(is_terminal: bool) -> None:
    console, said = _console(is_terminal)
    display = console_display(console)
    odd = "[b] [/red] [link=x] :smile:"
    display.started(odd, 10)
    display.advanced(odd, CallStats(rows=1, made=1, outcomes=Counter({odd: 1}), seconds=1.0))
    display.notice(odd, f"{odd} 1")
    display.table_published("questions", odd, 1, 1.0, f"{odd} 2")
    display.table_failed("questions", odd, f"{odd} 3")
    display.finished(odd, CallStats())
    for part in (f"{odd}: {odd} 1", f"{odd} 2", f"{odd} 3"):
        assert part in said.getvalue()
    assert "😄" not in said.getvalue()
