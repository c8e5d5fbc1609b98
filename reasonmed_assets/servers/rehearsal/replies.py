"""The rehearsal's replies: a pure function of request body, answer keys and seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from reasonmed_assets.servers.rehearsal import phrases
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys, identity, plain
from reasonmed_assets.servers.rehearsal.asked import Asked, read_prompt
from reasonmed_assets.servers.rehearsal.behaviour import (
    ALTERATION_NOTICED,
    CORRECT_IF_RIGHT,
    CORRECT_IF_WRONG,
    LABEL_DOUBT_FROM,
    STRUCTURED_DEFECTS,
    TEXT_DEFECTS,
    Question,
    accuracy,
    conclude,
    describe_question,
    digest,
    draw_defect,
    share_of,
    stubborn_defect,
)
from reasonmed_assets.servers.rehearsal.proofreading import is_altered
from reasonmed_assets.servers.rehearsal.stems import Stem, read_stem
from reasonmed_assets.servers.rehearsal.texts import Writer, concluded_option
from reasonmed_assets.vocabulary import LETTERS

_STRUCTURED_ROLES = ("verifier", "ranker", "regenerator", "evaluator")
_TOKENS_PER_WORD = 1.3
_QUESTIONS_CACHED = 4096

_REPEATING_SHARE = 0.02
"""Share of (question, generator) pairs whose samples often have the very same text."""
_LOOPING_SHARE = 0.002
_FOREIGN_SHARE = 0.002
_LEAKING_SHARE = 0.02
_COPYING_SHARE = 0.02
_REWRITE_MISSES_KEY = 0.03
_UNSUPPORTED_SHARE = 0.01
_UNSUPPORTED_SHARE_IF_DOUBTFUL = 0.35
_SUMMARY_MISSES_LETTER = 0.01


@dataclass(frozen=True)
class Message:
    """A reply as the endpoint sends it; the counts are in tokens."""

    content: str | None
    reasoning: str | None
    refusal: str | None
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


class Rehearsal:
    """Answers chat-completion bodies.

    Args:
        keys: the answer keys that the replies rest on; for an unknown question a key is guessed by hash.
        seed: another seed makes other replies.
    """

    def __init__(self, keys: AnswerKeys, seed: int) -> None:
        self._keys = keys
        self._seed = seed
        self._question = lru_cache(_QUESTIONS_CACHED)(self._describe)

    def reply(self, body: Mapping[str, Any]) -> Message:
        """The reply to a request; equal bodies (whatever the order of their fields) get equal replies."""
        messages = body["messages"]
        canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        rng = random.Random(digest(str(self._seed), canonical))  # noqa: S311 (the draws are no secret)
        prompt_tokens = _tokens(" ".join(m["content"] for m in messages if isinstance(m.get("content"), str)))
        asked = read_prompt(messages)
        if asked.role is None or not asked.options:
            text = "This endpoint rehearses the roles of a build; it can answer only their prompts."
            return Message(text, None, None, "stop", prompt_tokens, _tokens(text))
        question, stem = self._question(asked.question, asked.context, asked.options)
        draft = _Draft(asked, question, stem, str(body.get("model", "")), rng)
        prompt_hash = digest(str(self._seed), draft.model, asked.role, asked.question, repr(asked.options), asked.path)
        message = draft.write(prompt_hash)
        limit = body.get("max_completion_tokens") or body.get("max_tokens") or 1 << 30
        return _cut(message, prompt_tokens, int(limit))

    def _describe(self, question: str, context: str, options: tuple[str, ...]) -> tuple[Question, Stem]:
        found = self._keys.keyed_option(question, options)
        known = describe_question(self._seed, identity(question, options), options, found)
        return known, read_stem(question, context, options)


@dataclass
class _Draft:
    """One reply while it is written."""

    asked: Asked
    question: Question
    stem: Stem
    model: str
    rng: random.Random

    def write(self, prompt_hash: int) -> Message:
        """The reply before it is cut to the token limit; `completion_tokens` is 0 where it is yet to be counted."""
        role = self.asked.role or ""
        is_structured = role in _STRUCTURED_ROLES
        shares = STRUCTURED_DEFECTS if is_structured else TEXT_DEFECTS
        defect = stubborn_defect(role, is_structured, self.question.is_hard, prompt_hash, self.rng)
        defect = defect or draw_defect(shares, self.rng)
        if defect == "empty":
            return Message(None if self.rng.random() < 0.5 else "", None, None, "stop", 0, 0)
        if defect == "refused":
            return self._refusal()
        if is_structured:
            return self._structured(getattr(self, f"_{role}")(), defect)
        return getattr(self, f"_{role}")(defect)

    def _refusal(self) -> Message:
        text = self.rng.choice(phrases.REFUSAL)
        if self.rng.random() < 0.5:
            return Message(None, None, text, "stop", 0, 0)
        return Message(text, None, None, "stop", 0, 0)

    # Text roles

    def _generator(self, defect: str | None) -> Message:
        chosen = conclude(self.question, accuracy(self.question, self.model), self.rng)
        if self._repeats_itself():
            same = digest(self.question.identity, self.model, self.question.options[chosen])
            writer = Writer(self.stem, chosen, random.Random(same))  # noqa: S311
            return self._in_form(writer.thinking(), writer.reasoning(), "stop")
        writer = Writer(self.stem, chosen, self.rng)
        text = writer.undecided() if defect == "answerless" else self._with_tics(writer.reasoning())
        return self._in_form(writer.thinking(), text, "length" if defect == "truncated" else "stop")

    def _refiner(self, defect: str | None) -> Message:
        if self.asked.path and self.rng.random() < _COPYING_SHARE:
            return self._plain(self.asked.path, defect)
        writer = Writer(self.stem, self._rewritten_to(), self.rng)
        text = writer.undecided() if defect == "answerless" else self._with_leak(writer.reasoning())
        return self._plain(text, defect)

    def _summariser(self, defect: str | None) -> Message:
        stated = concluded_option(self.asked.path, self.asked.options)
        chosen = self.question.keyed if stated is None else stated
        if self.rng.random() < _SUMMARY_MISSES_LETTER:
            chosen = self.question.lure
        writer = Writer(self.stem, chosen, self.rng)
        return self._plain("There is no clear answer." if defect == "answerless" else writer.summary(), defect)

    def _plain(self, text: str, defect: str | None) -> Message:
        return Message(text, None, None, "length" if defect == "truncated" else "stop", 0, 0)

    def _in_form(self, thinking: str, answer: str, finish_reason: str) -> Message:
        """Thinking and answer in the form in which models of this name reply."""
        if "deepseek" in self.model or "-r1" in self.model:
            opening = "<think>\n" if self.rng.random() < 0.4 else ""
            return Message(f"{opening}{thinking}\n</think>\n\n{answer}", None, None, finish_reason, 0, 0)
        if "huatuo" in self.model:
            content = f"## Thinking\n\n{thinking}\n\n## Final Response\n\n{answer}"
            return Message(content, None, None, finish_reason, 0, 0)
        if "gpt-oss" in self.model or "qwq" in self.model:
            return Message(answer, thinking, None, finish_reason, 0, 0)
        return Message(answer, None, None, finish_reason, 0, 0)

    def _repeats_itself(self) -> bool:
        pair = share_of(digest(self.question.identity, "repeats", self.model))
        return pair < _REPEATING_SHARE and self.rng.random() < 0.5

    def _with_tics(self, text: str) -> str:
        draw = self.rng.random()
        head, _, final = text.rpartition("\n\n")
        if draw < _LOOPING_SHARE:
            loop = " ".join(["Let me go over this once more to be sure that nothing has been missed."] * 14)
            return f"{head}\n{loop}\n\n{final}"
        if draw < _LOOPING_SHARE + _FOREIGN_SHARE:
            return f"{head}{self.rng.choice(phrases.FOREIGN)}\n\n{final}"
        return text

    def _with_leak(self, text: str) -> str:
        if self.rng.random() >= _LEAKING_SHARE:
            return text
        head, _, final = text.rpartition("\n\n")
        leak = self.rng.choice(phrases.LEAK).format(letter=LETTERS[self._key])
        return f"{head} {leak}\n\n{final}"

    # Structured roles

    def _verifier(self) -> dict[str, Any]:
        stated = concluded_option(self.asked.path, self.asked.options)
        if stated is None:
            return {"verdict": "Error", "reason": "The reasoning ends without choosing one of the options."}
        is_right = plain(self.asked.options[stated]) == plain(self.asked.options[self._key])
        is_correct = self.rng.random() < (CORRECT_IF_RIGHT if is_right else CORRECT_IF_WRONG)
        if is_correct and is_right and is_altered(self.asked.path, self.stem):
            is_correct = self.rng.random() >= ALTERATION_NOTICED
        if is_correct:
            sentences: tuple[str, ...] = phrases.CORRECT_REASON if is_right else phrases.DEFENDED_REASON
        else:
            sentences = phrases.FLAWED_REASON if is_right else phrases.WRONG_LETTER_REASON
        reason = Writer(self.stem, stated, self.rng).remark(sentences, answer=self._key)
        return {"verdict": "Correct" if is_correct else "Error", "reason": reason}

    def _ranker(self) -> dict[str, Any]:
        score = self.rng.choices((5, 4, 3, 2, 1), (28, 44, 20, 6, 2))[0]
        sentences = phrases.PRAISE if score >= 4 else phrases.RESERVATION if score >= 2 else phrases.CRITICISM
        return {"score": score, "justification": self._judgement(sentences)}

    def _regenerator(self) -> dict[str, Any]:
        is_doubtful = self.question.rank >= LABEL_DOUBT_FROM
        if self.rng.random() < (_UNSUPPORTED_SHARE_IF_DOUBTFUL if is_doubtful else _UNSUPPORTED_SHARE):
            return {"supports_key": False, "path": ""}
        text = Writer(self.stem, self._rewritten_to(), self.rng).reasoning()
        return {"supports_key": True, "path": self._with_leak(text)}

    def _evaluator(self) -> dict[str, Any]:
        stated = concluded_option(self.asked.path, self.asked.options)
        is_right = stated is not None and plain(self.asked.options[stated]) == plain(self.asked.options[self._key])
        middle = 8.0 if is_right else 4.0
        names = ("clinical_accuracy", "logic", "factual_correctness", "completeness")
        scores: dict[str, Any] = {name: min(10, max(1, round(self.rng.gauss(middle, 0.9)))) for name in names}
        sentences = (
            phrases.CRITICISM if not is_right else phrases.PRAISE if scores["logic"] >= 8 else phrases.RESERVATION
        )
        return {**scores, "justification": self._judgement(sentences)}

    def _structured(self, value: dict[str, Any], defect: str | None) -> Message:
        return Message(_spoil(orjson.dumps(value).decode(), defect), None, None, _finish(defect), 0, 0)

    def _judgement(self, sentences: tuple[str, ...]) -> str:
        return Writer(self.stem, self._key, self.rng).remark(sentences)

    @property
    def _key(self) -> int:
        """Index of the option that the prompt gives as the key, or that the rehearsal holds for it."""
        letter = self.asked.key_letter
        given = LETTERS.index(letter) if letter else self.question.keyed
        return given if given < len(self.asked.options) else self.question.keyed

    def _rewritten_to(self) -> int:
        return self.question.lure if self.rng.random() < _REWRITE_MISSES_KEY else self._key


def _finish(defect: str | None) -> str:
    return "length" if defect == "truncated" else "stop"


def _spoil(text: str, defect: str | None) -> str:
    """A JSON text with a defect: three that can be read all the same, one that cannot (truncation follows later)."""
    if defect == "fenced":
        return f"```json\n{text}\n```"
    if defect == "trailing":
        return f"{text}\n\nLet me know if you would like me to go into any of these points."
    if defect == "preface":
        return f"Here is my assessment:\n{text}"
    if defect == "unparsable":
        return text.replace('"', "").strip("{}").replace(":", " =", 1)
    return text


def _tokens(text: str) -> int:
    return round(_TOKENS_PER_WORD * (text.count(" ") + text.count("\n") + 1)) if text else 0


def _cut(message: Message, prompt_tokens: int, limit: int) -> Message:
    """Cut a reply that is to be truncated, or longer than the limit, and count its tokens."""
    content, reasoning, finish_reason = message.content, message.reasoning, message.finish_reason
    used = _tokens(reasoning or "") + _tokens(content or message.refusal or "")
    if finish_reason == "length" or used > limit:
        finish_reason = "length"
        share = min(0.6, limit / max(used, 1))
        content = content[: int(len(content) * share)] if content else content
        used = min(limit, used)
    return Message(content, reasoning, message.refusal, finish_reason, prompt_tokens, used)
