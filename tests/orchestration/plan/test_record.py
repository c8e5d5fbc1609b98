"""What a plan expected is in the record of its build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from builds import called


@pytest.mark.slow
def test_the_record_of_a_build_has_what_was_planned_beside_what_it_came_to(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    options = ("--profile", "simulated", "--source", "mmlu", "--limit", "1", "--select", "key:raw_questions")
    done = called("build", "--warehouse", str(folder), *options, "--max-usd", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        query = "select planned_calls, calls, planned_usd, planned_usd_max, cost_usd from build_calls"
        assert con.execute(query).fetchall() == [(0, 0, 0, 0, 0)]
