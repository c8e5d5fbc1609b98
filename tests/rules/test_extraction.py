"""The option that a text concludes with."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.rules import extraction
from reasonmed_assets.rules.extraction import NOTHING, Extraction, extract_answer
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.vocabulary import LETTERS

VESSELS = ["Renal papillary necrosis", "Cholesterol embolization", "Polyarteritis nodosa", "None of the above"]
THREE = VESSELS[:3]
YES_NO = ["yes", "no", "maybe"]
MUTATIONS = ["an insertion", "a deletion", "a point mutation"]
BOTH = ["Thiazides", "Loop diuretics", "Both A and B", "Neither"]
CELLS = ["Macrophages", "T cell", "B cell"]


@pytest.mark.parametrize(
    ("text", "options", "letter", "rule"),
    [
        ("Final answer: C. Polyarteritis nodosa", VESSELS, "C", "final_answer"),
        ("**Final Answer:** (B)", VESSELS, "B", "final_answer"),
        ("### Final Answer\n\n**B**\n", VESSELS, "B", "final_answer"),
        ("6. Final answer - B", VESSELS, "B", "final_answer"),
        ("Answer: b) cholesterol embolization", VESSELS, "B", "final_answer"),
        ("Answer: c", VESSELS, "C", "final_answer"),
        ("Final answer: Cholesterol embolization.", VESSELS, "B", "final_answer"),
        ("Final answer: The most likely cause is cholesterol embolization.", VESSELS, "B", "final_answer"),
        ("Final answer: None of the above", VESSELS, "D", "final_answer"),
        ("Answer: maybe, since the data are mixed", YES_NO, "C", "final_answer"),
        ("Final answer: A deletion", MUTATIONS, "B", "final_answer"),
        ("Answer: Both A and B", BOTH, "C", "final_answer"),
        ("Final answer: C. Both A and B", BOTH, "C", "final_answer"),
        ("Hence \\boxed{C}.", VESSELS, "C", "boxed"),
        ("The final answer is $\\boxed{\\text{B}}$. I hope it is correct.", VESSELS, "B", "boxed"),
        ('{"reasoning": "A and B differ", "answer_choice": "B. Cholesterol embolization"}', VESSELS, "B", "json_field"),
        ("{'answer': 'C'}", VESSELS, "C", "json_field"),
        ('{"thinking": "...", "final_answer": "C', VESSELS, "C", "json_field"),
        ("\u6b63\u786e\u7b54\u6848\uff1aC", VESSELS, "C", "cjk_label"),
        ("So the correct answer is (C), because of the vessels.", VESSELS, "C", "stated_answer"),
        ("The most appropriate answer to this question would be option B.", VESSELS, "B", "stated_answer"),
        ("Therefore, the answer is yes, it does.", YES_NO, "A", "stated_answer"),
        ("In short, the best answer here is a deletion.", MUTATIONS, "B", "stated_answer"),
        ("The answer is C.", VESSELS, "C", "stated_answer"),
        ("After all this I would choose option C.", VESSELS, "C", "chosen_option"),
        ("{'answer': ['B']}", VESSELS, "B", "json_field"),
        ('{"answer": C, "confidence": 0.9}', VESSELS, "C", "json_field"),
        ("\u7b54\u6848\uff1aC", VESSELS, "C", "cjk_label"),
        ("\u6240\u4ee5\u6545\u9009C\u3002", VESSELS, "C", "cjk_label"),
        ("C. maybe", YES_NO, "C", "letter_only"),
        ("maybe", YES_NO, "C", "text_only"),
        ("**Cholesterol embolization.**", VESSELS, "B", "text_only"),
        ("B", VESSELS, "B", "letter_only"),
        ("The purple toes fit.\n(B)", VESSELS, "B", "letter_only"),
        ("Therefore, the most likely cause is cholesterol embolization.", VESSELS, "B", "conclusion"),
        ("Thus the most likely diagnosis is C. Polyarteritis nodosa. It is rare.", VESSELS, "C", "conclusion"),
    ],
)
def test_a_rule_finds_the_letter(text: str, options: list[str], letter: str, rule: str) -> None:
    assert extract_answer(text, options) == Extraction(letter, rule)


DRUGS = ["Lithium", "Valproate", "Gabapentin", "B12 → folate"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<answer>C</answer>", "answer_tag"),
        ("[ANSWER]C[/ANSWER]", "answer_tag"),
        ("Final answer: \u300cC\u300d", "final_answer"),
        ("<answer>\nC. Gabapentin\n</answer>", "answer_tag"),
        ("<final_answer>(C)</final_answer>", "answer_tag"),
        ("<answer>The correct answer is C.</answer>", "stated_answer"),
        ("C is the correct answer.", "named_answer"),
        ("C is the correct answer.\n\nA is wrong since it harms the kidneys.", "named_answer"),
        ("Option C is the most appropriate.", "named_answer"),
        ("Option C, gabapentin, is the most appropriate choice here.", "named_answer"),
        ("Overall, C. Gabapentin is the best option.", "named_answer"),
        ("Gabapentin (C) is the most appropriate.", "named_answer"),
        ("Gabapentin is the correct answer, not lithium.", "named_answer"),
        ("Final answer: It is C", "final_answer"),
        ("Final answer: That would be C.", "final_answer"),
        ("Final answer: It's C. Gabapentin", "final_answer"),
        ("Final answer: I think it is C", "final_answer"),
        ("Final answer (C)", "final_answer"),
        ("Final answer => C", "final_answer"),
        ("Final answer → C", "final_answer"),
        ("Final answer: <b>C</b>", "final_answer"),
        ("Final answer: ~~B~~ C", "final_answer"),
        ("Correct option: C", "final_answer"),
        ("My answer: C", "final_answer"),
        ("Ans. C", "final_answer"),
        ("| Final answer | C |", "final_answer"),
        ("| Option | Verdict |\n|---|---|\n| A | wrong |\n| **Final answer** | **C. Gabapentin** |", "final_answer"),
        ("| Answer |\n|---|\n| C |", "final_answer"),
        (r"\boxed{C. \text{Gabapentin}}", "boxed"),
        (r"$$\boxed{\text{C. \textbf{Gabapentin}}}$$", "boxed"),
        (r"\fbox{C}", "boxed"),
        ('{"Final Answer": "C"}', "json_field"),
        ("Pain of nerves.\nOption C", "letter_only"),
        ("Réponse finale : C", "foreign_label"),
        ("La bonne réponse est la C.", "foreign_label"),
        ("Respuesta final: C", "foreign_label"),
        ("La respuesta correcta es la opción C.", "foreign_label"),
        ("Antwort: C", "foreign_label"),
        ("Die richtige Antwort ist C.", "foreign_label"),
        ("Resposta: letra C", "foreign_label"),
        ("Risposta finale: C. Gabapentin", "foreign_label"),
        ("Antwoord: C", "foreign_label"),
        ("Odpowiedź: C", "foreign_label"),
        ("Правильный ответ: C", "foreign_label"),
        ("正解はCです。", "foreign_label"),
        ("정답은 C입니다.", "foreign_label"),
        ("答案是C选项。", "cjk_label"),
    ],
)  # fmt: skip
def test_an_answer_that_is_plain_to_a_reader_is_found(text: str, rule: str) -> None:
    assert extract_answer(text, DRUGS) == Extraction("C", rule)
    assert extract_answer(f"1. The options are A to D.\n\n{text}\n", DRUGS) == Extraction("C", rule)


@pytest.mark.parametrize(
    "answer",
    [
        "A → B", "A -> B", "A => B", "A. Lithium → B", r"A $\rightarrow$ B", "from A to B", "A, no: B", "A. No, B.",
        "A, or rather B", "not A but B", "it is neither A nor B",
    ],
)  # fmt: skip
def test_a_letter_turned_into_another_is_no_letter(answer: str) -> None:
    assert extract_answer(f"Final answer: {answer}", DRUGS) == Extraction(None, "final_answer")
    assert extract_answer(r"\boxed{" + answer + "}", DRUGS).letter is None


@pytest.mark.parametrize(
    ("answer", "letter"),
    [("A, not B", "A"), ("A because B is wrong", "A"), ("B12 → folate", "D"), ("D. B12 → folate", "D")],
)
def test_a_letter_beside_a_rejected_one_stays(answer: str, letter: str) -> None:
    assert extract_answer(f"Final answer: {answer}", DRUGS).letter == letter


@pytest.mark.parametrize(
    "text",
    [
        "Option C is not the most appropriate.",
        "Option C is the most appropriate if he were older.",
        "If she is pregnant, option C is the most appropriate.",
        "Vitamin C is the most appropriate.",
        "Hepatitis B is the most likely diagnosis.",
        "Option A or option C is the most appropriate.",
        "Options A and C are the best answers.",
        "Gabapentin toxicity is the most likely.",
        "B. Gabapentin is the correct answer.",
        "Option B is the most likely to be mistaken for it.",
        "A patient on lithium is the most likely to need it.",
    ],
)
def test_the_subject_of_a_sentence_is_no_answer_by_itself(text: str) -> None:
    assert extract_answer(text, DRUGS).letter is None


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("The answer is B. Wait, no. The correct answer is C.", "C"),
        ("Final answer: A\n\nOn reflection this is wrong.\n\nFinal answer: B", "B"),
        ("Final answer: B. Cholesterol embolization\nThat was hasty: the correct answer is C.", "C"),
        ("The answer is not A. The answer is B.", "B"),
        ("The correct answer is C. If he had no rash, the answer would be A.", "C"),
        ('{"answer": "A"}\n\nWait: the toes are purple. Final answer: B', "B"),
        ('{"answer": "A"} No, wait: {"answer": "B"}', "B"),
        ('{"answer": "A", "reasoning": "At first sight the answer is B."}', "A"),
    ],
)
def test_the_last_word_counts(text: str, letter: str) -> None:
    assert extract_answer(text, VESSELS).letter == letter


@pytest.mark.parametrize(
    "value",
    [
        "A/B",
        "A or B",
        "A and C",
        "A, B, C",
        "A. Renal papillary necrosis and B. Cholesterol embolization",
        "B. Cholesterol embolization, C. Polyarteritis nodosa",
        "None of the above",
        "Information not available",
        "Cannot be determined",
        "E",
        "B. Renal papillary necrosis",
        "",
    ],
)
def test_several_options_or_none_are_no_letter(value: str) -> None:
    assert extract_answer(f'{{"answer_choice": "{value}"}}', THREE) == Extraction(None, "json_field")
    if value:
        assert extract_answer(f"So it is B.\nFinal answer: {value}", THREE) == Extraction(None, "final_answer")


@pytest.mark.parametrize(
    "quoted",
    [
        'The field "choice": it is explained above.',
        'Write "answer": "the letter only", as you were told.',
        'The options differ, "answer": because of the vessels, A is wrong.',
    ],
)
def test_words_in_quotes_are_no_json_field(quoted: str) -> None:
    assert extract_answer(f"{quoted}\n\nFinal answer: C", VESSELS) == Extraction("C", "final_answer")
    assert extract_answer(f"Final answer: C\n\n{quoted}", VESSELS) == Extraction("C", "final_answer")


def test_a_list_of_letters_is_no_letter() -> None:
    assert extract_answer('{"answer": ["A", "B"]}', VESSELS) == Extraction(None, "json_field")


def test_two_options_with_the_same_text_are_told_by_their_letters() -> None:
    repeated = ["Aspirin", "Heparin", "Aspirin"]
    assert extract_answer("Final answer: C. Aspirin", repeated).letter == "C"
    assert extract_answer("Final answer: A", repeated).letter == "A"
    assert extract_answer("The best answer is aspirin.", repeated).letter == "A"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", VESSELS),
        ("The purple toes are remarkable.", VESSELS),
        ("Therefore, it is not cholesterol embolization.", VESSELS),
        ("Thus, none of the options provided (A, B, C) are likely.", THREE),
        ("Based on this analysis, the one that does not fit is C. Polyarteritis nodosa.", THREE),
        ("Therefore it is cholesterol embolization or polyarteritis nodosa.", VESSELS),
        ("Therefore, the deletion is found in both the lateral wall and the septum.", ["Lateral wall", "Septum"]),
        ("There is no evidence, so more trials are needed.", YES_NO),
        ("Therefore, the answer should be B cells in the marrow.", CELLS),
        ("A. Thiazides: they lower calcium in urine.\nB. Loop diuretics: they raise it.", BOTH),
        ("The answer is complicated.", VESSELS),
    ],
)
def test_a_text_without_a_conclusion_has_no_letter(text: str, options: list[str]) -> None:
    assert extract_answer(text, options) == NOTHING


def test_a_long_text_is_read_from_its_end() -> None:
    text = "Final answer: A\n" + "The patient is ill. " * 2000 + "\nFinal answer: B"
    assert extract_answer(text, VESSELS) == Extraction("B", "final_answer")
    assert extract_answer("The answer is B.\n" + "The patient is ill. " * 2000, VESSELS).letter == "B"


OPTIONS = st.lists(
    st.text(alphabet="abcdefgh ABC'-,.()/1", min_size=1, max_size=20).filter(lambda text: len(normalise(text)) > 1),
    min_size=2,
    max_size=10,
    unique_by=normalise,
)


@given(OPTIONS, st.data())
def test_a_labelled_letter_with_its_text_is_always_found(options: list[str], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(options) - 1))
    letter = LETTERS[position]
    assert extract_answer(f"First, the findings.\nFinal answer: {letter}", options).letter == letter
    assert extract_answer(f"Final answer: {letter}. {options[position]}", options).letter == letter
    assert extract_answer(json.dumps({"answer_choice": f"{letter}. {options[position]}"}), options).letter == letter


@given(st.text(max_size=300), OPTIONS)
def test_any_text_gives_a_letter_of_the_options_or_none(text: str, options: list[str]) -> None:
    found = extract_answer(text, options)
    assert found.letter is None or found.letter in LETTERS[: len(options)]
    assert found.letter is None or found.rule


def test_a_question_has_two_to_ten_options() -> None:
    for options in (["one"], ["x"] * 11):
        with pytest.raises(ValueError, match="two to 10 options"):
            extract_answer("A", options)


@pytest.mark.parametrize(
    "label",
    ["DIE RICHTIGE ANTWORT IST", "LA RÉPONSE EST", "LA OPCIÓN CORRECTA ES", "ĐÁP ÁN ĐÚNG LÀ"],
)
def test_a_label_of_another_language_is_read_in_capitals(label: str) -> None:
    assert extract_answer(f"Text.\n{label} B", THREE) == Extraction("B", "foreign_label")


def test_a_json_field_is_read_with_its_colon_on_another_line() -> None:
    assert extract_answer('{"Final_Answer_IDX"\n  :\n "B"}', THREE) == Extraction("B", "json_field")


_PIECES = [
    "Final answer: A. Renal papillary necrosis", "Final answer: B. cholesterol embolization, not A", "Final answer: ",
    "Final answer: C", "Final answer: A/B", "final answer: B", "The answer is", "If", "\\boxed{C}", "\\boxed{", "}",
    '{"answer": "A"}', "**", "##", "| Answer |", "I choose B", "B is the correct answer.", "Antwort: C",
    "\u7b54\u6848\u662f",
    "none of the above", ". ", " ", "\n", "\n\n", "\r\n", "\u00a0",
]  # fmt: skip


@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=6))
def test_a_text_that_ends_in_the_form_asked_for_is_read_as_any_other(pieces: list[str]) -> None:
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "_last_line", lambda *_: None)
        searched = extract_answer(text, VESSELS)
    assert extract_answer(text, VESSELS) == searched
