"""Planted errors: each changes one line, keeps the rest, and keeps or swaps the conclusion as its kind says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.rules.alterations import ALTERATIONS, change_negation, change_number, swap_answer
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.text import negations, numbers

OPTIONS = ["Metformin 500 mg", "Insulin", "Glipizide", "None of the above"]
SENTENCES = (
    "The patient is 54 years old and does not smoke.",
    "Her glucose was 240 mg/dL, which cannot be ignored.",
    "Insulin is not needed at this stage.",
    "Glipizide is a second choice without a clear advantage.",
    "She hasn't lost weight, and her blood pressure is 120/80 mmHg.",
    "About 12.5% of patients stop within 6 weeks; 1,500 patients were seen.",
    "The kidneys are healthy.",
    "So we come to the end",
)
ENDINGS = (
    "Final answer: A. Metformin 500 mg",
    "The answer is (A).",
    "\\boxed{A}",
    "**Final answer:** A. Metformin 500 mg",
)
paths = st.builds(
    lambda lines, ending: "\n".join([*lines, ending]),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6),
    st.sampled_from(ENDINGS),
)


@pytest.mark.parametrize("kind", ALTERATIONS)
@given(path=paths, seed=st.integers(0, 999))
def test_one_line_changes_and_nothing_else(kind: str, path: str, seed: int) -> None:
    altered = ALTERATIONS[kind](path, OPTIONS, "A", seed)
    if altered is None:
        return
    assert altered == ALTERATIONS[kind](path, OPTIONS, "A", seed)
    assert altered.before != altered.after
    assert "\n" not in altered.before + altered.after
    end = altered.start + len(altered.before)
    assert path[altered.start : end] == altered.before
    assert altered.text == path[: altered.start] + altered.after + path[end:]
    concluded = extract_answer(altered.text, OPTIONS).letter
    assert (concluded != "A") == (kind == "answer_swapped")
    assert concluded is not None


@given(path=paths, seed=st.integers(0, 999))
def test_every_conclusion_can_be_swapped(path: str, seed: int) -> None:
    altered = swap_answer(path, OPTIONS, "A", seed)
    assert altered is not None
    assert altered.before == path.rsplit("\n", 1)[-1]
    assert "Metformin" not in altered.after


@given(path=paths, seed=st.integers(0, 999))
def test_a_negation_comes_or_goes_and_no_number_changes(path: str, seed: int) -> None:
    altered = change_negation(path, OPTIONS, "A", seed)
    if altered is not None:
        assert abs(len(negations(altered.text)) - len(negations(path))) == 1
        assert numbers(altered.text) == numbers(path)


@given(path=paths, seed=st.integers(0, 999))
def test_one_figure_changes_and_no_word_does(path: str, seed: int) -> None:
    altered = change_number(path, OPTIONS, "A", seed)
    if altered is not None:
        figure = re.compile(r"\d[\d.,]*")
        assert figure.sub("#", altered.text) == figure.sub("#", path)
        changed = [(a, b) for a, b in zip(numbers(path), numbers(altered.text), strict=True) if a != b]
        assert changed


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("The kidneys.\nFinal answer: B. Insulin", {"answer_swapped"}),
        ("The kidneys are healthy.\nFinal answer: B. Insulin", {"answer_swapped", "negation_changed"}),
        ("Give 4 mg, in 2 of 3 steps.\nFinal answer: B. Insulin", {"answer_swapped", "number_changed"}),
        ("Give 0 mg.\nFinal answer: B. Insulin", {"answer_swapped"}),
        ("Grade 3, C5, stage 2.\nFinal answer: B. Insulin", {"answer_swapped"}),
        ("No conclusion is stated here.", set()),
        ("", set()),
    ],
)
def test_a_text_without_such_a_place_is_left_alone(path: str, kinds: set[str]) -> None:
    assert {kind for kind, alter in ALTERATIONS.items() if alter(path, OPTIONS, "B", 1) is not None} == kinds


def test_the_last_conclusion_is_the_one_that_is_swapped() -> None:
    path = "Final answer: B. Insulin\nWait, that is wrong.\nFinal answer: C. Glipizide"
    altered = swap_answer(path, ["Metformin", "Insulin", "Glipizide"], "C", 3)
    assert altered is not None
    assert altered.text.startswith("Final answer: B. Insulin\nWait, that is wrong.\nFinal answer: ")


def test_an_option_with_the_same_text_is_no_other_answer() -> None:
    assert swap_answer("Final answer: A. Insulin", ["Insulin", "insulin."], "A", 1) is None


def test_a_number_keeps_its_form() -> None:
    found = {
        change_number(f"Give {n} mg.\nAnswer: B", OPTIONS, "B", s) for n in ("0.50", "1,200", "3") for s in range(9)
    }
    lines = {altered.after for altered in found if altered is not None}
    assert lines <= {
        "Give 0.25 mg.", "Give 1.00 mg.", "Give 600 mg.", "Give 2,400 mg.", "Give 2 mg.", "Give 6 mg.",
    }  # fmt: skip
