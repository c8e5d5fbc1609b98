"""The chat-completions response, read once for every transport and for replies that come out of the ledger."""

from __future__ import annotations

from typing import Any

import orjson

from reasonmed_assets.llm.calls import Reply

_SHOWN_CHARACTERS = 200


class NotAReplyError(ValueError):
    """A response that is no chat completion: cut off, no JSON, an error report, no choice in it."""


def read_reply(raw: bytes, is_marked_simulated: bool = False) -> Reply:
    """The first choice of a chat-completions response.

    Reasoning comes as `reasoning_content` or `reasoning`; a simulated reply carries `"simulated": true` (or the
    header, which the caller passes as `is_marked_simulated`). A null or missing content is a reply, with content None.

    Raises:
        NotAReplyError: see there; the message quotes the beginning of the response.
    """
    try:
        response = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotAReplyError(f"the response is not JSON ({error}): {_shown(raw)}") from error
    message, choice = _first_message(response, raw)
    usage = _mapping(response.get("usage"))
    return Reply(
        content=_content(message.get("content")),
        reasoning=_text(message.get("reasoning_content")) or _text(message.get("reasoning")),
        refusal=_text(message.get("refusal")),
        finish_reason=_text(choice.get("finish_reason")),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        reasoning_tokens=_count(_mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")),
        served_model=_text(response.get("model")),
        system_fingerprint=_text(response.get("system_fingerprint")),
        is_simulated=is_marked_simulated or response.get("simulated") is True,
    )


def _first_message(response: Any, raw: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    choices = response.get("choices") if isinstance(response, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise NotAReplyError(f"the response holds no choice with a message: {_shown(raw)}")
    return message, choice


def _content(content: Any) -> str | None:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str)) or None
    return _text(content)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _shown(raw: bytes) -> str:
    return repr(raw[:_SHOWN_CHARACTERS].decode(errors="replace"))
