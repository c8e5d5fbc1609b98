"""Reading a reply's text: thinking and answer, JSON in untidy wrapping, refusals, on real replies too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.replies import reply_text
from reasonmed_assets.llm.replies.reply_text import Parts, forms_in, is_refusal, json_objects, split_reasoning


@pytest.mark.parametrize("form", ["none", "field", "think", "headings"])
def test_a_reasoning_field_is_the_thinking_whatever_the_declared_form(form: Any) -> None:
    assert split_reasoning("answer", "thought", form) == Parts("thought", "answer")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("<think>thought</think>\n\nanswer", Parts("thought", "answer")),
        ("thought\n</think>\nanswer", Parts("thought", "answer")),
        ("<thinking>thought</thinking>answer", Parts("thought", "answer")),
        ("<think>\n\n</think>\nanswer", Parts(None, "answer")),
        ("<think>thought</think>answer</think>", Parts("thought", "answer")),
        ("<think>one</think><think>two</think>answer", Parts("onetwo", "answer")),
        ("<think>cut off in th", Parts("cut off in th", None)),
        ("<think>thought</think>", Parts("thought", None)),
        ("answer without a thought", Parts(None, "answer without a thought")),
        ("", Parts(None, None)),
        (None, Parts(None, None)),
    ],
)
def test_think_tags_divide_thinking_from_answer(content: str | None, parts: Parts) -> None:
    assert split_reasoning(content, None, "think") == parts


def test_without_any_mark_a_reply_that_was_cut_off_is_all_thinking() -> None:
    for form in ("think", "headings"):
        assert split_reasoning("so far", None, form, is_cut_off=True) == Parts("so far", None)
    assert split_reasoning("so far", "thought", "think", is_cut_off=True) == Parts("thought", "so far")
    assert split_reasoning("so far", None, "none", is_cut_off=True) == Parts(None, "so far")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("## Thinking\n\nthought\n\n## Final Response\n\nanswer", Parts("thought", "answer")),
        ("thought\n\n## Final Response\nanswer", Parts("thought", "answer")),
        ("### Thinking:\nthought\n### Final response:\nanswer", Parts("thought", "answer")),
        ("**Thinking**\nthought\n**Final Response:** answer", Parts("thought", "answer")),
        ("## Thinking\nthe final response is near, cut o", Parts("the final response is near, cut o", None)),
        ("## Final Response\nanswer", Parts(None, "answer")),
        ("answer", Parts(None, "answer")),
    ],
)
def test_headings_divide_thinking_from_answer(content: str, parts: Parts) -> None:
    assert split_reasoning(content, None, "headings") == parts


MARKED = [
    "<think>thought</think>answer",
    "<thought>\nthought\n</thought>\n<output>answer</output>",
    "<unused94>thought\nthought<unused95>answer",
    "[THINK]thought[/THINK]answer",
    "<seed:think>thought</seed:think>answer",
    "<reasoning>thought</reasoning>\n<answer>answer</answer>",
    "<analysis>thought</analysis>answer",
    "<mm:think>thought</mm:think>answer",
    "◁think▷thought◁/think▷answer",
    "<|begin_of_thought|>thought<|end_of_thought|><|begin_of_solution|>answer<|end_of_solution|>",
    "<|START_THINKING|>thought<|END_THINKING|><|START_RESPONSE|>answer<|END_RESPONSE|>",
    "<|channel>thought\nthought<channel|>answer",
    "Here is my thought process:\n\nthought\n\nHere is my response:\n\nanswer",
    "<|channel|>analysis<|message|>thought<|end|><|start|>assistant<|channel|>final<|message|>answer<|return|>",
    "analysisthoughtassistantfinalanswer",
    "analysis\nthought\nassistantfinal\nanswer",
    "<think>thought</think>\n<answer>answer</answer>",
    "## Thinking\n\nthought\n\n## Final Response\n\nanswer",
    "## Thinking\n\nthought\n\n## Final Answer\n\nanswer",
]


@pytest.mark.parametrize("form", ["none", "field", "think", "headings"])
@pytest.mark.parametrize("content", MARKED)
def test_known_marks_divide_a_reply_under_every_form(content: str, form: Any) -> None:
    assert split_reasoning(content, None, form) == Parts("thought", "answer")
    assert split_reasoning(content, None, form, is_cut_off=True) == Parts("thought", "answer")
    assert split_reasoning(content, "before", form) == Parts("before\n\nthought", "answer")


@pytest.mark.parametrize(
    "opening", ["<think>", "[THINK]", "<unused94>thought\n", "<seed:think>", "<|begin_of_thought|>"]
)
@pytest.mark.parametrize("form", ["none", "field", "think", "headings"])
def test_thinking_that_is_never_closed_is_no_answer(opening: str, form: Any) -> None:
    assert split_reasoning(f"{opening}B or C, cut o", None, form, is_cut_off=True) == Parts("B or C, cut o", None)
    assert split_reasoning("analysisMaybe B, cut o", None, form, is_cut_off=True) == Parts("Maybe B, cut o", None)


@pytest.mark.parametrize(
    "answer",
    [
        "1. Restate the question.\n\n## Final Answer\n\nB",
        "1. Restate the question.\n\n**Final answer:** B",
        "Thinking about the options, B fits.\n\nFinal answer: B",
        "analysis of the options shows B.\nFinal answer: B",
        "In the final analysis, B.",
        "First [think], then act: B.",
    ],
)
@pytest.mark.parametrize("form", ["none", "field", "think", "headings"])
def test_an_answer_in_such_words_stays_whole(answer: str, form: Any) -> None:
    assert split_reasoning(answer, None, form) == Parts(None, answer)


def test_a_final_answer_within_a_final_response_belongs_to_it() -> None:
    content = "## Thinking\nthought\n## Final Response\n1. Restate.\n## Final Answer\nB"
    assert split_reasoning(content, None, "headings") == Parts("thought", "1. Restate.\n## Final Answer\nB")


def test_the_forms_of_a_reply_are_told() -> None:
    assert list(forms_in("[THINK]thought[/THINK]answer")) == ["think"]
    assert list(forms_in("thought\n## Final Response\nanswer")) == ["headings"]
    assert list(forms_in("1. Restate.\n**Final answer:** B")) == []


def test_tags_are_read_where_a_server_was_declared_to_split_and_did_not() -> None:
    assert split_reasoning("<think>thought</think>answer", None, "field") == Parts("thought", "answer")


_plain = st.text().filter(lambda text: text.strip() and "think" not in text.lower() and "<" not in text)


@given(_plain, _plain)
def test_a_missing_opening_tag_changes_nothing(thought: str, answer: str) -> None:
    whole = split_reasoning(f"<think>{thought}</think>{answer}", None, "think")
    assert (
        whole == split_reasoning(f"{thought}</think>{answer}", None, "think") == Parts(thought.strip(), answer.strip())
    )


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I'm sorry, but I can't assist with that request.", True),
        ("I\u2019m sorry, I cannot answer.", True),
        ("I apologize, but I am unable to provide medical advice.", True),
        ("I cannot provide a diagnosis.", True),
        ("As an AI, I do not treat patients.", True),
        ("The response was filtered due to the prompt.", True),
        ("I cannot rule out B on this history.", False),
        ("Sorry state of the gums points to scurvy.", False),
        ("The patient says: I can't help it.", False),
    ],
)
def test_refusals_are_told_from_reasoning(text: str, refuses: bool) -> None:
    assert is_refusal(text) is refuses


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ('{"a": 1} and {"b": 2}', [{"a": 1}, {"b": 2}]),
        ('x ```json\n{"a": {"b": "}"}}\n``` y', [{"a": {"b": "}"}}]),
        ('{"a": "one\ntwo"}', [{"a": "one\ntwo"}]),
        ("```python\n{'a': 'it is', 'b': None}\n```", [{"a": "it is", "b": None}]),
        ('{"a": "cut o', []),
        ("{'a': __import__('os')}", []),
        ("{" * 5_000, []),
        ("no object [1, 2]", []),
    ],
)
def test_objects_are_found_in_order(text: str, objects: list[dict[str, Any]]) -> None:
    assert json_objects(text) == objects


# Real replies


@pytest.mark.shared_data
def test_real_replies_are_read_as_json_wherever_they_hold_an_object(shared_data: Path) -> None:
    """Replies of GPT-3.5 and GPT-4: clean ones all read, and 9 in 10 of those that need more than a parser."""
    counts: dict[str, list[bool]] = {"json": [], "regex": []}
    for file in sorted((shared_data / "replies").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            for path in json.loads(line)["paths"].values():
                if path["parse"] in counts:
                    counts[path["parse"]].append(bool(json_objects(path["raw"][0])))
    assert len(counts["json"]) > 3_000
    assert all(counts["json"])
    assert sum(counts["regex"]) > 0.9 * len(counts["regex"]) > 0


@pytest.mark.shared_data
def test_real_reasoning_is_no_refusal(shared_data: Path) -> None:
    texts = [
        path["cot"]
        for file in sorted((shared_data / "replies").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        for path in json.loads(line)["paths"].values()
        if path["parse"] == "json" and path["letter"] and path["cot"]
    ]
    assert len(texts) > 3_000
    assert not [text for text in texts if is_refusal(text)]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<THINK>", "</Think>"), ("HERE IS MY THOUGHT PROCESS:", "\nHERE'S MY ANSWER:"), ("", "\u25c1/THINK\u25b7")],
)
def test_marks_in_capitals_divide_a_reply(opening: str, closing: str) -> None:
    assert split_reasoning(f"{opening}Because.{closing}So it is.", None, "none") == ("Because.", "So it is.")


_PIECES = [
    "<think>", "</think>", "<Thinking", ">", "<", "[THINK]", "[/THINK]", "[think]", "\u25c1think\u25b7", "<unused94>",
    "thought", "Here is my ", "here's my ", "thought process:", "response:", "assistantanalysis", "assistantfinal",
    "<|channel|>analysis", "<|channel|>final", "<|message|>", "<|start|>assistant", "\n", " ", "h", "a",
]  # fmt: skip


@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=8))
def test_every_mark_of_thinking_is_found_where_one_may_begin(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert [mark.span() for mark in reply_text._marks(text)] == [
        mark.span() for mark in reply_text._MARK.finditer(text)
    ]
