"""The sample: enough questions of each source, with the oddities that it is there to show."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.sources import SAMPLE_DIR, Question, load_declaration, read_source


@pytest.fixture(scope="module")
def sample() -> dict[str, list[Question]]:
    readings = {source: read_source(load_declaration(source), SAMPLE_DIR, {}) for source in Sources().declared}
    assert [bad for reading in readings.values() for bad in reading.unreadable] == []
    return {source: list(reading.questions) for source, reading in readings.items()}


def _key(question: Question) -> tuple[str, tuple[str, ...]]:
    return question.question, tuple(sorted(question.options))


@pytest.mark.parametrize("source", ["medmcqa", "medqa", "mmlu", "pubmedqa"])
def test_every_source_has_questions_to_build_from_and_a_benchmark(
    sample: dict[str, list[Question]], source: str
) -> None:
    roles = Counter(question.split_role for question in sample[source])
    assert roles["train"] >= 12 and roles["benchmark"] >= 3


def test_the_oddities_are_there(sample: dict[str, list[Question]]) -> None:
    medqa, medmcqa, mmlu = sample["medqa"], sample["medmcqa"], sample["mmlu"]
    assert {question.n_options for question in medqa} == {4, 5}
    assert any(len(set(q.options)) < q.n_options for q in medqa)
    assert any(q.options.count(q.gold_text) == 2 for q in medmcqa)
    assert sum(q.explanation is None for q in medmcqa) >= 3
    assert any('"choice_type":"multi"' in q.native for q in medmcqa)
    assert any("\n" in q.question and '"' in q.question for q in mmlu)
    assert [q.needs_figure for q in medqa].count(True) == 1
    assert any(not q.question.isascii() for q in medqa)


def test_a_question_stands_in_two_sources_with_its_options_in_another_order(
    sample: dict[str, list[Question]],
) -> None:
    train = [q for questions in sample.values() for q in questions if q.split_role == "train"]
    repeated = [key for key, count in Counter(map(_key, train)).items() if count > 1]
    (pair,) = ([q for q in train if _key(q) == key] for key in repeated)
    assert {q.source for q in pair} == {"medmcqa", "mmlu"}
    assert pair[0].options != pair[1].options
    assert pair[0].gold_text == pair[1].gold_text


def test_two_questions_are_contaminated_by_the_benchmarks(sample: dict[str, list[Question]]) -> None:
    rows = [q for questions in sample.values() for q in questions]
    benchmark = {q.question: set(q.options) for q in rows if q.split_role == "benchmark"}
    train = [q for q in rows if q.split_role == "train" and set(q.options) <= benchmark.get(q.question, set())]
    assert sorted((q.source, q.n_options) for q in train) == [("medqa", 4), ("mmlu", 4)]


def test_where_an_explanation_states_the_letter_it_is_the_key(sample: dict[str, list[Question]]) -> None:
    stated = [
        (found.group(1).upper(), question.gold_letter)
        for question in sample["medmcqa"]
        if (found := re.match(r"Ans\.(?: is)? '?([a-dA-D])\b", question.explanation or ""))
    ]
    assert len(stated) >= 6
    assert all(letter == gold for letter, gold in stated)


def test_invented_abstracts_say_that_they_are(sample: dict[str, list[Question]]) -> None:
    assert all((q.context or "").startswith("Synthetic teaching abstract.") for q in sample["pubmedqa"])
