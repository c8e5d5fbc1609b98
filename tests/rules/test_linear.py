"""Reading a reply takes time in proportion to its length, whatever a model repeats."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasonmed_assets.llm.replies.reply_text import is_refusal, json_objects, split_reasoning
from reasonmed_assets.rules.extraction import extract_answer

OPTIONS = ["Aspirin", "Heparin", "Warfarin", "aaa"]
FRAGMENTS = [
    *("- \n", "\n", "x\n\n", "\r\n", " ", "\t", "{\n", " {\n", "*", "**", "___", "# ", "\\", "\\\"", "'", '"'),
    *(", ", "]", "!", "a-", "--", "1,234,"),
    *("the answer is ", "the answer to ", "answer for " + "x" * 150, "answer to" + " " * 200, "if the answer is "),
    *("final answer:\n", "Answer:\n\n", "final answer is B. ", "choose ", "choose\n", "correct ", "is "),
    *("best answer ", "therefore "),
    *('"answer": [', '\n"answer": "', '"answer": "x" ', '"answer": "a , ', '"answer":"' + " " * 500, "{'a': ", '{"a":'),
    *('{"a":"', '{"a":[1,1,1,', "[1,", "```", "```{'a':1}```", "</think>", "<think>", "</think>x", "## Thinking\n"),
    *("<answer>", "<answer>x", "C is the best ", "| answer |", "|-", "\\boxed{{a}", "\\boxed{{a{b}}"),
    *("antwort ", "~~", "~~x~~"),
    *("analysis", "assistantfinal", "<|channel|>", "[THINK]", "<unused94>", "## Final Answer\n"),
    *("\\boxed{", "\\boxed ", "答案\n", "答案。", "A ", "B. ", "aaa ", "(B) or ", "A/B "),
    *("é", "\ufdfa", "I'm sorry ", "and/or B ", "The answer is A or B. "),
]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "extract_answer": lambda text: extract_answer(text, OPTIONS),
    "split by tags": lambda text: split_reasoning(text, None, "think"),
    "split by headings": lambda text: split_reasoning(text, "r", "headings"),
    "json_objects": json_objects,
    "is_refusal": is_refusal,
}


def cpu_s(read: Callable[[str], object], text: str) -> float:
    """Seconds of processor time."""
    started = time.process_time()
    read(text)
    return time.process_time() - started


def takes_about_twice(read: Callable[[str], object], fragment: str) -> bool:
    """Whether twice the text takes about twice the time."""
    once, twice = (cpu_s(read, fragment * (n // len(fragment))) for n in (15_000, 30_000))
    return twice <= 2.5 * once + 0.03


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ascii)
def test_twice_the_text_takes_about_twice_the_time(fragment: str) -> None:
    for name, read in READERS.items():
        # What disturbed the first measurement does not disturb the second.
        assert takes_about_twice(read, fragment) or takes_about_twice(read, fragment), name


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4), st.sampled_from(["", '{"answer": "', "x"]))
def test_a_megabyte_of_anything_is_read_at_once(fragments: list[str], before: str) -> None:
    unit = "".join(fragments)
    text = before + unit * (1_000_000 // len(unit))
    assert sum(cpu_s(read, text) for read in READERS.values()) < 3.0
