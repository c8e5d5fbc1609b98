"""The chat-completions response, read once for every transport and for replies that come out of the ledger.

A response with status 200 is not yet a reply: it may report an error, or hold a text that the endpoint broke off. Which
words mean that is in `finish_reasons.py`, untidy JSON and streams are read in `documents.py` and `chunks.py`, a
message's parts in `messages.py`.
"""

from __future__ import annotations

from typing import Any

import orjson

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.replies.chunks import put_together
from reasonmed_assets.llm.replies.documents import documents, mended
from reasonmed_assets.llm.replies.finish_reasons import Finish, finish_of, is_word
from reasonmed_assets.llm.replies.messages import message_texts, says_only
from reasonmed_assets.llm.replies.usage import read_usage

_SHOWN_CHARACTERS = 200
_REASONS = ("finish_reason", "finishReason", "finish_details", "stop_reason", "done_reason")
"""Where providers say why a reply ended, the first one that says anything; vLLM's `stop_reason` is a stop string."""
_OPEN = frozenset({Finish.WHOLE, Finish.UNKNOWN})
_IN_RESPONSE = frozenset({"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier",
                          "simulated"})  # fmt: skip
_IN_CHOICE = frozenset({"index", "message", "logprobs", "finish_reason"})
_IN_MESSAGE = frozenset({"role", "content"})


class NotAReplyError(ValueError):
    """A response that is no chat completion: cut off, no JSON, no choice in it."""


class BrokenOffError(NotAReplyError):
    """The endpoint reports an error instead of a reply, or broke the reply off.

    Attributes:
        report: what it says of the error: an object, a text or a list, as JSON made it; None where it says nothing.
        partial: what it sent and counted of a reply nevertheless; None where there is no choice.
    """

    def __init__(self, message: str, report: Any = None, partial: Reply | None = None) -> None:
        super().__init__(message)
        self.report = report
        self.partial = partial


def read_reply(raw: bytes, is_marked_simulated: bool = False) -> Reply:
    """The choice with index 0 of a chat-completions response, streamed or not.

    A simulated reply carries `"simulated": true` (or the header, which the caller passes as `is_marked_simulated`). A
    null or missing content is a reply, with content None; one that cannot be read is a reply with `unreadable`.

    Raises:
        BrokenOffError: see there.
        NotAReplyError: see there; the message quotes the beginning of the response.
    """
    try:
        return _read(raw, is_marked_simulated)
    except RecursionError as error:
        if b'"choices"' not in raw:
            raise NotAReplyError(f"the response is nested too deeply: {_shown(raw)}") from error
        return Reply(None, unreadable="its JSON is nested too deeply", is_simulated=is_marked_simulated)


def _read(raw: bytes, is_marked_simulated: bool) -> Reply:
    try:
        response = orjson.loads(raw)
    except orjson.JSONDecodeError:
        response = None
    plain = _plain_reply(response, is_marked_simulated)
    if plain is not None:
        return plain
    if _is_whole(response):
        return _judged(response, raw, is_marked_simulated, is_open=False)
    try:
        found = documents(raw)
    except ValueError as error:
        raise NotAReplyError(f"the response is not JSON ({error}): {_shown(raw)}") from error
    response = mended(put_together(found.objects))
    if not response:
        raise NotAReplyError(f"the response holds no JSON object: {_shown(raw)}")
    if found.is_error and _report(response) is None:
        response["error"] = found.objects[-1]
    is_open = not found.is_done and any(map(_is_chunk, found.objects))
    return _judged(response, raw, is_marked_simulated, is_open)


def _judged(response: dict[str, Any], raw: bytes, is_marked_simulated: bool, is_open: bool) -> Reply:
    """The reply in a response; `is_open`: it is a stream that has not said that it is over."""
    choice, report = _choice(response.get("choices")), _report(response)
    reply: Reply | None
    if choice is not None:
        reply = _reply(choice, response, _finish_reason(choice, response), is_marked_simulated)
        report = report or _choice_report(choice)
    else:
        filtered = _blocked(response)
        reply = _reply({}, response, filtered, is_marked_simulated) if filtered else None
    if report is not None:
        raise BrokenOffError(f"the endpoint reports an error: {_quoted(report)}", report, reply)
    if reply is None:
        raise BrokenOffError(f"the response holds no choice with a message: {_shown(raw)}", response)
    if finish_of(reply.finish_reason) == Finish.BROKEN_OFF:
        said = f"the endpoint broke the reply off (finish_reason {reply.finish_reason!r})"
        raise BrokenOffError(said, reply.finish_reason, reply)
    if reply.finish_reason is None and (is_open or not _has_text(reply)):
        raise BrokenOffError(f"the reply breaks off without a finish_reason: {_shown(raw)}", None, reply)
    return reply


def _plain_reply(response: Any, is_marked_simulated: bool) -> Reply | None:
    """The reply in a response that says nothing but what nearly all do, a text that came to its end: a quick look at
    it is enough. None where it says more."""
    if not isinstance(response, dict) or not says_only(response, _IN_RESPONSE):
        return None
    choices = response.get("choices")
    choice = choices[0] if isinstance(choices, list) and len(choices) == 1 else None
    if not isinstance(choice, dict) or choice.get("finish_reason") != "stop" or not says_only(choice, _IN_CHOICE):
        return None
    message = choice.get("message")
    if not isinstance(message, dict) or not says_only(message, _IN_MESSAGE):
        return None
    content = message.get("content")
    if not isinstance(content, str):
        return None
    prompt, completion, reasoning, cached, written = read_usage(response, has_text=bool(content))
    model, fingerprint = response.get("model"), response.get("system_fingerprint")
    return Reply(
        content, None, None, "stop", prompt, completion, reasoning, _text(model), _text(fingerprint),
        is_marked_simulated or response.get("simulated") is True, None, None, cached, written,
    )  # fmt: skip


def _is_whole(response: Any) -> bool:
    """Whether this is a response as the documentation has it, which needs no second look."""
    choices = response.get("choices") if isinstance(response, dict) else None
    if not isinstance(choices, list) or not choices:
        return False
    return all(isinstance(choice, dict) and isinstance(choice.get("message"), dict) for choice in choices)


def _is_chunk(response: dict[str, Any]) -> bool:
    choices = response.get("choices")
    return isinstance(choices, list) and any(isinstance(choice, dict) and "delta" in choice for choice in choices)


def _choice(choices: Any) -> dict[str, Any] | None:
    """The choice with index 0; the first one where none has that."""
    if not isinstance(choices, list) or not choices:
        return None
    known = [choice for choice in choices if isinstance(choice, dict)]
    return next((choice for choice in known if choice.get("index") in (0, "0")), known[0] if known else {})


def _reply(choice: dict[str, Any], response: dict[str, Any], reason: str | None, is_marked_simulated: bool) -> Reply:
    message = choice.get("message")
    if not isinstance(message, dict):
        # The older completions have a text, and some servers write the message as one.
        message = {"content": choice.get("text") if message is None else message}
    texts = message_texts(message)
    has_text = bool(texts.content or texts.reasoning or texts.tool_arguments)
    usage = read_usage(response, has_text=has_text)
    return Reply(
        content=texts.content,
        reasoning=texts.reasoning,
        refusal=texts.refusal,
        finish_reason=reason,
        served_model=_text(response.get("model")),
        system_fingerprint=_text(response.get("system_fingerprint")),
        is_simulated=is_marked_simulated or response.get("simulated") is True,
        tool_arguments=texts.tool_arguments,
        unreadable=texts.unreadable,
        **usage._asdict(),
    )


def _finish_reason(choice: dict[str, Any], response: dict[str, Any]) -> str | None:
    """The word that decides how the reply ended: a router's may hide the provider's, a filter may say it elsewhere."""
    said = (_word(part.get(name)) for part in (choice, response) for name in _REASONS)
    reason = next((word for word in said if word is not None), None)
    if finish_of(reason) in _OPEN:
        native = _word(choice.get("native_finish_reason"))
        if native is not None and (reason is None or finish_of(native) not in _OPEN):
            reason = native
    if finish_of(reason) in _OPEN and _is_filtered(choice):
        return "content_filter"
    return reason


def _word(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("type") or value.get("reason")
    return value if isinstance(value, str) and is_word(value) else None


def _is_filtered(choice: dict[str, Any]) -> bool:
    """Whether a filter's results, as Azure and Gemini write them, say that it took something away."""
    for name in ("content_filter_results", "content_filter_result", "safety_ratings", "safetyRatings"):
        found = choice.get(name)
        if found and any(
            _mapping(part).get(mark) is True for part in _parts(found) for mark in ("filtered", "blocked")
        ):
            return True
    return False


def _blocked(response: dict[str, Any]) -> str | None:
    """Why a provider's filter let no choice come of the prompt; None where it was no filter."""
    for name in ("promptFeedback", "prompt_feedback"):
        feedback = _mapping(response.get(name))
        reason = _word(feedback.get("blockReason")) or _word(feedback.get("block_reason"))
        if reason is not None:
            return f"content_filter: {reason}"
    results = [_mapping(part) for name in ("prompt_filter_results", "prompt_annotations")
               for part in _parts(response.get(name))]  # fmt: skip
    return "content_filter" if any(_is_filtered(part) for part in results) else None


def _report(response: dict[str, Any]) -> Any:
    """The error that a response reports beside its choices, or instead of them."""
    for name in ("error", "errors"):
        if _says(response.get(name)):
            return response[name]
    return None


def _choice_report(choice: dict[str, Any]) -> Any:
    for part in (choice, choice.get("message"), choice.get("delta")):
        report = _mapping(part).get("error")
        if _says(report):
            return report
    return None


def _says(report: Any) -> bool:
    """Whether an error says anything: some endpoints send an empty one with every reply."""
    if isinstance(report, dict | list):
        return any(_says(part) for part in (report.values() if isinstance(report, dict) else report))
    return bool(report.strip()) if isinstance(report, str) else bool(report)


def _has_text(reply: Reply) -> bool:
    texts = (reply.content, reply.reasoning, reply.refusal, reply.tool_arguments)
    return any(text is not None and text.strip() for text in texts)


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _quoted(report: Any) -> str:
    said = report if isinstance(report, str) else orjson.dumps(report, default=str).decode()
    return " ".join(said[: 2 * _SHOWN_CHARACTERS].split())


def _shown(raw: bytes) -> str:
    return repr(raw[:_SHOWN_CHARACTERS].decode(errors="replace"))
