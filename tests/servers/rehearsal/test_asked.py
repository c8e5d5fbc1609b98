"""Prompts of this project, read back by the rehearsal endpoint."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.roles import ROLES
from reasonmed_assets.servers.rehearsal.asked import read_options, read_prompt

FIELD_VALUES = {
    "question": "A 40-year-old man has chest pain.\nWhich drug comes first?",
    "context": "Some context.",
    "options": ["Aspirin", "Alteplase (tPA)", "A. muscaria extract", "None of the above"],
    "gold_letter": "B",
    "gold_text": "Alteplase (tPA)",
    "path_text": "Step 1. So it is.\n\nFinal answer: C. A. muscaria extract",
    "verdict": "error",
    "verdict_reason": "Wrong drug.",
    "feedback": ["(concludes A) Too little."],
}


def test_every_role_is_read_back_from_its_own_prompt():
    for role, declared in ROLES.items():
        fields = {*declared.fields, *declared.optional}
        asked = read_prompt(render(role, FIELD_VALUES))
        assert asked.role == role
        assert asked.question == FIELD_VALUES["question"]
        assert list(asked.options) == FIELD_VALUES["options"]
        assert asked.key_letter == ("B" if "gold_letter" in fields else None)
        assert asked.path == (FIELD_VALUES["path_text"] if "path_text" in fields else "")
        assert asked.context == ("Some context." if "context" in fields else "")


def test_a_repair_asks_for_the_same():
    messages = render("verifier", FIELD_VALUES)
    repair = [*messages, {"role": "assistant", "content": "{"}, {"role": "user", "content": "That is no JSON."}]
    assert read_prompt(repair) == read_prompt(messages)


def test_a_prompt_of_another_kind_has_no_role():
    asked = read_prompt([{"role": "user", "content": "Hello"}])
    assert asked.role is None
    assert asked.options == ()


def test_an_option_may_run_over_lines_that_look_like_others():
    assert read_options("A. one\nB. of the two\nC. three") == ("one", "of the two", "three")
    assert read_options("A. first line\nD. is no option yet\nB. second") == (
        "first line\nD. is no option yet",
        "second",
    )
    assert read_options("") == ()


@given(st.lists(st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True), min_size=2, max_size=10))
def test_options_survive_the_way_through_a_prompt(options):
    fields = {**FIELD_VALUES, "options": options}
    assert list(read_prompt(render("generator", fields)).options) == options
