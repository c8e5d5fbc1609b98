"""Thousands of calls to an endpoint that misbehaves: every one is accounted for, nothing is lost, nothing invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine import endpoint, table
from faults import account


@pytest.mark.parametrize("n", [1_500, pytest.param(100_000, marks=pytest.mark.slow)])
def test_every_call_to_an_endpoint_that_misbehaves_is_accounted_for(tmp_path: Path, n: int) -> None:
    with endpoint(fault_share=0.3) as server:
        found = account(server.url, server.report, n, 256, tmp_path)
    table(["what the endpoint did", "requests", "as the ledger has it"], found.actions)
    table(["account of the run", ""], found.summary)
    assert len(found.actions) >= 12
    assert found.is_whole, found.summary
