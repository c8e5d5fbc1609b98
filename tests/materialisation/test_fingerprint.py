"""What a fingerprint is made of: only what the table uses, each part with a name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.assets import definitions
from reasonmed_assets.config import load_profile
from reasonmed_assets.materialisation.code import code_of
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.factory import upstream_tables
from reasonmed_assets.materialisation.fingerprint import declared_values, fingerprint, stale_parts, static_parts
from reasonmed_assets.materialisation.making import why_made
from reasonmed_assets.materialisation.stage import Stage, StageError
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.storage import PublishRecord

TABLE = definitions()
VERIFIED = {"verifications", "verifier_audit", "refined_paths"}
ASKED = {name for name, table in TABLE.items() if table.transform.roles}
PARTS = st.dictionaries(st.text(), st.text())


@pytest.mark.parametrize(
    ("key", "value", "stale"),
    [
        ("limit", 3, {"questions"}),
        ("roles.verifier.temperature", 0.1, VERIFIED),
        ("roles.verifier.votes", 5, VERIFIED),
        ("rules.rewrite_rounds", 1, {"refined_paths"}),
        ("rules.reject_duplicates", False, {"question_matches"}),
        ("rules.validation_share", 0.5, {"questions"}),
        ("rules.evaluator_sample", 1, {"quality_scores"}),
        ("rules.template", "think", {"sft_cot", "sft_reasonmed"}),
        ("rules.review_sample", 1, set()),
        ("rules.usable_retries", 1, ASKED),
        ("providers.rehearsal.structured", "json_object", ASKED),
        ("providers.rehearsal.max_in_flight", 1, set()),
        ("providers.rehearsal.timeout_s", 1, set()),
        ("models.qwen.prompt_usd_per_million", 5, set()),
        ("checks.thresholds.missing_share_max", 0.5, set()),
        ("budget.usd", 1, set()),
        ("description", "Another one.", set()),
    ],
)
def test_a_value_of_the_profile_is_a_part_of_the_tables_that_read_it(key: str, value: object, stale: set[str]) -> None:
    before, after = (load_profile("simulated", changed) for changed in ({}, {key: value}))
    differing = {name for name, table in TABLE.items() if static_parts(table, before) != static_parts(table, after)}
    assert differing == stale


def test_code_may_read_no_value_that_the_fingerprint_does_not_name(tmp_path: Path) -> None:
    table = TABLE["ranked_paths"]
    values = declared_values(table, load_profile("simulated"), "mmlu")
    session: Any = None
    stage = Stage(table.spec, table.transform, "mmlu", session, tmp_path / "s", "run", None, table.ask, values)
    assert stage.rules.near_copy_ratio == 95
    with pytest.raises(StageError, match=r"ranked_paths reads the profile's 'rule_rewrite_rounds'"):
        _ = stage.rules.rewrite_rounds
    with pytest.raises(StageError, match=r"nothing makes 'votes' for ranked_paths"):
        stage.make("votes")


def test_a_table_is_made_after_what_it_and_its_checks_read_and_nothing_reads_in_a_circle() -> None:
    order = list(TABLES)
    for name, table in TABLE.items():
        assert all(order.index(one) < order.index(name) for one in upstream_tables(table)), name
    assert "reasonmed" in upstream_tables(TABLE["dropped_examples"])
    assert "reasonmed" not in TABLE["dropped_examples"].transform.tables


def test_a_table_that_is_read_as_it_was_is_no_dependency_and_no_part() -> None:
    matches = TABLE["question_matches"]
    assert matches.transform.previous == ("questions",)
    assert "questions" not in upstream_tables(matches)
    assert "questions" in {one for table in TABLE.values() for one in upstream_tables(table)}


def test_a_table_of_sql_alone_has_no_code() -> None:
    assert [name for name, table in TABLE.items() if not table.code.digest] == [
        "questions",
        "difficulty_tiers",
        "reasonmed",
        "dropped_examples",
        "sft_cot",
        "sft_response",
        "sft_reasonmed",
        "call_uses",
    ]


def test_no_code_that_carries_rows_or_calls_counts() -> None:
    modules = {name.rpartition(".")[0] for table in TABLE.values() for name in table.code.names}
    carrying = ("engine", "transports", "ledger", "storage", "cli", "materialisation", "servers")
    assert not [module for module in modules if any(part in module.split(".") for part in carrying)]


def test_code_is_followed_through_imports_and_constants() -> None:
    names = {name.removeprefix("reasonmed_assets.") for name in code_of((find_matches,)).names}
    assert {
        "rules.matching.find_matches",
        "rules.candidates.alike",
        "rules.text.normalise",
        "rules.text._SPACE",
    } <= names
    assert "rules.text.token_count" not in names
    assert code_of((find_matches,)).variables >= {"rule_group_ratio", "rule_reject_duplicates"}


@given(PARTS, PARTS)
def test_parts_and_fingerprints_differ_together(last: dict[str, str], now: dict[str, str]) -> None:
    changed = stale_parts(last, now)
    assert (fingerprint(last) == fingerprint(now)) == (not changed)
    assert all(last.get(name) != now.get(name) for name in changed)


def record(fingerprint: str = "f", parts: dict[str, str] | None = None) -> PublishRecord:
    return PublishRecord(1, "questions", "mmlu", "run", datetime(2026, 1, 1), 1, fingerprint, parts, "simulated", {})


@pytest.mark.parametrize(
    ("last", "is_retry", "reason"),
    [
        (None, False, "first build"),
        (record(), True, "asked again"),
        (record(fingerprint=""), False, "calls were missing"),
        (record(), False, "published by an earlier version"),
        (record(parts={"seed": "1", "schema": "s"}), False, "changed: seed"),
        (record(parts={}), False, "changed: code, limit, schema and 1 more"),
    ],
)
def test_a_build_says_why_it_makes_a_table_again(last: PublishRecord | None, is_retry: bool, reason: str) -> None:
    now = {"seed": "2", "schema": "s"} | ({"limit": "1", "code": "c"} if last and last.parts == {} else {})
    assert why_made(last, now, is_retry=is_retry) == reason


def test_every_table_has_a_definition() -> None:
    assert all(isinstance(table, TableDefinition) and table.name == name for name, table in TABLE.items())
    assert set(TABLE) == set(TABLES) - set(UNAUDITED)
