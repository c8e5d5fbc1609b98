"""Why rows differ, on states made by hand: one edit, and the cause of every row that differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from diff_states import causes

from reasonmed_assets.lineage.diff.causes import CAUSES, PARTS
from reasonmed_assets.materialisation.fingerprint import RESTORED

Row = dict[str, Any]

INPUTS: dict[str, dict[str, str]] = {
    "raw_questions": {"files of mmlu": "1", "code": "1"},
    "benchmark_questions": {"files of mmlu": "1"},
    "overrides": {"overrides file": "1"},
    "question_matches": {"rules.near_duplicate_ratio": "90", "files of mmlu": "1"},
    "questions": {
        "limit": "2",
        "seed": "1",
        "table raw_questions": "1",
        "table overrides": "1",
        "table question_matches": "1",
    },
    "reasoning_paths": {
        "prompt generator": "g1",
        "roles.generator": '[{"model": "qwen"}]',
        "models.qwen": '{"name": "qwen"}',
        "table questions": "1",
    },
    "verifications": {
        "prompt verifier": "v1",
        "roles.verifier": '{"model": "qwen"}',
        "models.qwen": '{"name": "qwen"}',
        "votes": "1",
        "table questions": "1",
        "table reasoning_paths": "1",
    },
    "difficulty_tiers": {
        "rules.medium_min_correct": "2",
        "schema": "1",
        "table verifications": "1",
        "table overrides": "1",
    },
    "ranked_paths": {
        "prompt ranker": "r1",
        "roles.ranker": '{"model": "qwen"}',
        "rules.near_copy_ratio": "95",
        "sql/tables/ranked_paths.sql": "1",
        "table reasoning_paths": "1",
        "table verifications": "1",
        "table difficulty_tiers": "1",
    },
    "reasonmed": {
        "sql/tables/reasonmed.sql": "1",
        "table ranked_paths": "1",
        "table questions": "1",
        "table difficulty_tiers": "1",
    },
    "sft_reasonmed": {"rules.template": '"plain"', "table reasonmed": "1", "table questions": "1"},
}


def world() -> dict[str, list[Row]]:
    """One question with two paths, of which the first is its example."""
    of = {"question_id": "q1", "source": "mmlu"}
    raw = {"raw_id": "w1", "file": "f", "row": 1, "question": "What?", "options": ["x", "y"], "gold_letter": "A"} | of
    path = {"generator": "qwen", "model": "qwen", "prompt_hash": "g1", "attempts": 1, "path_text": "so A"}
    judged = {"generator": "qwen", "model": "qwen", "prompt_hash": "v1", "is_correct": True, "attempts": 1}
    ranked = {"model": "qwen", "prompt_hash": "r1", "attempts": 1}
    return {
        "raw_questions": [raw],
        "questions": [{"raw_id": "w1", "question": "What?", "gold_letter": "A"} | of],
        "reasoning_paths": [{"path_id": f"p{n}", "call_keys": [f"g{n}"], **path, **of} for n in (1, 2)],
        "verifications": [{"path_id": f"p{n}", "call_keys": [f"v{n}"], **judged, **of} for n in (1, 2)],
        "difficulty_tiers": [{"n_correct": 2, "tier": "easy"} | of],
        "ranked_paths": [
            {"path_id": f"p{n}", "call_keys": [f"r{n}"], "score": 5.0 - n, "path_rank": n, **ranked, **of}
            for n in (1, 2)
        ],
        "reasonmed": [{"example_id": "e1", "path_id": "p1", "path_text": "so A"} | of],
        "sft_reasonmed": [{"example_id": "e1", "source": "mmlu", "output": "so A"}],
        "llm_calls": [
            {"call_key": f"{letter}{n}", "role": role, "model": "qwen"}
            for letter, role in (("g", "generator"), ("v", "verifier"), ("r", "ranker"))
            for n in (1, 2)
        ],
    }


class Edited:
    """A second state: edits of the first."""

    def __init__(self) -> None:
        self.rows = world()
        self.parts = {table: dict(parts) for table, parts in INPUTS.items()}

    def set(self, table: str, row_id: str, **values: Any) -> Edited:
        """Change a row that is known by its first value."""
        for row in self.rows[table]:
            if row_id in row.values():
                row.update(values)
        return self

    def add(self, table: str, row: Row) -> Edited:
        self.rows.setdefault(table, []).append(row)
        return self

    def drop(self, table: str, row_id: str) -> Edited:
        self.rows[table] = [row for row in self.rows[table] if row_id not in row.values()]
        return self

    def call(self, key: str, role: str, model: str = "qwen") -> Edited:
        return self.add("llm_calls", {"call_key": key, "role": role, "model": model})

    def part(self, table: str, **_: str) -> Edited:
        return self

    def causes(self) -> dict[tuple[str, str], str]:
        return causes(world(), self.rows, (INPUTS, self.parts))


def test_nothing_differs() -> None:
    assert Edited().causes() == {}


def test_another_prompt_and_what_follows_from_it() -> None:
    edited = Edited().call("v9", "verifier")
    edited.parts["verifications"]["prompt verifier"] = "v2"
    edited.set("verifications", "p1", call_keys=["v9"], prompt_hash="v2", is_correct=False)
    edited.set("difficulty_tiers", "q1", n_correct=1, tier="medium")
    edited.drop("reasonmed", "e1").drop("sft_reasonmed", "e1")
    assert edited.causes() == {
        ("verifications", "p1"): "prompt",
        ("difficulty_tiers", "q1"): "prompt",
        ("reasonmed", "e1"): "prompt",
        ("sft_reasonmed", "e1"): "prompt",
    }


def test_another_model_and_another_parameter() -> None:
    edited = Edited().call("g8", "generator", "huatuo").call("g9", "generator")
    edited.parts["reasoning_paths"]["roles.generator"] = '[{"model": "huatuo"}]'
    edited.set("reasoning_paths", "p1", call_keys=["g8"], model="huatuo", path_text="so B")
    edited.set("reasoning_paths", "p2", call_keys=["g9"], path_text="so C")
    assert edited.causes() == {("reasoning_paths", "p1"): "model", ("reasoning_paths", "p2"): "parameter"}


def test_another_revision_of_a_model_is_another_model() -> None:
    edited = Edited().call("g9", "generator")
    edited.parts["reasoning_paths"]["models.qwen"] = '{"name": "qwen", "revision": "2"}'
    edited.set("reasoning_paths", "p1", call_keys=["g9"], revision="2")
    assert edited.causes() == {("reasoning_paths", "p1"): "model"}


def test_more_votes_are_a_parameter_and_another_reply_of_the_chain_is_repaired() -> None:
    edited = Edited().call("v8", "verifier").set("verifications", "p1", call_keys=["v1", "v8"], attempts=2)
    assert edited.causes() == {("verifications", "p1"): "repaired"}
    edited.parts["verifications"]["votes"] = "3"
    assert edited.causes() == {("verifications", "p1"): "parameter"}


def test_the_same_call_made_again_and_other_choices_among_siblings() -> None:
    """The second path is ranked anew and comes first: the first one's rank differs, and the example is another."""
    edited = Edited().set("ranked_paths", "p2", score=5.0, path_rank=1, attempts=2)
    edited.set("ranked_paths", "p1", path_rank=2)
    edited.set("reasonmed", "e1", path_id="p2")
    assert edited.causes() == {
        ("ranked_paths", "p2"): "repaired",
        ("ranked_paths", "p1"): "siblings",
        ("reasonmed", "e1"): "repaired",
    }


def test_an_example_of_another_path_that_is_as_it_was_is_a_choice_among_siblings() -> None:
    edited = Edited()
    edited.rows["ranked_paths"] += [dict(edited.rows["ranked_paths"][0], path_id="p3", call_keys=["r3"])]
    edited.rows["reasoning_paths"] += [dict(edited.rows["reasoning_paths"][0], path_id="p3", call_keys=["g3"])]
    edited.parts["reasoning_paths"]["roles.generator"] = "[2]"
    edited.set("reasonmed", "e1", path_id="p2", path_text="so A!")
    found = edited.causes()
    assert found == {
        ("reasoning_paths", "p3"): "parameter",
        ("ranked_paths", "p3"): "parameter",
        ("reasonmed", "e1"): "siblings",
    }


def test_a_new_question_and_all_that_is_made_of_it() -> None:
    edited = Edited()
    edited.parts["raw_questions"]["files of mmlu"] = "2"
    of = {"question_id": "q2", "source": "mmlu"}
    edited.add("raw_questions", {"raw_id": "w2", "file": "f", "row": 2} | of)
    edited.add("questions", {"raw_id": "w2"} | of)
    edited.add("reasoning_paths", {"path_id": "p9", "model": "qwen", "call_keys": ["g9"]} | of)
    edited.add("difficulty_tiers", {"tier": "easy"} | of)
    assert set(edited.causes().values()) == {"new question"} and len(edited.causes()) == 4


def test_a_higher_limit_lets_new_questions_in_and_a_lower_one_is_a_parameter() -> None:
    edited = Edited().add("questions", {"question_id": "q2", "raw_id": "w2", "source": "mmlu"})
    edited.parts["questions"]["limit"] = "3"
    assert edited.causes() == {("questions", "q2"): "new question"}
    lower = Edited().drop("questions", "q1").drop("reasoning_paths", "q1")
    lower.parts["questions"]["limit"] = "0"
    assert set(lower.causes().values()) == {"parameter"} and len(lower.causes()) == 3


def test_an_edited_record_is_a_new_question_only_where_the_old_one_stays() -> None:
    edited = Edited().set("raw_questions", "w1", question_id="q9", question="Which?")
    edited.parts["raw_questions"]["files of mmlu"] = "2"
    edited.drop("questions", "q1").add("questions", {"question_id": "q9", "raw_id": "w1", "source": "mmlu"})
    found = edited.causes()
    assert set(found.values()) == {"source file"} and len(found) == 3
    edited.add("raw_questions", {"raw_id": "w2", "question_id": "q1", "source": "mmlu", "file": "f", "row": 2})
    edited.add("questions", dict(world()["questions"][0], raw_id="w2"))
    moved = edited.causes()
    assert (moved["raw_questions", "w1"], moved["questions", "q9"]) == ("new question", "new question")
    assert moved["questions", "q1"] == "source file"


def test_decisions_of_people() -> None:
    edited = Edited().add("overrides", {"override_id": "o1", "kind": "drop", "question_id": "q1", "source": "mmlu"})
    edited.parts["overrides"]["overrides file"] = "2"
    for table in ("questions", "reasoning_paths", "verifications", "difficulty_tiers", "ranked_paths", "reasonmed"):
        edited.drop(table, "q1")
    edited.drop("sft_reasonmed", "e1")
    edited.add("rejected_questions", {"raw_id": "w1", "source": "mmlu", "reason": "override"})
    found = edited.causes()
    assert set(found.values()) == {"override"} and len(found) == 12


def test_a_benchmark_s_question_that_a_training_question_matches() -> None:
    edited = Edited().add("benchmark_questions", {"raw_id": "w7", "question_id": "q7", "source": "mmlu"})
    edited.parts["benchmark_questions"]["files of mmlu"] = "2"
    match = {"match_id": "m1", "raw_id": "w1", "other_raw_id": "w7", "source": "mmlu", "decision": "contaminated"}
    edited.add("question_matches", match).drop("questions", "q1")
    edited.add("rejected_questions", {"raw_id": "w1", "source": "mmlu", "reason": "contaminated", "other_raw_id": "w7"})
    found = edited.causes()
    assert set(found.values()) == {"benchmark"} and len(found) == 4


@pytest.mark.parametrize(
    ("part", "cause"),
    [("rules.medium_min_correct", "threshold"), ("schema", "schema"), ("sql/x.sql", "code"), ("nothing", "unknown")],
)
def test_a_row_that_only_its_own_step_can_explain(part: str, cause: str) -> None:
    edited = Edited().set("difficulty_tiers", "q1", tier="medium")
    if part != "nothing":
        edited.parts["difficulty_tiers"][part] = "other"
    assert edited.causes() == {("difficulty_tiers", "q1"): cause}


def test_a_column_that_was_declared_is_the_schema_whatever_else_differs() -> None:
    edited = Edited().set("difficulty_tiers", "q1", doubt_models=0)
    edited.parts["difficulty_tiers"] |= {"schema": "2", "rules.medium_min_correct": "3", "sql/x.sql": "2"}
    assert edited.causes() == {("difficulty_tiers", "q1"): "schema"}
    edited.set("difficulty_tiers", "q1", tier="medium")
    assert edited.causes() == {("difficulty_tiers", "q1"): "threshold"}


def test_without_parts_of_an_earlier_version_calls_tell_what_they_can() -> None:
    edited = Edited().call("v9", "verifier")
    edited.set("verifications", "p1", call_keys=["v9"], prompt_hash="v2")
    edited.set("raw_questions", "w1", subject="anatomy")
    edited.add("questions", {"question_id": "q2", "raw_id": "w2", "source": "mmlu"})
    found = causes(world(), edited.rows, ({}, {}))
    assert found == {
        ("verifications", "p1"): "prompt",
        ("raw_questions", "w1"): "source file",
        ("questions", "q2"): "new question",
    }


def test_calls_that_no_account_has_yet_are_not_of_another_model() -> None:
    edited = Edited().set("verifications", "p1", call_keys=["v9"])
    edited.parts["verifications"]["roles.verifier"] = '{"model": "qwen", "temperature": 0.1}'
    assert edited.causes() == {("verifications", "p1"): "parameter"}
    edited.set("verifications", "p1", model="huatuo")
    assert edited.causes() == {("verifications", "p1"): "model"}


def test_a_new_row_of_a_model_is_told_where_another_row_has_none() -> None:
    world_of_nulls = world()
    world_of_nulls["reasoning_paths"].append(dict(world_of_nulls["reasoning_paths"][0], path_id="p3", model=None))
    edited = Edited()
    edited.rows["reasoning_paths"].append(dict(world_of_nulls["reasoning_paths"][2]))
    edited.rows["reasoning_paths"].append(dict(edited.rows["reasoning_paths"][0], path_id="p4", model="huatuo"))
    assert causes(world_of_nulls, edited.rows, (INPUTS, edited.parts)) == {("reasoning_paths", "p4"): "model"}


def test_rows_of_one_source_are_siblings_only_where_they_are_a_sample() -> None:
    """Two questions differ in a table of all of them, for no reason that is recorded; then in a sample."""
    before = world()
    before["difficulty_tiers"].append({"question_id": "q2", "source": "mmlu", "n_correct": 2, "tier": "easy"})
    after = {**before, "difficulty_tiers": [dict(row, tier="medium") for row in before["difficulty_tiers"]]}
    assert set(causes(before, after, (INPUTS, INPUTS)).values()) == {"unknown"}
    inputs = INPUTS | {"verifier_audit": {"table verifications": "1"}}
    sample = [{"audit_id": f"a{n}", "question_id": f"q{n}", "source": "mmlu", "model": "m"} for n in (1, 2)]
    drawn = causes(
        {**world(), "verifier_audit": sample[:1]}, {**world(), "verifier_audit": sample[1:]}, (inputs, inputs)
    )
    assert set(drawn.values()) == {"siblings"} and len(drawn) == 2


def test_a_record_that_moved_to_a_new_line_is_no_new_question() -> None:
    """A line was inserted at the top: the record that was the last one has a number that none had."""
    edited = Edited().set("raw_questions", "w1", question_id="q9", question="Which?")
    edited.parts["raw_questions"]["files of mmlu"] = "2"
    edited.add("raw_questions", dict(world()["raw_questions"][0], raw_id="w2", row=2))
    found = edited.causes()
    assert found == {("raw_questions", "w1"): "new question", ("raw_questions", "w2"): "source file"}


def test_rows_that_were_restored() -> None:
    assert dict(PARTS)[RESTORED] == "restored"
    edited = Edited().set("difficulty_tiers", "q1", tier="medium")
    edited.parts["difficulty_tiers"][RESTORED] = "3"
    assert edited.causes() == {("difficulty_tiers", "q1"): "restored"}
    edited.parts["difficulty_tiers"]["rules.medium_min_correct"] = "3"
    assert edited.causes() == {("difficulty_tiers", "q1"): "threshold"}


@pytest.mark.parametrize(
    ("part", "cause"),
    [("rules.new_one", "code"), ("new_one", "code"), ("models.new", "model"), ("files of mmlu", "source file")],
)
def test_a_value_that_one_version_of_the_program_reads_is_code(part: str, cause: str) -> None:
    edited = Edited().drop("reasonmed", "e1").drop("sft_reasonmed", "e1")
    edited.parts["reasonmed"][part] = "1"
    found = edited.causes()
    # What only calls read changes no row of a table without any.
    assert found["reasonmed", "e1"] == ("unknown" if cause == "model" else cause)


def test_the_guide_lists_the_causes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "guides" / "lineage.md").read_text(encoding="utf-8")
    assert "".join(f"| {cause.name} | {cause.meaning} |\n" for cause in CAUSES) in page
