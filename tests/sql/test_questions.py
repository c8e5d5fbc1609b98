"""The questions of a build: the order of their options."""

from __future__ import annotations

import pytest
from queries import connect, fill, run

SHUFFLED = {"rules.shuffle_options": "seeded"}


def order_of(options: list[str]) -> list[list[int]]:
    """The order of the options of twelve questions that have these, under a seeded shuffle."""
    con = connect(SHUFFLED, limit=None)
    fill(
        con,
        "raw_questions",
        [
            {
                "raw_id": f"r{n}", "question_id": f"q{n}", "question": f"Which {n}?", "options": options,
                "n_options": len(options), "gold_letter": "B", "gold_text": options[1], "split_role": "train",
            }
            for n in range(12)
        ],
    )  # fmt: skip
    rows = run(con, "tables/questions", "option_order, options, gold_letter, gold_text")
    assert all(options["ABCDEFGH".index(letter)] == text for _, options, letter, text in rows)
    return [order for order, _, _, _ in rows]


def test_options_are_shuffled_by_a_seed() -> None:
    assert len(set(map(tuple, order_of(["Cold hands", "Fast pulse", "Thirst", "Vitamin A and zinc"])))) > 3


@pytest.mark.parametrize(
    "option",
    [
        "a and b", "Both A & B", "A, C and D", "B + C only", "only A", "All except D", "A is true, B is false",
        "All of the above", "None of the above.", "any two of the above", "None of these", "Both", "None", "Neither",
        "All are correct", "none of the other options", "Options A and B", "Same as above", "Both AB", "Option 1 and 2",
        "Todas las anteriores", "Keine der genannten", "Aucune de ces réponses", "以上都是",
    ],
)  # fmt: skip
def test_options_that_speak_of_others_keep_the_published_order(option: str) -> None:
    assert order_of(["Cold hands", "Fast pulse", "Thirst", option]) == [[1, 2, 3, 4]] * 12


@pytest.mark.parametrize(
    "options",
    [
        ["Hepatitis A", "Hepatitis B", "Hepatitis C"],
        ["A", "B", "AB", "O"],
        ["Above the umbilicus", "Below the knee", "At the wrist"],
        ["Both lungs", "One lung", "No lung"],
        ["Cori's disease", "Andersen disease", "Pompe disease"],
    ],
)
def test_words_that_look_like_letters_are_shuffled(options: list[str]) -> None:
    assert len(set(map(tuple, order_of(options)))) > 1
