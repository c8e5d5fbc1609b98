"""What is wrong with a record as a trainer renders it, from its tokens, its learnt tokens and its texts alone."""

from __future__ import annotations

import pytest

from reasonmed_assets.release.trainers import judging
from reasonmed_assets.release.trainers.judging import Problem, Record, Rendering, Stops, problems

END, UNKNOWN = 2, 3
STOPS = Stops(frozenset({END}), UNKNOWN)
PROMPT = "A man of 40 has a cough.\n\nA. flu\nB. cold\nAbstract: 12 of 30 had a cold."
PATH = "1. Restating\nHe coughs. " + "The details add up. " * 5
ANSWER = f"{PATH}\n\nFinal answer: B"
THOUGHT = f"<think>\n{PATH}\n</think>\n\nFinal answer: B"
ASKED = f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n"


def rendered(
    asked: str = ASKED,
    taught: str = f"{ANSWER}<|im_end|>\n",
    *,
    ids: list[int] | None = None,
    loss: list[int] | None = None,
    cut: int = 0,
    alone: str | None = None,
) -> Rendering:
    ids = ids or [1, 10, 11, 12, END, 13]
    return Rendering(len(ids) + cut, ids, loss or [0, 0] + [1] * (len(ids) - 2), asked, taught, alone)


def found(rendering: Rendering, completion: str = ANSWER) -> list[Problem]:
    return list(problems(Record("e1", PROMPT, completion), rendering, STOPS))


@pytest.mark.parametrize(
    ("rendering", "completion"),
    [
        (rendered(), ANSWER),
        (rendered(alone=ASKED), ANSWER),
        (rendered(taught=f"{THOUGHT}<|im_end|>"), THOUGHT),
        # Qwen3 trims thinking and answer, and lays them out anew.
        (rendered(taught=f"<think>\n{PATH.strip()}\n</think>\n\nFinal answer: B<|im_end|>"), THOUGHT),
        # Templates trim the prompt; Gemma's calls the assistant model; a tokenizer of words decodes with blanks.
        (rendered(asked=f"<bos><start_of_turn>user\n{PROMPT.strip()}<end_of_turn>\n<start_of_turn>model\n"), ANSWER),
        (rendered(asked=" ".join(ASKED), taught=" ".join(f"{ANSWER}</s>")), ANSWER),
        # The opening mark is in the prompt, as a model with reasoning is asked.
        (rendered(asked=f"{ASKED}<think>\n", taught=f"{PATH}\n</think>\n\nFinal answer: B</s>"), THOUGHT[8:]),
        # A ligature is one character before normalisation, two after; an answer may speak of thinking.
        (rendered(taught="The \ufb01rst thing is thinking.</s>"), "The first thing is thinking."),
    ],
)
def test_a_record_that_comes_out_whole_has_no_problem(rendering: Rendering, completion: str) -> None:
    assert found(rendering, completion) == []


@pytest.mark.parametrize(
    ("expected", "rendering", "completion"),
    [
        ("LOST_CONTEXT", rendered(asked=ASKED.replace("\nAbstract: 12 of 30 had a cold.", "")), ANSWER),
        ("LOST_CONTEXT", rendered(asked="<|im_start|>assistant\n"), ANSWER),
        ("CUT_CONTEXT", rendered(asked=ASKED[:60], cut=9), ANSWER),
        ("LOSS_ON_QUESTION", rendered(asked="", taught=f"{ASKED}{ANSWER}<|im_end|>"), ANSWER),
        ("LOSS_ON_QUESTION", rendered(asked=ASKED[:60], taught=f"{ASKED[60:]}{ANSWER}<|im_end|>"), ANSWER),
        ("OTHER_PROMPT", rendered(alone=f"{ASKED}<think>\n"), ANSWER),
        ("TRUNCATED", rendered(taught=ANSWER[:-10], ids=[1, 10, 11], cut=7), ANSWER),
        ("TRUNCATED", rendered(taught="", ids=[1, 10], loss=[0, 0], cut=7), ANSWER),
        # The final answer appears twice, and the cut takes the second; or the end token alone.
        ("TRUNCATED", rendered(taught=ANSWER[:-3], ids=[1, 10, 11], cut=7), f"{ANSWER}\n\n{ANSWER}"),
        ("TRUNCATED", rendered(taught=ANSWER, ids=[1, 10, 11], cut=1), ANSWER),
        # What a cut leaves of a think block is no fault of the template.
        ("TRUNCATED", rendered(taught=f"<think>\n{PATH}", ids=[1, 10, 11], cut=7), THOUGHT),
        # DeepSeek-R1's template: what is before </think> is dropped.
        ("LOST_ANSWER", rendered(taught="\n\nFinal answer: B</s>"), THOUGHT),
        ("LOST_ANSWER", rendered(taught="</s>"), ANSWER),
        ("EMPTY_THINKING", rendered(taught=f"<think>\n\n</think>\n\n{ANSWER}</s>"), ANSWER),
        ("EMPTY_THINKING", rendered(asked=f"{ASKED}<think>\n\n</think>\n\n"), ANSWER),
        ("EMPTY_THINKING", rendered(taught=f"<think></think>{THOUGHT}</s>"), THOUGHT),
        ("EMPTY_THINKING", rendered(taught=f"<|channel>thought\n<channel|>{ANSWER}</s>"), ANSWER),
        ("EMPTY_THINKING", rendered(taught=f"[THINK][/THINK]{ANSWER}</s>"), ANSWER),
        ("DOUBLED_THINKING", rendered(taught=f"<think>\n{THOUGHT}</s>"), THOUGHT),
        ("DOUBLED_THINKING", rendered(asked=f"{ASKED}<think>\n", taught=f"{THOUGHT}</s>"), THOUGHT),
        ("OPEN_THINKING", rendered(asked=f"{ASKED}<think>\n"), ANSWER),
        ("NO_END", rendered(ids=[1, 10, 11, 12, 13, 14]), ANSWER),
        # The end token is there, and not learnt; or it is that of the question.
        ("NO_END", rendered(loss=[0, 0, 1, 1, 0, 0]), ANSWER),
        ("NO_END", rendered(ids=[1, END, 11, 12, 13, 14]), ANSWER),
        ("UNKNOWN", rendered(ids=[1, 10, UNKNOWN, 12, END, 13]), ANSWER),
    ],
)
def test_what_is_wrong_with_a_record(expected: str, rendering: Rendering, completion: str) -> None:
    assert found(rendering, completion) == [getattr(judging, expected)]


def test_a_tokenizer_without_an_unknown_token_lacks_nothing() -> None:
    assert list(problems(Record("e1", PROMPT, ANSWER), rendered(), Stops(frozenset({END}), None))) == []
