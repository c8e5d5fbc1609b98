"""A build whose calls all go in batches."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Built, reasonmed

PROFILES = Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles"


@pytest.mark.slow
def test_a_build_by_batches_makes_the_same_rows(rehearsal: Built, tmp_path: Path, forked: Path) -> None:
    batched = 'server = "simulated"\ntransport = "batch"\nbatch = { gather_s = 0.5, poll_first_s = 0.2 }'
    shipped = (PROFILES / "simulated.toml").read_text(encoding="utf-8")
    profile = tmp_path / "batched.toml"
    profile.write_text(shipped.replace('server = "simulated"', batched), encoding="utf-8")
    warehouse = tmp_path / "warehouse"
    options = ("--profile", str(profile), "--warehouse", str(warehouse), "--source", "medqa")
    done = reasonmed("build", *options, command=[forked])
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(warehouse, done.stdout)
    for table in ("reasoning_paths", "verifications", "ranked_paths", "refined_paths", "reasonmed", "answer_summaries"):
        rows = f"select row_hash from {table} where source = 'medqa' order by all"
        assert built.query(rows) == rehearsal.query(rows), table
    assert built.value("select count(*) from llm_calls where batch_id is null") == 0
    assert rehearsal.value("select count(batch_id) from llm_calls") == 0
