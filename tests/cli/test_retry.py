"""`reasonmed retry`."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from builds import called

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.storage import open_warehouse

SOURCE = ("--source", "mmlu", "--limit", "1")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with records, of which no model was asked yet."""
    folder = tmp_path_factory.mktemp("retry") / "w"
    options = ["--profile", "simulated", "--warehouse", str(folder), *SOURCE]
    done = called("build", *options, "--select", "key:raw_questions")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_only_rows_that_were_given_up_are_asked_again(built: Path, tmp_path: Path) -> None:
    nothing = called("retry", "--profile", "simulated", "--warehouse", str(tmp_path / "w"))
    assert (nothing.returncode, "there is no warehouse" in nothing.stderr) == (1, True)
    options = ["--profile", "simulated", "--warehouse", str(built)]
    unknown = called("retry", *options, "--table", "questions")
    assert (unknown.returncode, "no model answers rows of questions" in unknown.stderr) == (1, True)
    none = called("retry", *options, "--table", "reasoning_paths", "--outcome", "refused")
    assert (none.returncode, none.stdout) == (
        0,
        "No row of that kind was given up: there is nothing to ask again.\n",
    ), none.stderr


def test_rows_that_a_failed_audit_keeps_apart_are_listed_before_a_build_asks_for_them(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "w"))
    options = ["--profile", "simulated", "--warehouse", str(folder), *SOURCE]
    warehouse = open_warehouse(folder)
    (record,) = (found for found in warehouse.audits() if found["table"] == "raw_questions")
    for check in record["outcomes"]:
        check["passed"] = False
    staged = tmp_path / "staged.parquet"
    duckdb.sql("select 'mmlu' as source, 'rejected' as outcome").write_parquet(str(staged))
    warehouse.quarantine("verifications", "mmlu", record["run_id"], staged)
    warehouse.record_audit("verifications", "mmlu", record | {"table": "verifications", "partition": "mmlu"})
    asked: list[BuildSettings] = []
    # What a build makes, others test.
    monkeypatch.setattr("reasonmed_assets.cli.build._build", lambda settings, *_: asked.append(settings))
    listed = called("retry", *options, "--outcome", "rejected", "--budget-calls", "0")
    assert "Rows that earlier builds gave up" in listed.stdout, listed.stdout + listed.stderr
    (settings,) = asked
    assert (settings.retry_unresolved, settings.retry_only, settings.set) == (True, ("rejected",), {"budget.calls": 0})
