"""Puts a streamed reply together: the chunks of a chat completion become the response that was not streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SAID_ONCE = frozenset({"role", "name", "id", "type", "index"})


def put_together(chunks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One response of many chunks, or of a single whole response; what a later chunk says of a field counts.

    A chunk that brings the whole `message` of a choice replaces what its deltas brought.
    """
    response: dict[str, Any] = {}
    choices: dict[Any, dict[str, Any]] = {}
    deltas: dict[Any, _Message] = {}
    for chunk in chunks:
        response |= {key: value for key, value in chunk.items() if key != "choices" and _is_told(value)}
        listed = chunk.get("choices")
        for part in listed if isinstance(listed, list) else ():
            if not isinstance(part, dict):
                continue
            index = part.get("index")
            index = index if isinstance(index, int | str) else 0
            choice = choices.setdefault(index, {"index": index})
            choice |= {key: value for key, value in part.items() if key != "delta" and _is_told(value)}
            if isinstance(part.get("delta"), dict):
                deltas.setdefault(index, _Message()).add(part["delta"])
    for index, message in deltas.items():
        if not _has_text(choices[index].get("message")):
            choices[index]["message"] = message.whole()
    return response | {"choices": list(choices.values())} if choices else response


class _Message:
    """A message, or a part of one, of which fragments arrive."""

    def __init__(self) -> None:
        self._said_once: dict[str, Any] = {}
        self._parts: dict[str, list[Any]] = {}
        self._inner: dict[str, _Message] = {}
        self._calls: dict[Any, _Message] = {}

    def add(self, delta: Mapping[str, Any]) -> None:
        """One more fragment."""
        for key, value in delta.items():
            if value is None:
                continue
            if key in _SAID_ONCE:
                self._said_once.setdefault(key, value)
            elif key == "tool_calls" and isinstance(value, list):
                for call, index in _numbered(value):
                    self._calls.setdefault(index, _Message()).add(call)
            elif key in ("function", "function_call") and isinstance(value, dict):
                self._inner.setdefault(key, _Message()).add(value)
            else:
                self._parts.setdefault(key, []).extend(value if isinstance(value, list) else [value])

    def whole(self) -> dict[str, Any]:
        """The message of all fragments."""
        whole = self._said_once | {key: _joined(parts) for key, parts in self._parts.items()}
        whole |= {key: inner.whole() for key, inner in self._inner.items()}
        return whole | {"tool_calls": [call.whole() for call in self._calls.values()]} if self._calls else whole


def _joined(parts: list[Any]) -> Any:
    return "".join(parts) if all(isinstance(part, str) for part in parts) else parts


def _has_text(message: Any) -> bool:
    return isinstance(message, dict) and any(value for key, value in message.items() if key not in _SAID_ONCE)


def _numbered(calls: list[Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Tool calls with the number by which their fragments belong together."""
    for position, call in enumerate(calls):
        if isinstance(call, dict):
            index = call.get("index")
            yield call, index if isinstance(index, int | str) else position


def _is_told(value: Any) -> bool:
    """Chunks repeat every field, most of them with nothing in it."""
    return value is not None and value != {} and value != []
