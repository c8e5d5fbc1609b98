"""Replies as Qwen2.5, DeepSeek-R1-Distill and HuatuoGPT-o1 write them, whole and cut off, from the response's bytes on.

The texts are of our own; their shapes are those of the models and of the servers that run them.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from reasonmed_assets.config import load_profile
from reasonmed_assets.config.profile import Model
from reasonmed_assets.llm.calls import Unusable
from reasonmed_assets.llm.replies.parsing import TextReply, parse_reply
from reasonmed_assets.llm.replies.wire import read_reply

PAPER = load_profile("paper")
OPTIONS = ["Colchicine", "Allopurinol", "Probenecid", "Indomethacin"]

THOUGHT = (
    "Okay, so I need to figure out which drug lowers the production of uric acid. Let me go through the options.\n\n"
    "Colchicine acts on microtubules, so it is for the attack itself. Probenecid makes the kidney excrete more, and it "
    "would be the wrong choice with stones. Hmm, maybe the answer is C? Wait, no: he has stones, so excreting more "
    "urate makes them worse.\n\nAllopurinol blocks xanthine oxidase. Yes, that is it."
)
ANSWER = (
    "### Reasoning\n\n1. **The question** asks for a drug that lowers the production of uric acid.\n2. **Allopurinol** "
    "blocks xanthine oxidase; probenecid would promote stones.\n\n**Final answer:** B. Allopurinol"
)
BOXED = (
    "To choose a drug, we look at where each one acts.\n\n- **Colchicine**: microtubules.\n- **Allopurinol**: xanthine "
    "oxidase.\n\nThe correct answer is:\n\n\\[\n\\boxed{\\text{B. Allopurinol}}\n\\]"
)


def response(message: dict[str, Any], finish_reason: str = "stop") -> bytes:
    """A chat completion with this message."""
    usage = {"prompt_tokens": 200, "completion_tokens": 8192 if finish_reason == "length" else 400}
    return orjson.dumps({"choices": [{"message": message, "finish_reason": finish_reason}], "usage": usage})


def read(model: Model, message: dict[str, Any], finish_reason: str = "stop") -> tuple[str, TextReply]:
    """Outcome and value of a generator's reply."""
    try:
        value = parse_reply("generator", read_reply(response(message, finish_reason)), {"options": OPTIONS}, model)
    except Unusable as error:
        assert isinstance(error.value, TextReply)
        return error.outcome, error.value
    assert isinstance(value, TextReply)
    return "completed", value


def declared(name: str, path_text: str = "answer") -> Model:
    """A model of the profile `paper`, with another rule for what of its reply is the path."""
    return PAPER.models[name].model_copy(update={"path_text": path_text})


WHOLE = {
    "qwen: markdown and a final line": ("qwen", {"content": ANSWER}, None, ANSWER),
    "qwen: a boxed answer": ("qwen", {"content": BOXED}, None, BOXED),
    "deepseek: both tags": ("deepseek", {"content": f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}"}, THOUGHT, ANSWER),
    "deepseek: the template wrote the opening tag": (
        "deepseek",
        {"content": f"{THOUGHT}\n</think>\n\n{ANSWER}"},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: template and model wrote it": (
        "deepseek",
        {"content": f"<think>\n<think>\n{THOUGHT}\n</think>\n\n{ANSWER}"},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: nested": (
        "deepseek",
        {"content": f"<think>\n{THOUGHT[:99]}<think>{THOUGHT[99:200]}</think>{THOUGHT[200:]}\n</think>\n\n{ANSWER}"},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: closed twice": (
        "deepseek",
        {"content": f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}\n</think>"},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: no thinking": ("deepseek", {"content": f"<think>\n\n</think>\n\n{BOXED}"}, None, BOXED),
    "deepseek: the server split it, vLLM": (
        "deepseek",
        {"content": f"\n\n{ANSWER}", "reasoning_content": f"{THOUGHT}\n"},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: the server split it, newer name": (
        "deepseek",
        {"content": ANSWER, "reasoning": THOUGHT, "reasoning_content": None},
        THOUGHT,
        ANSWER,
    ),
    "deepseek: the server split it and left the closing tag": (
        "deepseek",
        {"content": f"</think>\n\n{ANSWER}", "reasoning_content": THOUGHT},
        THOUGHT,
        ANSWER,
    ),
    "huatuo: both headings": (
        "huatuo",
        {"content": f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\n{ANSWER}"},
        THOUGHT,
        ANSWER,
    ),
    "huatuo: the template wrote the first heading": (
        "huatuo",
        {"content": f"{THOUGHT}\n\n## Final Response\n\n{ANSWER}"},
        THOUGHT,
        ANSWER,
    ),
    "huatuo: headings in bold": (
        "huatuo",
        {"content": f"**Thinking**\n\n{THOUGHT}\n\n**Final Response**\n\n{BOXED}"},
        THOUGHT,
        BOXED,
    ),
    "huatuo: no thinking": ("huatuo", {"content": ANSWER}, None, ANSWER),
}


@pytest.mark.parametrize(("name", "message", "thought", "answer"), WHOLE.values(), ids=WHOLE)
def test_a_whole_reply_is_divided_and_answered(
    name: str, message: dict[str, Any], thought: str | None, answer: str
) -> None:
    outcome, value = read(declared(name), message)
    assert outcome == "completed"
    assert value.raw_text == message["content"]
    assert (value.reasoning_text, value.answer_text, value.path_text) == (thought, answer, answer)
    assert (value.answer_letter, value.extraction_rule) == ("B", "boxed" if answer == BOXED else "final_answer")

    _, both = read(declared(name, "reasoning_and_answer"), message)
    assert both.path_text == (f"{thought}\n\n{answer}" if thought else answer)
    assert (both.answer_letter, both.reasoning_text) == ("B", thought)


# Cut off: what came, where it thinks, where it answers

IN_THOUGHT = THOUGHT[: THOUGHT.index("Wait, no")].strip()
IN_ANSWER = ANSWER[: ANSWER.index("probenecid would")].strip()
BEFORE_LETTER = ANSWER[: ANSWER.index(" B. Allopurinol")]
AFTER_LETTER = ANSWER[: ANSWER.index(". Allopurinol")]

CUT = {
    "qwen: in its text": ("qwen", {"content": IN_ANSWER}, None, IN_ANSWER),
    "qwen: behind the letter": ("qwen", {"content": AFTER_LETTER}, None, AFTER_LETTER),
    "qwen: before anything": ("qwen", {"content": ""}, None, None),
    "deepseek: in its thought": ("deepseek", {"content": f"<think>\n{IN_THOUGHT}"}, IN_THOUGHT, None),
    "deepseek: in its thought, no opening tag": ("deepseek", {"content": IN_THOUGHT}, IN_THOUGHT, None),
    "deepseek: in its thought, doubled tag": (
        "deepseek",
        {"content": f"<think>\n<think>\n{IN_THOUGHT}"},
        IN_THOUGHT,
        None,
    ),
    "deepseek: within the opening tag": ("deepseek", {"content": "<thi"}, "<thi", None),
    "deepseek: within the closing tag": (
        "deepseek",
        {"content": f"<think>\n{THOUGHT}\n</thi"},
        f"{THOUGHT}\n</thi",
        None,
    ),
    "deepseek: behind the closing tag": ("deepseek", {"content": f"<think>\n{THOUGHT}\n</think>"}, THOUGHT, None),
    "deepseek: in its answer": ("deepseek", {"content": f"{THOUGHT}\n</think>\n\n{IN_ANSWER}"}, THOUGHT, IN_ANSWER),
    "deepseek: before the letter": (
        "deepseek",
        {"content": f"{THOUGHT}\n</think>\n\n{BEFORE_LETTER}"},
        THOUGHT,
        BEFORE_LETTER,
    ),
    "deepseek: in a thought that the server split": (
        "deepseek",
        {"content": None, "reasoning_content": IN_THOUGHT},
        IN_THOUGHT,
        None,
    ),
    "deepseek: in an answer that the server split": (
        "deepseek",
        {"content": IN_ANSWER, "reasoning": THOUGHT},
        THOUGHT,
        IN_ANSWER,
    ),
    "huatuo: in its thought": ("huatuo", {"content": f"## Thinking\n\n{IN_THOUGHT}"}, IN_THOUGHT, None),
    "huatuo: in its thought, no heading": ("huatuo", {"content": IN_THOUGHT}, IN_THOUGHT, None),
    "huatuo: within the second heading": (
        "huatuo",
        {"content": f"## Thinking\n\n{THOUGHT}\n\n## Final"},
        f"{THOUGHT}\n\n## Final",
        None,
    ),
    "huatuo: behind the second heading": (
        "huatuo",
        {"content": f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\n"},
        THOUGHT,
        None,
    ),
    "huatuo: in its answer": (
        "huatuo",
        {"content": f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\n{IN_ANSWER}"},
        THOUGHT,
        IN_ANSWER,
    ),
}


@pytest.mark.parametrize("path_text", ["answer", "reasoning_and_answer"])
@pytest.mark.parametrize(("name", "message", "thought", "answer"), CUT.values(), ids=CUT)
def test_a_reply_that_was_cut_off_is_kept_and_is_no_path(
    name: str, message: dict[str, Any], thought: str | None, answer: str | None, path_text: str
) -> None:
    outcome, value = read(declared(name, path_text), message, "length")
    assert outcome == "truncated"
    assert value == TextReply(message["content"], thought, answer)


@pytest.mark.parametrize(
    ("name", "message", "outcome"),
    [
        ("deepseek", {"content": f"<think>\n{THOUGHT}"}, "empty"),
        ("deepseek", {"content": f"<think>\n{THOUGHT}\n</think>\n"}, "empty"),
        ("deepseek", {"content": "", "reasoning_content": THOUGHT}, "empty"),
        ("deepseek", {"content": f"{THOUGHT}\n</think>\n\n{IN_ANSWER}"}, "answerless"),
        ("huatuo", {"content": f"## Thinking\n\n{THOUGHT}"}, "empty"),
        ("huatuo", {"content": f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\n{IN_ANSWER}"}, "answerless"),
        ("qwen", {"content": IN_ANSWER}, "answerless"),
    ],
)
def test_a_reply_that_only_says_it_is_whole_gives_no_letter_of_its_thinking(
    name: str, message: dict[str, Any], outcome: str
) -> None:
    """A stop string or a server's own bound ends a reply with finish_reason "stop"."""
    found, value = read(declared(name), message)
    assert (found, value.path_text, value.answer_letter) == (outcome, None, None)
    assert value.raw_text == message["content"]


def test_an_answer_within_thinking_that_is_never_closed_counts_where_the_thinking_is_part_of_the_path() -> None:
    content = f"<think>\n{THOUGHT}\n\n{ANSWER}"
    assert read(declared("deepseek"), {"content": content})[0] == "empty"
    outcome, value = read(declared("deepseek", "reasoning_and_answer"), {"content": content})
    assert (outcome, value.answer_text, value.answer_letter) == ("completed", None, "B")
    assert value.path_text == f"{THOUGHT}\n\n{ANSWER}"


@pytest.mark.parametrize("cut", range(0, len(ANSWER) + len(THOUGHT), 97))
@pytest.mark.parametrize("name", ["qwen", "deepseek", "huatuo"])
def test_no_beginning_of_a_reply_is_ever_a_path(name: str, cut: int) -> None:
    forms = {
        "qwen": ANSWER,
        "deepseek": f"{THOUGHT}\n</think>\n\n{ANSWER}",
        "huatuo": f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\n{ANSWER}",
    }
    outcome, value = read(declared(name), {"content": forms[name][:cut]}, "length")
    assert outcome == "truncated"
    assert (value.path_text, value.answer_letter) == (None, None)
