"""The profile as SQL variables."""

from __future__ import annotations

import json

import duckdb
import pytest
from reasonmed_assets.quality.parameters import set_variables, variables

from reasonmed_assets.config import load_profile


def test_rules_thresholds_and_identity_are_all_there() -> None:
    profile = load_profile("simulated", {"limit": 7})
    values = variables(profile)
    assert (values["limit"], values["paths_per_question"], values["votes"]) == (7, 9, 1)
    assert (values["provider_kind"], values["seed"]) == ("simulated", profile.seed)
    assert values["sources"] == ["medqa", "medmcqa", "pubmedqa", "mmlu"]
    assert {name for name in values if name.startswith("rule_")} == {
        f"rule_{n}" for n in type(profile.rules).model_fields
    }
    thresholds = type(profile.checks.thresholds).model_fields
    assert {name for name in values if name.startswith("threshold_")} == {f"threshold_{n}" for n in thresholds}


def test_generators_have_one_entry_per_path_of_a_question() -> None:
    generators = json.loads(variables(load_profile("simulated"))["generators"])
    assert len(generators) == 9
    assert [(one["slot"], one["sample"], one["temperature"]) for one in generators[:3]] == [
        ("qwen", 1, 0.7),
        ("qwen", 2, 0.9),
        ("qwen", 3, 1.0),
    ]
    assert generators[0]["model"] == "simulated/qwen2.5-72b-instruct"


def test_sql_reads_the_values_with_their_types() -> None:
    con = duckdb.connect()
    set_variables(con, variables(load_profile("simulated")))
    row = con.execute(
        "select getvariable('limit') is null, getvariable('rule_medium_min_correct') + 1,"
        " not getvariable('rule_verify_rewrites'), list_contains(getvariable('sources'), 'mmlu'),"
        " getvariable('threshold_unreadable_share_max')"
    ).fetchone()
    assert row == (True, 3, False, True, 0.01)


@pytest.mark.parametrize("value", [1, -1, 2**40, 1.0, 1e-7, True, "it's; a 'text'\n", ["1"], ["a'b", "c"], [], None])
@pytest.mark.parametrize("before", [1, 1.0, True, "1", ["1"], None])
def test_a_value_replaces_the_one_before_and_its_type(before: object, value: object) -> None:
    con = duckdb.connect()
    set_variables(con, {"it": before, "other": "kept"})
    set_variables(con, {"it": value})
    found = con.execute("select getvariable('it'), getvariable('other')").fetchone()
    assert found is not None
    assert (found, type(found[0])) == ((value, "kept"), type(value))


def test_a_value_that_sql_cannot_hold_is_named() -> None:
    with pytest.raises(TypeError, match=r"no SQL variable can hold 'a\\x00b'"):
        set_variables(duckdb.connect(), {"it": "a\0b"})
