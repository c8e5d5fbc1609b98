"""Likeness of model-written texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.rules.similarity import edit_ratio, near_copies

PATH = "The patient has a fever, so an infection is likely; the murmur points to the valves."


def test_the_edit_ratio_counts_insertions_and_deletions() -> None:
    assert edit_ratio("", "") == 100
    assert edit_ratio("abcd", "abcd") == 100
    assert edit_ratio("abcd", "abxd") == 75
    assert edit_ratio("abc", "xyz") == 0


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_edit_ratio_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert edit_ratio(a, b) == edit_ratio(b, a)
    assert 0 <= edit_ratio(a, b) <= 100


def test_a_near_copy_names_the_first_text_that_it_copies() -> None:
    texts = [PATH, "Something else entirely, about the kidneys.", PATH.replace("fever", "cough"), PATH]
    assert near_copies(texts, 90) == [None, None, 0, 0]
    assert near_copies(texts, 100) == [None, None, None, 0]
    assert near_copies([], 90) == []
