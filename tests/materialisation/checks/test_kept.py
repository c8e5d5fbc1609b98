"""Which outcomes of an audit are kept, and which checks are made again: by what the check reads, and by the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality import declarations, expectations, measures
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import CheckDeclaration, check_names
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.checks import kept
from reasonmed_assets.materialisation.checks.kept import check_keys, kept_outcomes
from reasonmed_assets.storage import Warehouse, make_or_open_warehouse

SPEC = TABLES["reasonmed"]
CHANGES = {
    ("difficulty_tiers", "mmlu"): 3,
    ("questions", "mmlu"): 2,
    ("questions", "medqa"): 9,
    ("reasonmed", "mmlu"): 4,
}


@pytest.fixture(scope="module")
def profile() -> Profile:
    return BuildSettings(profile="simulated").loaded_profile


def other(profile: Profile, **thresholds: float) -> Profile:
    changed = profile.checks.thresholds.model_copy(update=thresholds)
    return profile.model_copy(update={"checks": profile.checks.model_copy(update={"thresholds": changed})})


def again(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The checks that are made again."""
    return {name for name in before | after if before.get(name) != after.get(name)}


def test_the_same_checks_thresholds_and_inputs_have_the_same_keys(profile: Profile) -> None:
    keys = check_keys(SPEC, "mmlu", profile, CHANGES)
    assert keys.keys() == {declared.name for declared in check_names("reasonmed")} | {"measures"}
    assert again(keys, check_keys(SPEC, "mmlu", profile.model_copy(deep=True), dict(CHANGES))) == set()


@pytest.mark.parametrize(
    ("place", "checks"),
    [
        (("questions", "mmlu"), {"answers", "references"}),
        (("ranked_paths", "mmlu"), {"counts", "references"}),
        (("difficulty_tiers", "mmlu"), {"counts", "examples", "references"}),
        (("questions", "medqa"), set()),
        (("reasonmed", "mmlu"), set()),
        (("reasonmed", "medqa"), set()),
    ],
)
def test_a_check_is_made_again_when_a_table_that_it_reads_has_changed(
    profile: Profile, place: tuple[str, str], checks: set[str]
) -> None:
    before = check_keys(SPEC, "mmlu", profile, CHANGES)
    assert again(before, check_keys(SPEC, "mmlu", profile, CHANGES | {place: 20})) == checks


def test_a_check_of_all_sources_is_made_again_when_any_has_changed(profile: Profile) -> None:
    before, spec = check_keys(TABLES["sft_cot"], None, profile, {}), TABLES["sft_cot"]
    after = check_keys(spec, None, profile, {("questions", "medqa"): 9})
    assert again(before, after) == {"lineage", "distributions"}
    # Through a view.
    uses = TABLES["call_uses"]
    changed = check_keys(uses, None, profile, {("verifications", "medqa"): 9})
    assert again(check_keys(uses, None, profile, {}), changed) == {"accounted", "counts", "references"}


def test_what_is_measured_reads_tables_too(profile: Profile) -> None:
    spec = TABLES["refined_paths"]
    changed = check_keys(spec, "mmlu", profile, {("reasoning_paths", "mmlu"): 9})
    assert again(check_keys(spec, "mmlu", profile, {}), changed) == {"references", "distributions", "measures"}


@pytest.mark.parametrize(
    ("table", "name", "checks"),
    [
        ("reasoning_paths", "truncated_share_max", {"truncated"}),
        ("reasonmed", "shrink_share_max", {"shrink"}),
        ("reasonmed", "length_factor_max", {"distributions"}),
        ("verifications", "acceptance_max", {"distributions"}),
        ("questions", "truncated_share_max", set()),
    ],
)
def test_a_check_is_made_again_under_another_threshold(
    profile: Profile, table: str, name: str, checks: set[str]
) -> None:
    before = check_keys(TABLES[table], "mmlu", profile, {})
    assert again(before, check_keys(TABLES[table], "mmlu", other(profile, **{name: 0.123}), {})) == checks


def test_a_check_is_made_again_under_another_rule_or_severity(profile: Profile) -> None:
    rules = profile.rules.model_copy(update={"near_copy_ratio": 71})
    before = check_keys(SPEC, "mmlu", profile, {})
    assert again(before, check_keys(SPEC, "mmlu", profile.model_copy(update={"rules": rules}), {})) == {
        "distinct_paths"
    }
    softer = profile.checks.model_copy(
        update={"model_checks": "warn" if profile.checks.model_checks != "warn" else "block"}
    )
    found = again(before, check_keys(SPEC, "mmlu", profile.model_copy(update={"checks": softer}), {}))
    assert found == {
        declared.name for declared in check_names("reasonmed") if declared.judges_model and declared.is_blocking
    }


def _other_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [
        replace(one, sql=f"{one.sql} limit 5") if one.name == "answers" else one for one in check_names("reasonmed")
    ]
    monkeypatch.setattr(kept, "check_names", lambda table: changed)


def _other_macro(monkeypatch: pytest.MonkeyPatch) -> None:
    from reasonmed_assets.materialisation import transform

    found = transform.sql.macros()
    changed = found | {"is_answer_match": found["is_answer_match"].replace("coalesce", "ifnull", 1) + " or false"}
    monkeypatch.setattr(transform.sql, "macros", lambda: changed)


def _other_expectation(monkeypatch: pytest.MonkeyPatch) -> None:
    first = expectations.ROWS.expectations[0]
    changed = replace(expectations.ROWS, expectations=(replace(first, description="Another one."),))
    monkeypatch.setattr(kept, "views_of", lambda table: (changed, *expectations.views_of(table)[1:]))


def _other_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    views = expectations.views_of("reasonmed")
    changed = replace(views[-1], sql=f"{views[-1].sql}\nlimit 5")
    monkeypatch.setattr(kept, "views_of", lambda table: (*views[:-1], changed))


def _other_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [replace(one, sql=f"-- A comment.\n{one.sql}") if one.sql else one for one in check_names("reasonmed")]
    monkeypatch.setattr(kept, "check_names", lambda table: changed)


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (_other_sql, {"answers"}),
        (_other_macro, {"answers"}),
        (_other_expectation, {"distributions"}),
        (_other_figures, {"distributions"}),
        (_other_comment, set()),
    ],
)
def test_a_check_is_made_again_when_its_declaration_has_changed(
    profile: Profile, change: Callable[[pytest.MonkeyPatch], None], checks: set[str]
) -> None:
    before = check_keys(SPEC, "mmlu", profile, {})
    with pytest.MonkeyPatch.context() as monkeypatch:
        change(monkeypatch)
        assert again(before, check_keys(SPEC, "mmlu", profile, {})) == checks


def test_the_schema_and_the_code_of_the_checks_count(profile: Profile) -> None:
    """The model of a table, the libraries' part in reading it apart, and what runs the checks and measures texts."""
    names = {name for root in (kept.audit, SPEC.model) for name in kept.code_of((root,), carriers=kept.NO_JUDGE).names}
    package = "reasonmed_assets."
    wanted = {declarations.read_assertion, measures.is_looping, expectations.views_of, SPEC.model}
    assert {f"{one.__module__}.{one.__name__}" for one in wanted} <= names
    assert {f"{package}rules.similarity.edit_ratio", f"{package}vocabulary.TIERS"} <= names


@pytest.mark.parametrize(
    "text",
    [
        "select now() from staged",
        "select 1 from staged where current_date > date '2026-01-01'",
        "select * from staged where random() < 0.1",
        "select 1 from publishes",
        "select 1 from freshness",
        "select 1 from failures",
    ],
)
def test_a_check_that_reads_the_clock_or_what_storage_writes_has_no_key(
    profile: Profile, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = CheckDeclaration("told", "Something holds.", True, sql=text)
    monkeypatch.setattr(kept, "check_names", lambda table: [declared, *check_names(table)])
    keys = check_keys(SPEC, "mmlu", profile, {})
    assert "told" not in keys and "key" in keys


OUTCOMES = (CheckOutcome("schema", True, "block", 0), CheckOutcome("key", False, "warn", 2, [{"a": 1}]))
RECORD: dict[str, Any] = {
    "table": "reasonmed",
    "partition": "mmlu",
    "run_id": "run",
    "profile": "simulated",
    "audited_at": "2026-11-26T12:00:00+00:00",
    "rows": 3,
    "thresholds": {},
    "outcomes": [vars(one) for one in OUTCOMES],
    "publish": 41,
    "keys": {"schema": "s", "key": "k"},
}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return make_or_open_warehouse(tmp_path)


def found(warehouse: Warehouse, record: dict[str, Any] | None, keys: dict[str, str]) -> set[str]:
    if record is not None:
        warehouse.record_audit("reasonmed", "mmlu", record)
    return set(kept_outcomes(warehouse, SPEC, "mmlu", 41, keys))


def test_outcomes_are_kept_as_they_are(warehouse: Warehouse) -> None:
    record = AuditRecord.from_json(RECORD)
    warehouse.record_audit("reasonmed", "mmlu", record.to_json())
    outcomes = kept_outcomes(warehouse, SPEC, "mmlu", 41, RECORD["keys"])
    assert tuple(outcomes.values()) == OUTCOMES == tuple(record.outcomes)


@pytest.mark.parametrize(
    ("change", "kept_checks"),
    [
        ({}, {"schema", "key"}),
        ({"publish": 40}, set()),
        ({"publish": None}, set()),
        ({"keys": {"schema": "s", "key": "other"}}, {"schema"}),
        ({"keys": {"key": "k"}}, {"key"}),
        ({"keys": None}, set()),
        ({"outcomes": [vars(OUTCOMES[0]), vars(OUTCOMES[1]) | {"error": "could not run"}]}, {"schema"}),
        ({"outcomes": [{"of": "another version"}]}, set()),
        ({"outcomes": []}, set()),
        ({"audited_at": "yesterday"}, set()),
    ],
)
def test_what_the_record_does_not_say_is_audited_again(
    warehouse: Warehouse, change: dict[str, Any], kept_checks: set[str]
) -> None:
    assert found(warehouse, RECORD | change, RECORD["keys"]) == kept_checks


def test_without_a_record_or_with_one_of_an_earlier_version_all_is_audited(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    assert found(warehouse, None, RECORD["keys"]) == set()
    earlier = {name: value for name, value in RECORD.items() if name not in ("publish", "keys")}
    assert found(warehouse, earlier, RECORD["keys"]) == set()
    (tmp_path / "audits/reasonmed/mmlu.json").write_text('{"table"', encoding="utf-8")
    assert found(warehouse, None, RECORD["keys"]) == set()
