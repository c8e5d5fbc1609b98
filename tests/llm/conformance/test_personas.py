"""Every persona against the engine: no wrong verdict, no lost reply, no row given up, and the bill to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from trial import N_CALLS, PAGE, Trial, declared, trial

from reasonmed_assets.servers.personas import PERSONAS


def check(tried: Trial) -> None:
    """Endings, verdicts and dollars are those of the persona's own book."""
    assert {row: str(result.outcome) for row, result in tried.results.items()} == tried.ends
    assert tried.read == tried.meant
    assert sum(cost for cost in tried.costs_usd if cost is not None) == pytest.approx(tried.bill_usd)
    unknown = sum(cost is None for cost in tried.costs_usd)
    assert tried.n_uncounted <= unknown <= tried.n_uncounted + tried.n_in_doubt


@pytest.mark.parametrize("name", PERSONAS)
def test_a_persona_is_read_counted_and_paid_right(name: str, tmp_path: Path) -> None:
    tried = trial(PERSONAS[name], 80, tmp_path)
    assert len(tried.results) == 80
    check(tried)


@pytest.mark.slow
@pytest.mark.parametrize("name", PERSONAS)
def test_so_are_2000_calls_and_the_table_says_so(name: str, tmp_path: Path) -> None:
    tried = trial(PERSONAS[name], N_CALLS, tmp_path)
    assert len(tried.results) == N_CALLS
    check(tried)
    assert tried.row() in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_table_holds_every_persona_and_its_events() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line.startswith(declared(persona)) for line, persona in zip(lines, PERSONAS.values(), strict=False)] == [
        True
    ] * len(PERSONAS), "run `python tests/llm/conformance/trial.py` and commit what it writes"
