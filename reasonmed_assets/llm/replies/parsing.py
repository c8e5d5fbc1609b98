"""How an endpoint is asked for a role's reply, and how the reply is read.

A role's reply is a text that ends in a line "Final answer: <letter>. <text>", or one JSON object (`roles/replies.py`).
An unusable reply raises `Unusable` with its own outcome: it never passes for a verdict, a score or a path. The prompts
are in `llm/prompts/`, reading of raw text in `reply_text.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from reasonmed_assets.config.profile import Model
from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.replies.finish_reasons import Finish, finish_of
from reasonmed_assets.llm.replies.reply_text import Parts, is_refusal, json_objects, split_reasoning
from reasonmed_assets.roles import Role, role_named
from reasonmed_assets.roles.replies import SENTENCES_MAX, JsonReply, PathReply, Text, text_of_form
from reasonmed_assets.rules.control_tokens import CONTROL_TOKEN, may_hold_a_token
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.vocabulary import LETTERS, Outcome

_BOUND_MAX = 1_999
"""Grammar engines spell a bound out repetition by repetition and refuse 2,000 of them."""
_CHARACTERS_PER_TOKEN = 2
"""Fewer than English has, so that a string that reaches its bound is closed before the tokens run out."""
_FRAME_TOKENS = 48
"""Tokens of a reply's JSON besides its strings, and as many for every further three strings."""

_FORM_TEXT_MIN = 20
_TOKEN = re.compile(CONTROL_TOKEN)
_NO_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class TextReply:
    """A reply that is a text, or holds one: a path or a summary.

    Attributes:
        raw_text: the content as it came.
        reasoning_text: the part in which a reasoning model thinks.
        answer_text: the part that answers.
        path_text: the text that is judged and released; None unless usable.
        answer_letter: letter that the text concludes with.
        extraction_rule: rule that found the letter.
        json_reply: the JSON object that the text came in; None where the whole reply is the text.
    """

    raw_text: str | None
    reasoning_text: str | None
    answer_text: str | None
    path_text: str | None = None
    answer_letter: str | None = None
    extraction_rule: str | None = None
    json_reply: JsonReply | None = None


def parse_reply(role_name: str, reply: Reply, fields: Mapping[str, Any], model: Model) -> TextReply | JsonReply:
    """The value of one reply: a `TextReply` for roles that write a text, else the role's own model.

    Args:
        role_name: one of `roles.ROLES`.
        reply: the reply as the transport read it.
        fields: the call's input row; `options` is read (option texts in prompt order).
        model: the declared model, which says where it thinks and what of its reply is the path.

    Raises:
        Unusable: truncated, filtered, refused, empty, malformed or answerless; `detail` says what is wrong in words
            that can be sent back to the model, `value` of a role that writes text is a `TextReply` without path_text.
        RoleError: there is no such role.
    """
    role = role_named(role_name)
    is_cut_off = finish_of(reply.finish_reason) == Finish.TRUNCATED
    parts = split_reasoning(
        reply.content, reply.reasoning, model.reasoning, model.reasoning_marks, is_cut_off=is_cut_off
    )
    if isinstance(role.reply, Text) and role.reply.has_answer and parts.answer is not None:
        parts = parts._replace(answer=_filled_in(parts.answer, role.reply.form) or parts.answer)
    read = TextReply(reply.content, parts.reasoning, parts.answer)
    try:
        _check_ending(reply)
        if isinstance(role.reply, Text):
            whole = role.reply.may_hold_reasoning and model.path_text == "reasoning_and_answer"
            text = _path(parts) if whole else parts.answer
            value = _concluding(read, text, fields) if role.reply.has_answer else _plain(read, text)
            _refuse_tokens(value.path_text or "", fields)
            return value
        return _json(role.reply, read, _json_texts(reply, parts), fields)
    except Unusable as error:
        if role.form is not None and error.value is None:
            error.value = read
        raise


def value_of(reply: TextReply | JsonReply) -> dict[str, Any]:
    """The values of a reply by the names that SQL reads them by."""
    if isinstance(reply, JsonReply):
        return reply.model_dump()
    texts = {name: value for name, value in vars(reply).items() if name != "json_reply"}
    return texts | (reply.json_reply.model_dump(exclude={"path"}) if reply.json_reply else {})


def response_format(
    role_name: str, structured: str, max_tokens: int | None = None, options: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """The `response_format` of a request, None where the role replies in text or the endpoint is asked in words only.

    Every reason and justification is bounded in length, so that a small model closes its string. Hosted endpoints
    refuse such bounds under `strict`, and then take the schema as a hint: `strict` is off, replies are checked anyway.

    Args:
        role_name: one of `roles.ROLES`.
        structured: the provider's `structured`: json_schema, json_object or none.
        max_tokens: the call's bound on tokens; a small one bounds every string, the regenerator's path too.
        options: option texts in prompt order, where a role that writes text is to fill in a form: for a model too small
            to keep to six steps and a final answer that it is only told of. Needs json_schema.
    """
    role = role_named(role_name)
    is_form = options is not None and structured == "json_schema" and role.has_form
    if structured == "none" or (role.is_text and not is_form):
        return None
    if structured == "json_object":
        return {"type": "json_object"}
    schema = _schema(role, max_tokens, tuple(options or ()) if is_form else None)
    return {"type": "json_schema", "json_schema": {"name": role.name, "strict": False, "schema": schema}}


def _check_ending(reply: Reply) -> None:
    """Refuses replies that are no whole answer.

    Raises:
        Unusable: refused, filtered, truncated, malformed or empty.
    """
    ending = finish_of(reply.finish_reason)
    if reply.refusal:
        raise Unusable(Outcome.REFUSED, f"the model refused: {_start(reply.refusal)}")
    if ending == Finish.FILTERED:
        raise Unusable(Outcome.FILTERED, f"the endpoint's filter stopped the reply ({reply.finish_reason})")
    if ending == Finish.TRUNCATED:
        raise Unusable(Outcome.TRUNCATED, f"the reply was cut off after {reply.completion_tokens} completion tokens")
    if reply.unreadable is not None:
        raise Unusable(Outcome.MALFORMED, f"the reply cannot be read: {reply.unreadable}")
    if not any((text or "").strip() for text in (reply.content, reply.reasoning, reply.tool_arguments)):
        raise Unusable(Outcome.EMPTY, "the reply holds no text")


def _filled_in(text: str, form: Sequence[str]) -> str | None:
    """The path or summary that a filled-in form makes; None where the text is no such form."""
    found = json_objects(text) if text.startswith("{") else []
    return text_of_form(found[-1], form) if found else None


def _path(parts: Parts) -> str | None:
    return "\n\n".join(part for part in parts if part) or None


def _plain(read: TextReply, text: str | None) -> TextReply:
    """The text as it is.

    Raises:
        Unusable: there is no text, or it refuses.
    """
    if text is None:
        raise Unusable(Outcome.EMPTY, "the reply thinks and does not answer")
    if is_refusal(text):
        raise Unusable(Outcome.REFUSED, f"the reply refuses in words: {_start(text)}")
    return replace(read, path_text=text)


def _concluding(read: TextReply, text: str | None, fields: Mapping[str, Any]) -> TextReply:
    """The text as a path with the letter that it concludes with: as the answer states it, else as the text does.

    Raises:
        Unusable: there is no text, or it names no option, or it refuses.
    """
    if text is None:
        raise Unusable(Outcome.EMPTY, "the reply thinks and does not answer")
    found = extract_answer(read.answer_text or text, fields["options"])
    if found.rule is None and text != read.answer_text:
        found = extract_answer(text, fields["options"])
    if found.letter is None:
        if is_refusal(text):
            raise Unusable(Outcome.REFUSED, f"the reply refuses in words: {_start(text)}")
        raise Unusable(Outcome.ANSWERLESS, f"the reply names none of the options as its answer; it ends: {_end(text)}")
    return replace(read, path_text=text, answer_letter=found.letter, extraction_rule=found.rule)


def _refuse_tokens(text: str, fields: Mapping[str, Any]) -> None:
    """Refuses a text that holds control tokens of a chat template which no text of its row has.

    Raises:
        Unusable: malformed.
    """
    found = {token[0] for token in _TOKEN.finditer(text)} if may_hold_a_token(text) else set()
    if found:
        given = "\n".join(str(value) for value in fields.values())
        strange = sorted(token for token in found if token not in given)
        if strange:
            raise Unusable(Outcome.MALFORMED, f"the text holds tokens of a chat template: {', '.join(strange[:5])}")


def _json_texts(reply: Reply, parts: Parts) -> list[str]:
    """Where the JSON of a reply may be, the likeliest first.

    Models that call a tool write it as the tool's arguments. Servers that split a reply by its tags take all of it for
    reasoning where a grammar left no room for tags: only a reasoning that ends with an object is taken for an answer.
    """
    texts = [parts.answer, reply.tool_arguments]
    if not (reply.content or "").strip() and (parts.reasoning or "").removesuffix("```").rstrip().endswith("}"):
        texts.append(parts.reasoning)
    return [text for text in texts if text is not None]


def _json(
    schema: type[JsonReply], read: TextReply, texts: Sequence[str], fields: Mapping[str, Any]
) -> TextReply | JsonReply:
    """The value of a reply that is one JSON object in one of the texts; where it holds a path, that with its letter.

    Raises:
        Unusable: malformed or refused; where it holds a path, answerless too.
    """
    reply, problem = None, Unusable(Outcome.EMPTY, "the reply thinks and does not answer")
    for text in texts:
        try:
            reply = _validated(schema, text)
            break
        except Unusable as error:
            if text != read.reasoning_text and problem.outcome == Outcome.EMPTY:
                problem = error
    if reply is None:
        raise problem
    if not isinstance(reply, PathReply):
        return reply
    try:
        path = reply.written_path()
    except ValueError as error:
        raise Unusable(Outcome.MALFORMED, str(error)) from error
    read = replace(read, answer_text=path, json_reply=reply)
    if path is None:
        return read
    _refuse_tokens(path, fields)
    return _concluding(read, path, fields)


def _validated(schema: type[JsonReply], text: str) -> JsonReply:
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
        raise Unusable(Outcome.REFUSED, f"the reply refuses in words: {_start(text)}")
    raise Unusable(Outcome.MALFORMED, problem)


def _start(text: str) -> str:
    return repr(text.strip()[:120])


def _end(text: str) -> str:
    return repr(text.strip()[-120:])


@lru_cache(maxsize=256)
def _schema(role: Role, max_tokens: int | None, options: tuple[str, ...] | None) -> dict[str, Any]:
    """The schema of a reply, one object for all requests: pydantic takes longer over it than a call may take."""
    properties = {} if isinstance(role.reply, Text) else _properties(role.reply)
    if options is not None and role.form is not None:
        properties.pop("path", None)
        properties |= _form(role.form, options)
    strings = [field for field in properties.values() if field.get("type") == "string" and "enum" not in field]
    if max_tokens is not None and strings:
        frame = _FRAME_TOKENS * (1 + len(strings) // 3)
        bound = max(1, (max_tokens - frame) * _CHARACTERS_PER_TOKEN // len(strings))
        for field in strings if bound <= _BOUND_MAX else []:
            field["maxLength"] = min(bound, field.get("maxLength", bound))
            field["minLength"] = min(field.get("minLength", 0), field["maxLength"])
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    # What the fields of a model with models in it refer to.
    inner = {} if isinstance(role.reply, Text) else role.reply.model_json_schema().get("$defs", {})
    return schema | {"$defs": inner} if inner else schema


def _properties(reply: type[JsonReply]) -> dict[str, dict[str, Any]]:
    """The fields of a JSON reply as JSON schemas."""
    return {
        name: {key: value for key, value in field.items() if key not in ("title", "default")}
        for name, field in reply.model_json_schema()["properties"].items()
    }


def _form(names: Sequence[str], options: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The fields of the form that a role which writes text fills in."""
    texts = {name: {"type": "string", "minLength": _FORM_TEXT_MIN, "maxLength": SENTENCES_MAX} for name in names}
    lettered = [f"{letter}. {' '.join(text.split())}" for letter, text in zip(LETTERS, options, strict=False)]
    return {**texts, "answer": {"type": "string", "enum": lettered}}
