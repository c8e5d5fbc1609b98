"""Which questions are the same, nearly the same, or in a benchmark."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_rows import OPTIONS, STEM, frame, question
from reasonmed_assets.quality.tables import question_matches

from reasonmed_assets.config.profile import Rules
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.rules.text import normalise

PRIORITY = ("medqa", "medmcqa", "pubmedqa", "mmlu")
ABSTRACT = "We randomised 120 patients with stable angina to exercise or to usual care and followed them for two years."


def matches(
    questions: list[dict[str, Any]],
    benchmarks: list[dict[str, Any]] | None = None,
    kept: set[str] | None = None,
    **rules: Any,
) -> list[dict[str, Any]]:
    return find_matches(
        frame(*questions), frame(*(benchmarks or [])), kept or set(), Rules(**rules), PRIORITY
    ).to_dicts()


def decisions(found: list[dict[str, Any]]) -> dict[str, str]:
    return {match["raw_id"]: match["decision"] for match in found if match["decision"] != "grouped"}


def test_the_columns_are_those_of_the_table() -> None:
    found = find_matches(frame(question(1), question(2)), frame(), set(), Rules(), PRIORITY)
    assert found.height == 1
    assert found.columns == [*question_matches.QuestionMatches.to_schema().columns][1:]
    empty = find_matches(frame(), frame(), set(), Rules(), PRIORITY)
    assert empty.schema == found.schema


def test_questions_that_differ_do_not_match() -> None:
    other = question(2, "Which enzyme is deficient in phenylketonuria", ("Hydroxylase", "Lipase", "Amylase", "Kinase"))
    assert matches([question(1), other]) == []


def test_the_same_text_in_another_order_is_a_duplicate_of_the_first() -> None:
    second = question(2, STEM.upper() + "?", OPTIONS[::-1], gold=OPTIONS[0])
    [match] = matches([second, question(1)])
    assert match["raw_id"] == second["raw_id"]
    assert match["decision"] == "duplicate"
    assert match["is_exact"] and match["is_same_gold"] and match["is_same_facts"]
    assert match["edit_ratio"] == 100
    assert match["evidence"].startswith("medqa train, medqa/train.jsonl row 1: A 61-year-old man")


def test_source_priority_comes_before_file_order() -> None:
    mmlu, medqa = question(1, source="mmlu"), question(9, source="medqa")
    other = question(1, source="aardvark")
    assert decisions(matches([other, mmlu, medqa])) == {mmlu["raw_id"]: "duplicate", other["raw_id"]: "duplicate"}


def test_a_question_kept_earlier_comes_before_source_priority() -> None:
    mmlu, medqa = question(1, source="mmlu"), question(9, source="medqa")
    assert decisions(matches([mmlu, medqa], kept={mmlu["question_id"]})) == {medqa["raw_id"]: "duplicate"}


def test_rows_that_contradict_each_other_all_go() -> None:
    rows = [question(1), question(2), question(3, gold=OPTIONS[1])]
    found = matches(rows)
    assert decisions(found) == {row["raw_id"]: "conflicting_gold" for row in rows}
    assert not any(match["is_same_gold"] for match in found)


def test_a_question_kept_earlier_is_not_displaced_by_a_contradiction() -> None:
    first, agreeing, contradicting = question(1), question(2), question(3, gold=OPTIONS[1])
    found = decisions(matches([first, agreeing, contradicting], kept={first["question_id"]}))
    assert found == {agreeing["raw_id"]: "duplicate", contradicting["raw_id"]: "conflicting_gold"}


def test_a_near_copy_goes_when_gold_numbers_and_negations_agree() -> None:
    near = question(2, STEM.replace("purple", "violet"))
    [match] = matches([question(1), near])
    assert (match["raw_id"], match["decision"]) == (near["raw_id"], "near_duplicate")
    assert not match["is_exact"] and 90 <= match["edit_ratio"] < 100


@pytest.mark.parametrize(
    "near",
    [
        question(2, STEM.replace("purple", "violet"), gold=OPTIONS[1]),
        question(2, STEM.replace("61", "16")),
        question(2, STEM.replace("most", "not")),
        question(2, STEM.replace("most", "least")),
    ],
)
def test_a_near_copy_that_asks_something_else_stays_in_the_same_group(near: dict[str, Any]) -> None:
    [match] = matches([question(1), near])
    assert match["decision"] == "grouped"
    assert match["edit_ratio"] >= 90
    assert not (match["is_same_gold"] and match["is_same_facts"])


def test_a_question_without_one_of_the_options_is_a_duplicate_when_the_key_is_the_same() -> None:
    shorter = question(2, options=OPTIONS[:3])
    [match] = matches([question(1), shorter])
    assert (match["raw_id"], match["decision"], match["is_exact"]) == (shorter["raw_id"], "duplicate", True)
    [match] = matches([question(1, gold=OPTIONS[3]), shorter])
    assert match["decision"] == "grouped"


@pytest.mark.parametrize(
    "published",
    [
        question(1, split_role="benchmark"),
        question(1, options=OPTIONS[::-1], split_role="benchmark"),
        question(1, options=(*OPTIONS, "Crescents"), split_role="benchmark", source="mmlu"),
        question(1, options=OPTIONS[:3], split_role="benchmark", gold=OPTIONS[1]),
    ],
)
def test_a_question_of_a_benchmark_is_contaminated(published: dict[str, Any]) -> None:
    row = question(7)
    [match] = matches([row], [published], kept={row["question_id"]})
    assert (match["raw_id"], match["decision"], match["is_exact"]) == (row["raw_id"], "contaminated", True)
    assert match["other_raw_id"] == published["raw_id"]
    assert match["other_split_role"] == "benchmark"


def test_a_near_copy_of_a_benchmark_question_is_contaminated_whatever_its_key() -> None:
    row = question(7, STEM.replace("61", "16"), gold=OPTIONS[1])
    [match] = matches([row], [question(1, split_role="benchmark")])
    assert (match["decision"], match["is_exact"], match["is_same_facts"]) == ("contaminated", False, False)


def test_contamination_comes_before_every_other_decision() -> None:
    rows = [question(1), question(2), question(3, gold=OPTIONS[1])]
    found = matches(rows, [question(1, split_role="benchmark")])
    assert decisions(found) == {row["raw_id"]: "contaminated" for row in rows}
    assert len(found) == 3


def pubmed(row: int, stem: str, pmid: str, context: str = ABSTRACT, **fields: Any) -> dict[str, Any]:
    return question(row, stem, ("yes", "no", "maybe"), source="pubmedqa", native_id=pmid, context=context, **fields)


def test_a_question_about_the_document_of_a_benchmark_question_is_contaminated() -> None:
    row = pubmed(1, "Does exercise help in stable angina?", "111")
    published = pubmed(2, "Is training of use to angina patients?", "111", split_role="benchmark")
    [match] = matches([row], [published])
    assert match["decision"] == "contaminated"
    assert "the same document 111" in match["evidence"]
    counters = [question(1, native_id="1"), question(1, "Another?", ("x", "y"), native_id="1", split_role="benchmark")]
    assert matches(counters[:1], counters[1:]) == []


def test_the_same_title_about_another_document_is_another_question() -> None:
    stem = "Does exercise help in stable angina?"
    other = pubmed(2, stem, "222", "In a registry of 9 hospitals, records of all deaths in one winter were read again.")
    assert matches([pubmed(1, stem, "111"), other]) == []
    without = question(3, stem, ("yes", "no", "maybe"), source="mmlu", split_role="benchmark")
    assert [match["decision"] for match in matches([pubmed(1, stem, "111")], [without])] == ["contaminated"]


def test_short_stems_with_other_options_are_other_questions() -> None:
    a = question(1, "Which of the following is true?", ("The liver makes bile", "The spleen makes insulin"))
    b = question(2, "Which of the following is true?", ("Nerves conduct faster with myelin", "Axons lack sodium"))
    assert matches([a, b], [question(3, "Which is true?", ("Iron is stored", "Zinc"), split_role="benchmark")]) == []


def test_with_the_switches_off_everything_is_grouped() -> None:
    rows = [
        question(1),
        question(2, options=OPTIONS[::-1], gold=OPTIONS[0]),
        question(3, gold=OPTIONS[1], source="mmlu"),
    ]
    found = matches(rows, [question(1, split_role="benchmark")], reject_duplicates=False, reject_contaminated=False)
    assert {match["decision"] for match in found} == {"grouped"}
    assert {match["raw_id"] for match in found} == {row["raw_id"] for row in rows}


def test_two_rows_never_share_a_question_id_whatever_the_switches() -> None:
    rows = [question(1), question(2), question(3, gold=OPTIONS[1])]
    found = decisions(matches(rows, reject_duplicates=False))
    assert found == {rows[1]["raw_id"]: "duplicate", rows[2]["raw_id"]: "conflicting_gold"}


WORDS = st.sampled_from(["fever", "cough", "murmur", "rash", "gout", "renal", "not", "7", "8"])
STEMS = st.lists(WORDS, min_size=6, max_size=8).map(" ".join)
ROWS = st.lists(
    st.tuples(STEMS, st.permutations(["alpha", "beta", "gamma"]), st.sampled_from(["alpha", "beta"]),
              st.sampled_from(PRIORITY)),
    min_size=1,
    max_size=14,
)  # fmt: skip


def built(drawn: list[tuple[str, list[str], str, str]], first_row: int = 1) -> list[dict[str, Any]]:
    return [
        question(row, stem, tuple(options), gold=gold, source=source)
        for row, (stem, options, gold, source) in enumerate(drawn, first_row)
    ]


def remaining(rows: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rejected = decisions(found)
    return [row for row in rows if row["raw_id"] not in rejected]


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(drawn: Any, order: random.Random) -> None:
    rows = built(drawn)
    shuffled = rows[:]
    order.shuffle(shuffled)
    assert matches(shuffled) == matches(rows)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, st.booleans())
def test_an_added_row_never_displaces_one_that_was_kept(earlier: Any, added: Any, comes_first: bool) -> None:
    rows = built(earlier, 100)
    kept = {row["question_id"] for row in remaining(rows, matches(rows))}
    more = [*rows, *built(added, 1 if comes_first else 200)]
    still = {row["question_id"] for row in remaining(more, matches(more, kept=kept))}
    assert kept <= still


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_a_second_build_finds_the_same_whatever_its_limit_kept(drawn: Any, limit: random.Random) -> None:
    rows = built(drawn)
    found = matches(rows)
    ids = sorted({row["question_id"] for row in remaining(rows, found)})
    assert matches(rows, kept=set(limit.sample(ids, limit.randint(0, len(ids))))) == found


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_what_remains_is_free_of_duplicates_and_contradictions(drawn: Any) -> None:
    rows = built(drawn)
    found = matches(rows)
    rejected = [match for match in found if match["decision"] != "grouped"]
    assert len({match["raw_id"] for match in rejected}) == len(rejected)
    left = remaining(rows, found)
    assert len({row["question_id"] for row in left}) == len(left)
    assert len({(normalise(row["question"]), tuple(sorted(row["options"]))) for row in left}) == len(left)
    assert decisions(matches(left)) == {}


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_without_rejections_ids_are_still_unique(drawn: Any) -> None:
    rows = built(drawn)
    left = remaining(rows, matches(rows, reject_duplicates=False))
    assert sorted(row["question_id"] for row in left) == sorted({row["question_id"] for row in rows})


def test_candidates_find_near_copies_among_many() -> None:
    """Every planted near copy of a few thousand questions is found, and nothing else is turned away."""
    random_words = random.Random(3)
    words = ["".join(random_words.choices("abcdefghiklmnoprstu", k=random_words.randint(3, 9))) for _ in range(3000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]

    def text(n: int) -> str:
        return " ".join(random_words.choices(words, weights, k=n))

    rows = [question(row, text(14), (text(2), text(2), text(2), text(3))) for row in range(1, 2001)]
    copies = []
    for row, original in enumerate(random_words.sample(rows, 60), 3000):
        stem = original["question"].split(" ")
        stem[random_words.randrange(14)] = text(1)
        copies.append(question(row, " ".join(stem), tuple(original["options"]), file="later.jsonl", split="x"))
    found = [match for match in matches([*rows, *copies]) if match["edit_ratio"] >= 90]
    assert {match["raw_id"] for match in found} >= {copy["raw_id"] for copy in copies}
    assert len(found) == len(copies)


# Containment

EFFECT = "Does drug X lower blood pressure in the elderly?"
ANSWERS = ("yes", "no", "maybe")
TRIAL = (
    "We randomised 310 adults over 70 years with isolated systolic hypertension to drug X or placebo and followed them "
    "for twelve months. The outcome was the change of systolic pressure; falls, renal function and quality of life "
    "were recorded too. Pressure fell by 14 mmHg with drug X and by 3 mmHg with placebo; falls did not differ at all."
)
VIGNETTE = (
    "A 61-year-old man has purple toes two weeks after cardiac catheterization and a creatinine of 3.1 mg/dL; "
    "eosinophils are raised and complement is low. Which of the following is the most likely diagnosis in him?"
)
LABELLED = TRIAL.replace("The outcome", "MEASURES: The outcome").replace("Pressure fell", "RESULTS: Pressure fell")


@pytest.mark.parametrize(
    ("stem", "context", "options"),
    [
        (f"Context: {TRIAL} Question: {EFFECT}", None, ANSWERS),
        (f"{EFFECT} Abstract: {TRIAL}", None, ANSWERS),
        (f"Read this. BACKGROUND: {LABELLED} {EFFECT}", None, ANSWERS),
        (EFFECT, TRIAL[: len(TRIAL) * 6 // 10], ANSWERS),
        (EFFECT, TRIAL[len(TRIAL) // 2 :], ANSWERS),
        (EFFECT, TRIAL + " The trial was stopped early.", ANSWERS),
        (f"{TRIAL[300:]} {EFFECT}", TRIAL[:300], ANSWERS),
        (f"Answer with yes, no or maybe. {EFFECT}", None, ANSWERS),
        ("By how much did pressure fall with drug X?", TRIAL, ("3 mmHg", "14 mmHg", "70 mmHg")),
        (f"Passage: {TRIAL} What was recorded too?", None, ("Falls", "Stroke", "Weight")),
    ],
)
def test_a_benchmark_with_a_context_is_seen_in_other_words_around_it(
    stem: str, context: str | None, options: tuple[str, ...]
) -> None:
    benchmark = question(9, EFFECT, ANSWERS, context=TRIAL, source="pubmedqa", split_role="benchmark")
    own = question(1, stem, options, context=context)
    assert decisions(matches([own], [benchmark])) == {own["raw_id"]: "contaminated"}


@pytest.mark.parametrize(
    ("stem", "options"),
    [
        (f"Answer with one option. Think step by step. Question: {VIGNETTE}", OPTIONS),
        (f"USMLE step 2. {VIGNETTE} Explain your choice, and state the letter of it at the end.", OPTIONS),
        (f"{VIGNETTE} Choose from the list.", ("Gout", "Frostbite", "Raynaud phenomenon", "Buerger disease")),
        (VIGNETTE[:150], OPTIONS),
        (f"Question: {VIGNETTE}", OPTIONS[:3]),
    ],
)
def test_a_benchmark_s_stem_is_seen_in_other_words_around_it(stem: str, options: tuple[str, ...]) -> None:
    own, benchmark = question(1, stem, options), question(9, VIGNETTE, OPTIONS, split_role="benchmark")
    assert decisions(matches([own], [benchmark])) == {own["raw_id"]: "contaminated"}


def test_a_benchmark_whose_abstract_is_in_its_stem_is_seen_in_a_question_with_a_context() -> None:
    benchmark = question(9, f"Context: {TRIAL} Question: {EFFECT}", ANSWERS, split_role="benchmark")
    own = question(1, EFFECT, ANSWERS, context=TRIAL)
    assert decisions(matches([own], [benchmark])) == {own["raw_id"]: "contaminated"}


def test_a_short_stem_is_seen_in_other_words_beside_the_same_options() -> None:
    stem, options = "Which enzyme is deficient in phenylketonuria", ("Hydroxylase", "Lipase", "Amylase")
    benchmark = question(9, stem, options, split_role="benchmark")
    framed = f"Please read the question with care before you answer it: {stem}? Give reasons for your answer."
    own = question(1, framed, options[::-1])
    [match] = matches([own], [benchmark])
    assert match["decision"] == "contaminated" and not match["is_exact"] and match["edit_ratio"] < 90
    assert "whose text, or a part of it, is in this one" in match["evidence"]
    assert matches([question(1, framed, ("Oxidase", "Ligase", "Mutase"))], [benchmark]) == []


@pytest.mark.parametrize(
    ("stem", "context", "options"),
    [
        # The same title about another document, and a common phrase alone.
        (
            EFFECT,
            "We asked 120 general practitioners about their habits of prescribing, by post, in two years.",
            ANSWERS,
        ),
        (f"A short trial. {EFFECT}", "In mice, drug X had no effect on the pressure of the pulmonary artery.", ANSWERS),
        ("Which of the following is the most likely diagnosis in him?", None, OPTIONS),
        (VIGNETTE.replace("purple toes", "a red knee")[:80] + " What is next?", None, ("Biopsy", "Dialysis", "Rest")),
    ],
)
def test_a_question_that_shares_a_phrase_with_a_benchmark_stays(
    stem: str, context: str | None, options: tuple[str, ...]
) -> None:
    benchmarks = [
        question(8, EFFECT, ANSWERS, context=TRIAL, split_role="benchmark"),
        question(9, VIGNETTE, OPTIONS, split_role="benchmark"),
    ]
    assert matches([question(1, stem, options, context=context)], benchmarks) == []


def test_questions_to_build_from_may_hold_each_other() -> None:
    assert (
        matches([question(1, f"Think step by step about this one, please. {VIGNETTE * 2}"), question(2, VIGNETTE)])
        == []
    )


# Scripts without blanks

ZH_STEM = "急性胰腺炎在我国最常见的病因是下列哪一项"
ZH_OPTIONS = (
    "胆道系统疾病",
    "长期大量酗酒",
    "严重高脂血症",
    "腹部闭合性外伤",
)
DE = "的"


@pytest.mark.parametrize("position", [4, 8, 12, 16])
def test_scripts_without_blanks_are_compared_by_runs_of_characters(position: int) -> None:
    stem = ZH_STEM[:position] + DE + ZH_STEM[position:]
    own, benchmark = question(1, ZH_STEM, ZH_OPTIONS), question(9, stem, ZH_OPTIONS, split_role="benchmark")
    assert decisions(matches([own], [benchmark])) == {own["raw_id"]: "contaminated"}
    joined = "、".join(ZH_OPTIONS)
    own = question(1, ZH_STEM + joined, ("对", "错"))
    benchmark = question(9, stem + joined, ("对", "错"), split_role="benchmark")
    assert decisions(matches([own], [benchmark])) == {own["raw_id"]: "contaminated"}


def test_japanese_and_thai_questions_that_differ_in_a_character_are_near_duplicates() -> None:
    for stem in (
        "急性腹症でもっとも多い原因は次のどれか",
        "สาเหตุที่พบบ่อยที่สุดของโรคนี้คือ",
    ):
        first, second = (
            question(1, stem, ("对的", "错的")),
            question(2, stem[:9] + stem[10:], ("对的", "错的")),
        )
        assert decisions(matches([first, second])) == {second["raw_id"]: "near_duplicate"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("10⁵", "10³", "10²"), ("105", "103", "102")),
        (("10⁻³", "10⁻⁵"), ("10-3", "10-5")),
        (("5‰", "7‰"), ("5", "7")),
        (("5‰", "7‰"), ("5%", "7%")),
        (("10<sup>5</sup>", "10<sup>3</sup>"), ("105", "103")),
        (("1½", "2½"), ("11/2", "21/2")),
    ],
)
def test_signs_that_change_a_number_make_other_options(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert decisions(matches([question(1, options=first), question(2, options=second)])) == {}


@pytest.mark.parametrize("same", [("10^5", "10^3"), ("10<sup>5</sup>", "10<sup>3</sup>"), ("10^{5}", "10^{ 3 }")])
def test_exponents_are_the_same_in_every_spelling(same: tuple[str, ...]) -> None:
    first, second = question(1, options=("10⁵", "10³")), question(2, options=same)
    assert decisions(matches([first, second])) == {second["raw_id"]: "duplicate"}
