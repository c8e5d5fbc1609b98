"""The texts in a message: answer, reasoning, refusal and the arguments of a tool, wherever a provider puts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

_REASONING = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "thinking_blocks", "reasoning_text",
              "thoughts", "thought")  # fmt: skip
"""Fields of a message that hold its reasoning; several of them repeat it."""

_INNER = ("text", "content", "value", "output_text", "thinking", "reasoning", "reasoning_content", "summary", "refusal",
          "parts", "arguments", "input", "json")  # fmt: skip
"""Fields of a content part that hold its text."""

_OF_PARTS = frozenset({*_INNER, "type", "annotations", "signature", "index", "id", "logprobs", "format", "role",
                       "thought", "cache_control"})  # fmt: skip
_KINDS = (
    ("reasoning", ("think", "thought", "reason")),
    ("refusal", ("refus",)),
    ("tool_arguments", ("tool", "function")),
)
_DEEPEST = 8
_PLAIN = frozenset({"role", "content"})


class Texts(NamedTuple):
    """The texts of a message, each None where there is none; `unreadable` says what else its content is."""

    content: str | None
    reasoning: str | None
    refusal: str | None
    tool_arguments: str | None
    unreadable: str | None


def message_texts(message: Mapping[str, Any]) -> Texts:
    """The texts of a message."""
    content = message.get("content")
    if isinstance(content, str) and says_only(message, _PLAIN):
        return Texts(content, None, None, None, None)
    found: dict[str, list[str]] = {}
    unreadable = None
    if isinstance(content, dict | list):
        _gather(content, "content", found, 0)
        if content and not found:
            unreadable = f"its content has no text: {_shown(content)}"
    elif isinstance(content, str):
        found["content"] = [content]
    elif content is not None:
        unreadable = f"its content is no text: {_shown(content)}"
    _gather_calls(message, found)
    joined = {kind: "".join(texts) for kind, texts in found.items()}
    refusal = message.get("refusal")
    return Texts(
        joined.get("content"),
        _reasoning(message) or joined.get("reasoning") or None,
        (refusal if isinstance(refusal, str) else None) or joined.get("refusal") or None,
        "\n".join(found.get("tool_arguments", ())) or None,
        unreadable,
    )


def says_only(part: Mapping[str, Any], names: frozenset[str]) -> bool:
    """Whether no other field of a part of a response says anything: servers write null or nothing into many."""
    return part.keys() <= names or all(name in names or not value for name, value in part.items())


def _reasoning(message: Mapping[str, Any]) -> str | None:
    for name in _REASONING:
        value = message.get(name)
        if not value:
            continue
        if isinstance(value, str):
            return value
        found: dict[str, list[str]] = {}
        _gather(value, "reasoning", found, 0)
        if any(text.strip() for text in found.get("reasoning", ())):
            return "".join(found["reasoning"])
    return None


def _gather(value: Any, kind: str, found: dict[str, list[str]], depth: int) -> None:
    """The texts of content parts, by what they are."""
    if isinstance(value, str):
        found.setdefault(kind, []).append(value)
    elif isinstance(value, list) and depth < _DEEPEST:
        for part in value:
            _gather(part, kind, found, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        if not _is_part(value):
            if kind != "reasoning":
                # A server that reads the model's JSON itself.
                found.setdefault(kind, []).append(orjson.dumps(value, default=str).decode())
            return
        kind = _kind(value) if kind == "content" else kind
        inner = next((value[name] for name in _INNER if value.get(name)), None)
        if kind == "tool_arguments" and isinstance(inner, dict):
            inner = orjson.dumps(inner, default=str).decode()
        _gather(inner, kind, found, depth + 1)


def _gather_calls(message: Mapping[str, Any], found: dict[str, list[str]]) -> None:
    """The arguments of the tools that a message calls."""
    calls = message.get("tool_calls")
    for call in [*(calls if isinstance(calls, list) else ()), {"function": message.get("function_call")}]:
        called = (call.get("function") or call.get("custom")) if isinstance(call, dict) else None
        if isinstance(called, dict):
            arguments = called.get("arguments") or called.get("input")
            if isinstance(arguments, dict):
                arguments = orjson.dumps(arguments, default=str).decode()
            if isinstance(arguments, str) and arguments.strip():
                found.setdefault("tool_arguments", []).append(arguments)


def _is_part(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("type"), str) or (value.keys() <= _OF_PARTS and any(name in value for name in _INNER))


def _kind(part: Mapping[str, Any]) -> str:
    named = part.get("type")
    if part.get("thought") is True:
        return "reasoning"
    if not isinstance(named, str):
        named = next((name for name in _INNER if part.get(name)), "")
    return next((kind for kind, stems in _KINDS if any(stem in named.lower() for stem in stems)), "content")


def _shown(value: Any) -> str:
    return repr(value)[:120]
