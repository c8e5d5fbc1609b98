"""The rehearsal's replies: a pure function of request body, answer keys and seed."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import orjson

from reasonmed_assets.roles import ROLES, Role
from reasonmed_assets.servers.rehearsal import phrases
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys, identity, plain
from reasonmed_assets.servers.rehearsal.asked import Asked, read_prompt
from reasonmed_assets.servers.rehearsal.behaviour import (
    LABEL_DOUBT_FROM,
    STRUCTURED_DEFECTS,
    TEXT_DEFECTS,
    KnownQuestion,
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

_TOKENS_PER_WORD = 1.3
_QUESTIONS_CACHED = 4096

_NO_ROLE = "This endpoint rehearses the roles of a build; it can answer only their prompts."
_ONE_WORD = re.compile(r"the one word (\w+)")

_LEAKING_SHARE = 0.02
_REWRITE_MISSES_KEY = 0.03


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
        limit = int(body.get("max_completion_tokens") or body.get("max_tokens") or 1 << 30)
        if asked.role is None or not asked.options:
            return _cut(Message(_to_another_prompt(body), None, None, "stop", 0, 0), prompt_tokens, limit)
        question, stem = self._question(asked.question, asked.context, asked.options)
        draft = Draft(asked, question, stem, str(body.get("model", "")), rng)
        prompt_hash = digest(str(self._seed), draft.model, asked.role, asked.question, repr(asked.options), asked.path)
        message = draft.write(ROLES[asked.role], prompt_hash)
        return _cut(message, prompt_tokens, limit)

    def _describe(self, question: str, context: str, options: tuple[str, ...]) -> tuple[KnownQuestion, Stem]:
        found = self._keys.keyed_option(question, options)
        known = describe_question(self._seed, identity(question, options), options, found)
        return known, read_stem(question, context, options)


@dataclass
class Draft:
    """One reply while it is written: what a role's rehearsal (`Role.rehearse`) works with.

    Attributes:
        asked: the prompt, taken apart.
        question: what the rehearsal knows of the question.
        stem: the question in pieces that can be quoted.
        model: name of the model that is asked.
        rng: the draws of this reply.
        defect: what is wrong with the reply, None for a sound one; a text that is to be "answerless" names no option.
    """

    asked: Asked
    question: KnownQuestion
    stem: Stem
    model: str
    rng: random.Random
    defect: str | None = None

    phrases: ClassVar[Any] = phrases
    """The set sentences, by name."""

    def write(self, role: Role, prompt_hash: int) -> Message:
        """The reply before it is cut to the token limit; `completion_tokens` is 0 where it is yet to be counted."""
        self.defect = stubborn_defect(role, self.question.is_hard, prompt_hash, self.rng)
        self.defect = self.defect or draw_defect(TEXT_DEFECTS if role.is_text else STRUCTURED_DEFECTS, self.rng)
        if self.defect == "empty":
            return Message(None if self.rng.random() < 0.5 else "", None, None, "stop", 0, 0)
        if self.defect == "refused":
            return self._refusal()
        said = role.rehearse(self)
        if isinstance(said, Message):
            return said
        content = said if isinstance(said, str) else _spoil(orjson.dumps(said).decode(), self.defect)
        return Message(content, None, None, "length" if self.defect == "truncated" else "stop", 0, 0)

    def _refusal(self) -> Message:
        text = self.rng.choice(phrases.REFUSAL)
        if self.rng.random() < 0.5:
            return Message(None, None, text, "stop", 0, 0)
        return Message(text, None, None, "stop", 0, 0)

    def writer(self, chosen: int) -> Writer:
        """Writes about the question with the option of this index as the conclusion."""
        return Writer(self.stem, chosen, self.rng)

    def repeating_writer(self, chosen: int) -> Writer:
        """One that writes the same text in every sample of the model."""
        same = digest(self.question.identity, self.model, self.question.options[chosen])
        return Writer(self.stem, chosen, random.Random(same))  # noqa: S311

    def share_of_model(self, what: str) -> float:
        """A number in [0, 1) that is the same in every reply of the model to the question."""
        return share_of(digest(self.question.identity, what, self.model))

    def conclusion(self) -> int:
        """Index of the option that the model concludes with."""
        return conclude(self.question, accuracy(self.question, self.model), self.rng)

    @property
    def is_doubtful(self) -> bool:
        """The key looks wrong."""
        return self.question.rank >= LABEL_DOUBT_FROM

    @cached_property
    def stated(self) -> int | None:
        """Index of the option that the given path concludes with."""
        return concluded_option(self.asked.path, self.asked.options)

    @property
    def is_right(self) -> bool:
        """The given path concludes with the key."""
        options = self.asked.options
        return self.stated is not None and plain(options[self.stated]) == plain(options[self.key])

    @property
    def is_altered(self) -> bool:
        """The given path holds words that the rehearsal's own paths do not."""
        return is_altered(self.asked.path, self.stem)

    @property
    def key(self) -> int:
        """Index of the option that the prompt gives as the key, or that the rehearsal holds for it."""
        letter = self.asked.key_letter
        given = LETTERS.index(letter) if letter else self.question.keyed
        return given if given < len(self.asked.options) else self.question.keyed

    def rewritten_to(self) -> int:
        """Index of the option that a rewritten path concludes with: nearly always the key."""
        return self.question.lure if self.rng.random() < _REWRITE_MISSES_KEY else self.key

    def judgement(self, sentences: Sequence[str]) -> str:
        """One of the sentences, about a path that concludes with the key."""
        return self.writer(self.key).remark(sentences)

    def with_leak(self, text: str) -> str:
        """A rewritten path, which sometimes betrays that the key was given."""
        if self.rng.random() >= _LEAKING_SHARE:
            return text
        head, _, final = text.rpartition("\n\n")
        leak = self.rng.choice(phrases.LEAK).format(letter=LETTERS[self.key])
        return f"{head} {leak}\n\n{final}"

    def thinking_aloud(self, thinking: str, answer: str, finish_reason: str) -> Message:
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


def _to_another_prompt(body: Mapping[str, Any]) -> str:
    """What is said to a prompt of no role: it has the form that is asked for, as a model's reply to a probe has."""
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        properties = form["json_schema"]["schema"].get("properties", {})
        return orjson.dumps({name: _least(field) for name, field in properties.items()}).decode()
    if form.get("type") == "json_object":
        return '{"rehearsal": true}'
    told = [_ONE_WORD.search(str(m.get("content"))) for m in body["messages"] if m.get("role") == "system"]
    return told[0][1] if told and told[0] else _NO_ROLE


def _least(field: Mapping[str, Any]) -> Any:
    """A value that a JSON schema allows."""
    values = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return field["enum"][0] if field.get("enum") else values.get(str(field.get("type")), "")


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
