"""The label check on real MedMCQA items: it agrees with the publisher's letters and finds a base read wrongly."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from quality_world import macros
from reasonmed_assets.quality.auditing import CheckOutcome, prepare, run_check
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config import load_profile
from reasonmed_assets.sources import load_declaration, read_source

pytestmark = pytest.mark.shared_data


def label_base(con: duckdb.DuckDBPyConnection, staged: Path) -> CheckOutcome:
    """The outcome of the check on staged rows."""
    profile, spec = load_profile("simulated"), TABLES["raw_questions"]
    prepare(con, spec, "medmcqa", staged, profile)
    (declared,) = [declared for declared in check_names("raw_questions") if declared.name == "label_base"]
    return run_check(con, spec, declared, profile)


def test_real_explanations_agree_with_the_key_and_not_with_the_next_letter(shared_data: Path, tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute(macros())
    roles = {"train": "unused", "dev": "stand_in"}
    con.register("published", read_source(load_declaration("medmcqa"), shared_data, roles).questions.frame())
    right, wrong = tmp_path / "right.parquet", tmp_path / "wrong.parquet"
    con.execute(f"copy published to '{right}'")
    shifted = "letter_at(letter_position(gold_letter) % n_options + 1)"
    con.execute(f"copy (select * replace ({shifted} as gold_letter) from published) to '{wrong}'")
    assert label_base(con, right).passed
    outcome = label_base(con, wrong)
    assert not outcome.passed
    assert outcome.examples[0]["n_stated"] == outcome.examples[0]["n_other"]
    assert outcome.examples[0]["n_stated"] >= 700
