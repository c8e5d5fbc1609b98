"""The words in which providers say why a reply ended."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.replies.finish_reasons import WORDS, Finish, finish_of, is_word, words_table


def test_every_word_means_one_thing() -> None:
    counted = Counter(word for words in WORDS.values() for word in words.split())
    assert [word for word, n in counted.items() if n > 1] == []
    assert {finish_of(word) for word in WORDS[Finish.TRUNCATED].split()} == {Finish.TRUNCATED}


@pytest.mark.parametrize(
    ("words", "finish"),
    [
        (
            "stop STOP Stop end_turn endTurn eos stop_sequence tool_calls function_call FINISH_REASON_STOP COMPLETE",
            "whole",
        ),
        ("length LENGTH max_tokens MAX_TOKENS maxTokens max-tokens FinishReason.MAX_TOKENS model_length", "truncated"),
        ("model_context_window_exceeded MAX_OUTPUT_TOKENS reached_max_length output_truncated", "truncated"),
        ("content_filter contentFilter SAFETY RECITATION PROHIBITED_CONTENT BLOCKLIST SPII sensitive", "filtered"),
        ("content_filter:SAFETY guardrail_intervened refusal IMAGE_SAFETY blocked_by_policy", "filtered"),
        (
            "error ERROR abort aborted cancelled insufficient_system_resource MALFORMED_FUNCTION_CALL OTHER",
            "broken_off",
        ),
        ("network_error pause_turn timeout engine_shutdown_error FINISH_REASON_UNSPECIFIED error:502", "broken_off"),
        ("</s> whatever 完成", "unknown"),
    ],
)
def test_words(words: str, finish: str) -> None:
    assert {word: str(finish_of(word)) for word in words.split()} == dict.fromkeys(words.split(), finish)


def test_the_documentation_has_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "replies.md"
    assert words_table() in page.read_text(encoding="utf-8"), "paste what words_table() returns"


@pytest.mark.parametrize("word", [None, "", " ", "null", "None", "NULL"])
def test_no_word(word: str | None) -> None:
    assert not is_word(word)
    assert finish_of(word) == Finish.UNKNOWN


@given(st.sampled_from([word for words in WORDS.values() for word in words.split()]), st.sampled_from("_- ."))
def test_case_and_separators_do_not_count(word: str, separator: str) -> None:
    assert finish_of(f" {word.upper().replace('_', separator)} ") == finish_of(word)
    assert finish_of(f"FINISH_REASON_{word.upper()}") == finish_of(word)
    assert is_word(word)
