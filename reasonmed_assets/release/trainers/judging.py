"""What is wrong with a record as a trainer renders it: parts that are missing, and what a template adds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reasonmed_assets.rules.thinking_marks import THINKING_MARKS

_TAIL = 16
"""The last learnt tokens: a template adds no more than these after an answer."""


@dataclass(frozen=True)
class Problem:
    """A kind of problem.

    Attributes:
        what: what such a record has.
        remedy: what to do next; `{longest}` stands for the tokens of the longest record.
    """

    what: str
    remedy: str


LEFT_OUT = Problem("no rendering", "the trainer leaves records of this set out: its own messages above say why")
_CUTOFF = "the longest record has {longest:,} tokens: give --cutoff as many, and the trainer the same"
CUT_CONTEXT = Problem("a context that is cut", _CUTOFF)
LOST_CONTEXT = Problem("lost context", "the template does not render the question as it is: take another one")
LOSS_ON_QUESTION = Problem("loss on the question", "train on prompts and completions, with the model's own template")
OTHER_PROMPT = Problem(
    "a prompt that differs from the one that the trained model is asked with",
    "the template renders a prompt without its answer differently, as DeepSeek-R1's, which opens a think block then: "
    'take another one, or build the sets with `template = "think"` in [rules] of the profile',
)
TRUNCATED = Problem("a truncated final answer", _CUTOFF)
LOST_ANSWER = Problem(
    "an answer that is not learnt whole",
    "the template drops it, as DeepSeek-R1's does with all before </think>: take one that keeps it, or build the sets "
    'with `template = "plain"` in [rules] of the profile',
)
EMPTY_THINKING = Problem(
    "an empty think block",
    "the template adds one to an answer without: take one that does not (in LLaMA-Factory, the name with _nothink), "
    'build the sets with `template = "think"` in [rules] of the profile, or check only other sets with --set',
)
DOUBLED_THINKING = Problem(
    "a doubled think block",
    "template and answer both open one: take a template that does not, or build the sets with "
    '`template = "plain"` in [rules] of the profile',
)
OPEN_THINKING = Problem("a think block that is never closed", "take a template that opens none")
NO_END = Problem(
    "no end token that is learnt",
    "the template ends a turn with another token than a model stops at: name that token as `eos_token` in "
    "tokenizer_config.json, or among `eos_token_id` in generation_config.json",
)
UNKNOWN = Problem("characters that the tokenizer lacks", "take the tokenizer of the model that is to be trained")


@dataclass(frozen=True)
class Record:
    """A record of a set: its id, what is asked, and the answer."""

    example_id: str
    prompt: str
    completion: str


@dataclass(frozen=True)
class Rendering:
    """A record as a trainer's own code renders it.

    Attributes:
        tokens: before the cut-off.
        ids: tokens after it.
        loss: for each of them 1 where it is learnt, else 0.
        asked: the text before the first learnt token.
        taught: the text of the learnt tokens.
        alone: the text of the prompt without its answer, as the trained model is asked; None where it is `asked`.
    """

    tokens: int
    ids: Sequence[int]
    loss: Sequence[int]
    asked: str
    taught: str
    alone: str | None = None


@dataclass(frozen=True)
class Stops:
    """Tokens that a tokenizer gives a meaning: at which a model stops, and which stands for what it lacks, if any."""

    end_ids: frozenset[int]
    unknown_id: int | None


def problems(record: Record, rendering: Rendering, stops: Stops) -> Iterator[Problem]:
    """What is wrong with a record as it is rendered; nothing where the model learns the answer, and only that, whole.

    Texts are compared without white space, which templates trim and tokenizers join.
    """
    if stops.unknown_id in rendering.ids:
        yield UNKNOWN
        return
    asked, taught = _compact(rendering.asked), _compact(rendering.taught)
    prompt, answer = _compact(record.prompt), _compact(record.completion)
    is_cut = rendering.tokens > len(rendering.ids)
    if prompt not in asked:
        in_loss = prompt in asked + taught
        yield LOSS_ON_QUESTION if in_loss else CUT_CONTEXT if is_cut else LOST_CONTEXT
    elif rendering.alone is not None and _compact(rendering.alone) != asked:
        yield OTHER_PROMPT
    if answer not in taught:
        yield TRUNCATED if is_cut else LOST_ANSWER
        return
    yield from _thinking(rendering.asked + rendering.taught)
    learnt = [token for token, is_learnt in zip(rendering.ids, rendering.loss, strict=True) if is_learnt]
    if stops.end_ids.isdisjoint(learnt[-_TAIL:]):
        yield TRUNCATED if is_cut else NO_END


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# Of gpt-oss without its tokens and Granite, thinking is marked by words that an answer may have too.
_MARKS = [pair for family, pair in THINKING_MARKS.items() if family not in ("gpt-oss without its tokens", "Granite")]
_OPENED = re.compile("|".join(opened for opened, _ in _MARKS), re.IGNORECASE)
_CLOSED = re.compile("|".join(closed for _, closed in _MARKS), re.IGNORECASE)
_EMPTY = re.compile("|".join(rf"(?:{opened})\s*(?:{closed})" for opened, closed in _MARKS), re.IGNORECASE)


def _thinking(text: str) -> Iterator[Problem]:
    n_opened, n_closed = len(_OPENED.findall(text)), len(_CLOSED.findall(text))
    if _EMPTY.search(text):
        yield EMPTY_THINKING
    elif n_opened > 1:
        yield DOUBLED_THINKING
    elif n_opened > n_closed:
        yield OPEN_THINKING
