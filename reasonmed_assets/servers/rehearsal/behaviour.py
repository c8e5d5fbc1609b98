"""How the rehearsal's models behave: how hard a question is, what a model concludes, which replies are unusable.

Everything is drawn from hashes of the request, so that the same request has the same reply at any time, on any machine.
The rates are those of the published build and of real replies: nine paths a question split about 57-68% Easy, 15-26%
Medium, 14-20% Difficult with U-shaped counts of errors; about 98% of structured replies are clean JSON.
"""

from __future__ import annotations

import hashlib
import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from reasonmed_assets.roles import Role

_ABILITY = {"qwen": 0.0, "deepseek": 0.15, "huatuo": 0.1, "gpt-4o": 0.4, "o1": 0.8}
"""Log-odds by which a model is better than the first generator."""

_ACCURACY_AT = ((0.0, 0.999), (0.58, 0.993), (0.615, 0.86), (0.625, 0.43), (0.84, 0.37), (0.86, 0.12), (0.97, 0.04))
"""Share of right conclusions by rank of difficulty (0: easiest), straight lines between the points."""
_ACCURACY_AT_END = 0.01

LABEL_DOUBT_FROM = 0.985
"""From this rank of difficulty on, (almost) every model sees the same other option: the key looks wrong."""

TEXT_DEFECTS = {"truncated": 0.007, "empty": 0.001, "refused": 0.0015, "answerless": 0.006}
"""Shares of first replies of a text role that are unusable."""
STRUCTURED_DEFECTS = {
    "fenced": 0.006,
    "trailing": 0.005,
    "preface": 0.003,
    "unparsable": 0.0025,
    "truncated": 0.0025,
    "empty": 0.001,
    "refused": 0.0005,
}
"""Shares of structured replies that are not clean JSON; the first three can still be read."""

_STUBBORN_AGAIN = 0.8
"""A few prompts fail again and again, hard questions more often: their paths end as error paths after the retries."""
_STUBBORN_TEXT = ("truncated", "truncated", "truncated", "answerless", "answerless", "refused")
_STUBBORN_STRUCTURED = ("unparsable", "truncated", "empty")


def digest(*parts: str | bytes) -> int:
    """128-bit hash of the parts."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass"))
        whole.update(b"\x1f")
    return int.from_bytes(whole.digest(), "big")


def share_of(number: int) -> float:
    """A 128-bit hash as a number in [0, 1)."""
    return (number >> 75) / 2**53


@dataclass(frozen=True)
class KnownQuestion:
    """What the rehearsal knows of a question.

    Attributes:
        identity: hash of stem and options, the source of all that is particular to the question.
        options: option texts in the order of the prompt.
        keyed: index of the keyed option.
        rank: rank of difficulty, 0 (easiest) to 1.
        lure: index of the wrong option that looks right.
        lure_share: share of wrong conclusions that fall for it.
    """

    identity: bytes
    options: tuple[str, ...]
    keyed: int
    rank: float
    lure: int
    lure_share: float

    @property
    def is_hard(self) -> bool:
        """Whether most models fail."""
        return self.rank >= _ACCURACY_AT[4][0]


def describe_question(seed: int, identity: bytes, options: Sequence[str], keyed: int | None) -> KnownQuestion:
    """Draw what is particular to a question.

    Args:
        seed: seed of the endpoint.
        identity: hash of stem and options, independent of the options' order.
        options: option texts in the order of the prompt.
        keyed: index of the keyed option; None for an unknown question: one is guessed.
    """
    text = str(seed)
    by_text = sorted(range(len(options)), key=lambda i: digest(text, identity, "option", options[i]))
    if keyed is None:
        keyed = by_text[0]
    keyed_text = options[keyed]
    lure = next((i for i in by_text if options[i] != keyed_text), keyed)
    rank = share_of(digest(text, identity, "difficulty"))
    lure_share = 0.97 if rank >= LABEL_DOUBT_FROM else 0.3 + 0.35 * share_of(digest(text, identity, "lure"))
    return KnownQuestion(identity, tuple(options), keyed, rank, lure, lure_share)


def accuracy(question: KnownQuestion, model: str) -> float:
    """Share of a model's answers to a question that are right, 0 to 1."""
    if question.rank >= LABEL_DOUBT_FROM:
        return 0.03
    points = (*_ACCURACY_AT, (1.0, _ACCURACY_AT_END))
    at = bisect_right([rank for rank, _ in points], question.rank) - 1
    (low, high_share), (high, low_share) = points[at], points[at + 1]
    share = high_share + (low_share - high_share) * (question.rank - low) / (high - low)
    leaning = 0.6 * (share_of(digest(question.identity, "leaning", model)) - 0.5)
    odds = math.log(share / (1 - share)) + _ability(model) + leaning
    return 1 / (1 + math.exp(-odds))


def conclude(question: KnownQuestion, right_share: float, rng: random.Random) -> int:
    """Index of the option that a reply concludes with."""
    if rng.random() < right_share or question.lure == question.keyed:
        return question.keyed
    if rng.random() < question.lure_share:
        return question.lure
    keyed_text = question.options[question.keyed]
    return rng.choice([i for i, option in enumerate(question.options) if option != keyed_text])


def draw_defect(shares: dict[str, float], rng: random.Random) -> str | None:
    """A defect by its share, None for a sound reply."""
    at = bisect_right(list(accumulate(shares.values())), rng.random())
    return None if at == len(shares) else tuple(shares)[at]


def stubborn_defect(role: Role, is_hard: bool, prompt_hash: int, rng: random.Random) -> str | None:
    """The defect of one of the few prompts that fail whatever the seed, in most of their replies.

    Args:
        role: says how many such prompts there are.
        is_hard: whether the question is hard.
        prompt_hash: hash of role, model and first user message; the same in every retry and repair.
        rng: the draws of this reply.
    """
    share = role.stubborn_share if role.stubborn_share_if_hard is None or not is_hard else role.stubborn_share_if_hard
    if share_of(prompt_hash) >= share or rng.random() >= _STUBBORN_AGAIN:
        return None
    kinds = _STUBBORN_TEXT if role.is_text else _STUBBORN_STRUCTURED
    return kinds[(prompt_hash & 0xFFFF) % len(kinds)]


def _ability(model: str) -> float:
    for name, ability in _ABILITY.items():
        if name in model:
            return ability
    return 0.4 * (share_of(digest("ability", model)) - 0.5)
