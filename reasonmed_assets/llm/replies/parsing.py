"""What each model role must reply, how an endpoint is asked for it, and how a reply is read.

Verifier, ranker, evaluator and regenerator reply with one JSON object; generator, refiner and summariser with plain
text that ends in a line "Final answer: <letter>. <text>"; a model too small to keep that form may be made to fill in
a form of six steps and an answer instead. A reply of no use raises `Unusable` with its own outcome: it never passes for
a verdict, a score or a path. The prompts are in `prompts.py`, reading of raw text in `reply_text.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from reasonmed_assets.config.profile import ROLES, Model
from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.replies.reply_text import Parts, is_refusal, json_objects, split_reasoning
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.vocabulary import LETTERS

__all__ = [
    "FORM_STEPS",
    "STRUCTURED_ROLES",
    "TEXT_ROLES",
    "Evaluation",
    "Score",
    "TextReply",
    "Verdict",
    "parse_reply",
    "response_format",
    "split_reasoning",
]

TEXT_ROLES = ("generator", "refiner", "summariser")
STRUCTURED_ROLES = ("verifier", "ranker", "regenerator", "evaluator")

_SENTENCES_MAX = 400
"""Bound on a reason or justification in characters: one or two sentences."""
_BOUND_MAX = 1_999
"""Grammar engines spell a bound out repetition by repetition and refuse 2,000 of them."""
_CHARACTERS_PER_TOKEN = 2
"""Fewer than English has, so that a string that reaches its bound is closed before the tokens run out."""
_FRAME_TOKENS = 48
"""Tokens of a reply's JSON besides its strings, and as many for every further three strings."""

_FORM_TEXT_MIN = 20

FORM_STEPS = ("restate", "findings", "options", "rule_out", "compare", "conclude")
"""The six steps of a path as fields of a form."""


@dataclass(frozen=True)
class TextReply:
    """A reply that is a text: a path or a summary.

    Attributes:
        raw_text: the content as it came.
        reasoning_text: the part in which a reasoning model thinks.
        answer_text: the part that answers.
        path_text: the text that is judged and released; None unless usable.
        answer_letter: letter that the text concludes with.
        extraction_rule: rule that found the letter.
        supports_key: the regenerator's word on the key; None for other roles.
    """

    raw_text: str | None
    reasoning_text: str | None
    answer_text: str | None
    path_text: str | None = None
    answer_letter: str | None = None
    extraction_rule: str | None = None
    supports_key: bool | None = None


@dataclass(frozen=True)
class Verdict:
    """The verifier's judgement: `verdict` is one of `vocabulary.VERDICTS`."""

    verdict: str
    reason: str


@dataclass(frozen=True)
class Score:
    """The ranker's score, 0 to 5."""

    score: float
    justification: str


@dataclass(frozen=True)
class Evaluation:
    """The evaluator's four scores, each 1 to 10."""

    clinical_accuracy: float
    logic: float
    factual_correctness: float
    completeness: float
    justification: str

    @property
    def score(self) -> float:
        """Mean of the four."""
        return (self.clinical_accuracy + self.logic + self.factual_correctness + self.completeness) / 4


def parse_reply(
    role: str, reply: Reply, fields: Mapping[str, Any], model: Model
) -> TextReply | Verdict | Score | Evaluation:
    """The value of one reply: `TextReply` for roles that write text, else `Verdict`, `Score` or `Evaluation`.

    Args:
        role: one of the seven model roles.
        reply: the reply as the transport read it.
        fields: the call's input row; `options` is read (option texts in prompt order).
        model: the declared model, which says where it thinks and what of its reply is the path.

    Raises:
        Unusable: truncated, refused, empty, malformed or answerless; `detail` says what is wrong in words that can be
            sent back to the model, `value` of a role that writes text is a `TextReply` without path_text.
        ValueError: unknown role.
    """
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}: the roles are {', '.join(ROLES)}")
    parts = split_reasoning(reply.content, reply.reasoning, model.reasoning, is_cut_off=reply.finish_reason == "length")
    if role in TEXT_ROLES and parts.answer is not None:
        parts = parts._replace(answer=_filled_in(parts.answer) or parts.answer)
    read = TextReply(reply.content, parts.reasoning, parts.answer)
    is_text = role in TEXT_ROLES or role == "regenerator"
    try:
        _check_ending(reply)
        if role in TEXT_ROLES:
            whole = role == "generator" and model.path_text == "reasoning_and_answer"
            return _concluding(read, _path(parts) if whole else parts.answer, fields)
        return _structured(role, read, fields)
    except Unusable as error:
        if is_text and error.value is None:
            error.value = read
        raise


def response_format(
    role: str, structured: str, max_tokens: int | None = None, options: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """The `response_format` of a request, None where the role replies in text or the endpoint is asked in words only.

    Every reason and justification is bounded in length, so that a small model closes its string. Hosted endpoints
    refuse such bounds under `strict`, and then take the schema as a hint: `strict` is off, replies are checked anyway.

    Args:
        role: one of the seven model roles.
        structured: the provider's `structured`: json_schema, json_object or none.
        max_tokens: the call's bound on tokens; a small one bounds every string, the regenerator's path too.
        options: option texts in prompt order, where a role that writes text is to fill in a form: for a model too small
            to keep to six steps and a final answer that it is only told of. Needs json_schema.
    """
    is_form = options is not None and structured == "json_schema"
    if structured == "none" or (role in TEXT_ROLES and not is_form):
        return None
    if structured == "json_object":
        return {"type": "json_object"}
    schema = _schema(role, max_tokens, options if is_form else None)
    return {"type": "json_schema", "json_schema": {"name": role, "strict": False, "schema": schema}}


def _check_ending(reply: Reply) -> None:
    """Refuses replies that are no whole answer.

    Raises:
        Unusable: refused, truncated or empty.
    """
    if reply.refusal:
        raise Unusable("refused", f"the model refused: {_start(reply.refusal)}")
    if reply.finish_reason == "content_filter":
        raise Unusable("refused", "the endpoint's content filter stopped the reply")
    if reply.finish_reason == "length":
        raise Unusable("truncated", f"the reply was cut off after {reply.completion_tokens} completion tokens")
    if not (reply.content or "").strip() and not (reply.reasoning or "").strip():
        raise Unusable("empty", "the reply holds no text")


def _filled_in(text: str) -> str | None:
    """The path or summary that a filled-in form makes; None where the text is no such form."""
    found = json_objects(text) if text.startswith("{") else []
    return _form_text(found[-1]) if found else None


def _form_text(form: Mapping[str, Any]) -> str | None:
    steps = [form.get(step) for step in FORM_STEPS]
    if isinstance(form.get("summary"), str):
        body = form["summary"].strip()
    elif all(isinstance(step, str) and step.strip() for step in steps):
        body = "\n".join(f"Step {number}. {' '.join(str(step).split())}" for number, step in enumerate(steps, start=1))
    else:
        return None
    answer = form.get("answer")
    return f"{body}\n\nFinal answer: {answer}" if body and isinstance(answer, str) else None


def _path(parts: Parts) -> str | None:
    return "\n\n".join(part for part in parts if part) or None


def _concluding(read: TextReply, text: str | None, fields: Mapping[str, Any]) -> TextReply:
    """The text as a path with the letter that it concludes with: as the answer states it, else as the text does.

    Raises:
        Unusable: there is no text, or it names no option, or it refuses.
    """
    if text is None:
        raise Unusable("empty", "the reply thinks and does not answer")
    found = extract_answer(read.answer_text or text, fields["options"])
    if found.rule is None and text != read.answer_text:
        found = extract_answer(text, fields["options"])
    if found.letter is None:
        if is_refusal(text):
            raise Unusable("refused", f"the reply refuses in words: {_start(text)}")
        raise Unusable("answerless", f"the reply names none of the options as its answer; it ends: {_end(text)}")
    return replace(read, path_text=text, answer_letter=found.letter, extraction_rule=found.rule)


def _structured(role: str, read: TextReply, fields: Mapping[str, Any]) -> TextReply | Verdict | Score | Evaluation:
    """The value of a reply that is one JSON object.

    Raises:
        Unusable: malformed or refused; for the regenerator answerless too.
    """
    if read.answer_text is None:
        raise Unusable("empty", "the reply thinks and does not answer")
    text = read.answer_text
    if role == "verifier":
        judged = _validated(_VerifierReply, text)
        return Verdict(judged.verdict.lower(), judged.reason)
    if role == "ranker":
        return Score(**_validated(_RankerReply, text).model_dump())
    if role == "evaluator":
        return Evaluation(**_validated(_EvaluatorReply, text).model_dump())
    return _regenerated(_validated(_RegeneratorReply, text), read, fields)


def _regenerated(reply: _RegeneratorReply, read: TextReply, fields: Mapping[str, Any]) -> TextReply:
    if not reply.supports_key:
        return replace(read, answer_text=None, supports_key=False)
    path = reply.path.strip()
    if not path:
        raise Unusable("malformed", "supports_key is true and path is empty: write the reasoning in path")
    return _concluding(replace(read, answer_text=path, supports_key=True), path, fields)


def _validated(schema: type[_Reply], text: str) -> _Reply:
    """The last JSON object in the text that fits: a model that corrects itself does so behind its first object."""
    objects = json_objects(text)
    problem = f"no complete JSON object in the reply; it ends: {_end(text)}"
    for found in reversed(objects):
        try:
            return schema.model_validate({_NO_LETTERS.sub("_", key.strip().lower()): found[key] for key in found})
        except ValidationError as error:
            problem = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
                for e in error.errors(include_url=False)
            )
    if not objects and is_refusal(text):
        raise Unusable("refused", f"the reply refuses in words: {_start(text)}")
    raise Unusable("malformed", problem)


def _start(text: str) -> str:
    return repr(text.strip()[:120])


def _end(text: str) -> str:
    return repr(text.strip()[-120:])


_NO_LETTERS = re.compile(r"[^a-z]+")
_OF = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:(?:/|out of)\s*(\d+))?\s*", re.IGNORECASE)


def _points(maximum: int) -> BeforeValidator:
    """Takes a number, or one in words of its scale: 4, "4", "4/5", "4 out of 5"."""

    def read(value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError(f"a number is expected, not {value}")
        if isinstance(value, str):
            found = _OF.fullmatch(value)
            if found is None or found.group(2) not in (None, str(maximum)):
                raise ValueError(f"a number is expected, not {value[:40]!r}")
            return float(found.group(1))
        return value

    return BeforeValidator(read)


def _canonical_verdict(value: Any) -> Any:
    """Either verdict in any case, and "Incorrect", which leaves no doubt."""
    if not isinstance(value, str):
        return value
    return {"correct": "Correct", "error": "Error", "incorrect": "Error"}.get(value.strip(" .*").lower(), value)


_Sentences = Annotated[
    str,
    Field(min_length=1),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _SENTENCES_MAX}),
]
_ToFive = Annotated[
    float,
    Field(ge=0, le=5, allow_inf_nan=False),
    _points(5),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 5}),
]
_ToTen = Annotated[
    float,
    Field(ge=1, le=10, allow_inf_nan=False),
    _points(10),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 10}),
]


class _Structured(BaseModel):
    """A reply that is one JSON object; fields that were not asked for are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


_Reply = TypeVar("_Reply", bound=_Structured)


class _VerifierReply(_Structured):
    verdict: Annotated[Literal["Correct", "Error"], BeforeValidator(_canonical_verdict)]
    reason: _Sentences


class _RankerReply(_Structured):
    score: _ToFive
    justification: _Sentences


class _RegeneratorReply(_Structured):
    supports_key: bool
    path: Annotated[str, BeforeValidator(lambda value: "" if value is None else value)] = ""

    @model_validator(mode="before")
    @classmethod
    def _take_a_form(cls, reply: Any) -> Any:
        """A filled-in form stands for a path."""
        path = _form_text(reply) if isinstance(reply, dict) and "path" not in reply else None
        return reply if path is None else {**reply, "path": path}


class _EvaluatorReply(_Structured):
    clinical_accuracy: _ToTen
    logic: _ToTen
    factual_correctness: _ToTen
    completeness: _ToTen
    justification: _Sentences


_REPLIES: dict[str, type[_Structured]] = {
    "verifier": _VerifierReply,
    "ranker": _RankerReply,
    "regenerator": _RegeneratorReply,
    "evaluator": _EvaluatorReply,
}


def _schema(role: str, max_tokens: int | None, options: Sequence[str] | None) -> dict[str, Any]:
    properties = _properties(role) if role in STRUCTURED_ROLES else {}
    if options is not None and (role in TEXT_ROLES or role == "regenerator"):
        properties.pop("path", None)
        properties |= _form(role, options)
    strings = [field for field in properties.values() if field["type"] == "string" and "enum" not in field]
    if max_tokens is not None and strings:
        frame = _FRAME_TOKENS * (1 + len(strings) // 3)
        bound = max(1, (max_tokens - frame) * _CHARACTERS_PER_TOKEN // len(strings))
        for field in strings if bound <= _BOUND_MAX else []:
            field["maxLength"] = min(bound, field.get("maxLength", bound))
            field["minLength"] = min(field.get("minLength", 0), field["maxLength"])
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _properties(role: str) -> dict[str, dict[str, Any]]:
    """The fields of a structured role's reply as JSON schemas."""
    declared = _REPLIES[role].model_json_schema()["properties"]
    return {
        name: {key: value for key, value in field.items() if key not in ("title", "default")}
        for name, field in declared.items()
    }


def _form(role: str, options: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The fields of the form that a role which writes text fills in."""
    names = ("summary",) if role == "summariser" else FORM_STEPS
    texts = {name: {"type": "string", "minLength": _FORM_TEXT_MIN, "maxLength": _SENTENCES_MAX} for name in names}
    lettered = [f"{letter}. {' '.join(text.split())}" for letter, text in zip(LETTERS, options, strict=False)]
    return {**texts, "answer": {"type": "string", "enum": lettered}}
