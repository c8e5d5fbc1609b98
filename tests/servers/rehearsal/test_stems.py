"""Questions taken apart for the rehearsal's texts."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.servers.rehearsal.stems import read_stem
from reasonmed_assets.servers.rehearsal.texts import Writer, concluded_option

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


def test_a_case_is_told_apart_from_what_it_asks():
    stem = read_stem(
        'A 60-year-old man presents with "crushing" chest pain, and he is pale. What is the diagnosis?',
        "",
        ("Infarction.", "A very long option that nobody would repeat in full"),
    )
    assert stem.kind == "case"
    assert stem.asked == "What is the diagnosis"
    assert stem.details == ("A 60-year-old man presents with 'crushing' chest pain", "he is pale")
    assert stem.labels == ("Infarction", "option B")


def test_a_bare_question_yields_its_terms_without_the_words_that_frame_it():
    stem = read_stem("Treatment of choice for anaphylaxis is", "", ("Adrenaline", "Atropine"))
    assert stem.kind == "fact"
    assert stem.details == ("Treatment", "anaphylaxis")


def test_yes_no_and_maybe_are_judged_by_the_context():
    stem = read_stem(
        "Does walking help?", "Walking was studied. Patients who walked left earlier.", ("yes", "no", "maybe")
    )
    assert stem.kind == "study"
    assert "Patients who walked left earlier" in stem.details
    assert stem.labels[0] == '"yes"'


def test_a_negative_question_is_recognised():
    assert read_stem("All are true except:", "", ("a", "b")).kind == "negated"


@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, min_size=1, max_size=10), st.integers(0, 9))
def test_any_question_can_be_written_about(question, context, options, chosen):
    chosen %= len(options)
    writer = Writer(read_stem(question, context, tuple(options)), chosen, random.Random(1))
    text = writer.reasoning()
    assert text.splitlines()[-1] == writer.final_line.splitlines()[-1]
    assert writer.thinking() and writer.summary() and writer.undecided()


def test_the_conclusion_is_read_from_the_last_line_that_states_an_answer():
    options = ["Aspirin", "Beta blocker", "A. muscaria"]
    assert concluded_option("The answer: A\nNo.\nFinal answer: B. Beta blocker", options) == 1
    assert concluded_option("**Final answer: C**", options) == 2
    assert concluded_option("Answer: beta blocker.", options) == 1
    assert concluded_option("Final answer: A/B", options) is None
    assert concluded_option("Final answer: None of the above", options) is None
    assert concluded_option("Nothing is said.", options) is None
