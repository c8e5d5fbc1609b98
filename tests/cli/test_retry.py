"""`reasonmed retry`."""

from __future__ import annotations

from pathlib import Path

import duckdb
from builds import called

from reasonmed_assets.storage import open_warehouse


def test_only_rows_that_were_given_up_are_asked_again(tmp_path: Path) -> None:
    options = ["--profile", "simulated", "--warehouse", str(tmp_path / "w")]
    nothing = called("retry", *options)
    assert (nothing.returncode, "there is no warehouse" in nothing.stderr) == (1, True)
    built = called("build", *options, "--limit", "1", "--source", "mmlu", "--select", "key:raw_questions")
    assert built.returncode == 0, built.stdout + built.stderr
    unknown = called("retry", *options, "--table", "questions")
    assert (unknown.returncode, "no model answers rows of questions" in unknown.stderr) == (1, True)
    none = called("retry", *options, "--table", "reasoning_paths", "--outcome", "refused")
    assert (none.returncode, none.stdout) == (
        0,
        "No row of that kind was given up: there is nothing to ask again.\n",
    ), none.stderr


def test_rows_that_a_failed_audit_keeps_apart_are_listed(tmp_path: Path) -> None:
    options = ["--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--source", "mmlu"]
    built = called("build", *options, "--limit", "1", "--select", "key:raw_questions")
    assert built.returncode == 0, built.stdout + built.stderr
    warehouse = open_warehouse(tmp_path / "w")
    (record,) = (found for found in warehouse.audits() if found["table"] == "raw_questions")
    for check in record["outcomes"]:
        check["passed"] = False
    staged = tmp_path / "staged.parquet"
    duckdb.sql("select 'mmlu' as source, 'rejected' as outcome").write_parquet(str(staged))
    warehouse.quarantine("verifications", "mmlu", record["run_id"], staged)
    warehouse.record_audit("verifications", "mmlu", record | {"table": "verifications", "partition": "mmlu"})
    listed = called("retry", *options, "--limit", "1", "--outcome", "rejected", "--budget-calls", "0")
    assert "Rows that earlier builds gave up" in listed.stdout, listed.stdout + listed.stderr
