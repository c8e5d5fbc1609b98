"""The ways in which endpoints answer otherwise than with a plain reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from reasonmed_assets.servers.personas.persona import JSON, Event, Exchange, Respond, Response

_HTML = {"Content-Type": "text/html"}
_CHUNK_CHARACTERS = 200


def error(message: str, kind: str | None = None, code: str | None = None, **more: Any) -> dict[str, Any]:
    """An error as OpenAI words it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


def declined(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Respond:
    """Nothing is generated: a status and a JSON body, or a text."""
    told = Response(status, body.encode() if isinstance(body, str) else orjson.dumps(body), {**JSON, **(headers or {})})
    return lambda exchange: told


def filtered_prompt(name: str, respond: Respond) -> Event:
    """What a filter of the provider does with every request of a few prompts."""
    return Event(name, respond, share=0.02, times=None, ends="filtered")


def page(status: int, title: str) -> Respond:
    """The HTML page of a gateway in front of the model server."""
    body = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><center><h1>{title}</h1></center></body>\r\n</html>"
    return lambda exchange: Response(status, body.encode(), _HTML)


def error_in_200(error: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Respond:
    """An error under a status of success."""
    return declined(200, error, headers)


def broken_off(finish: str, **more: Any) -> Respond:
    """Half of the text, with a finish reason that says so."""
    return lambda exchange: exchange.reply(exchange.completion(finish, content=exchange.beginning) | more)


def broken_off_uncounted(finish: str, **more: Any) -> Respond:
    """The same without usage."""

    def respond(exchange: Exchange) -> Response:
        response = exchange.completion(finish, content=exchange.beginning) | more
        response.pop("usage", None)
        return exchange.reply(response)

    return respond


def without_text(finish: str | None, refusal: str | None = None, beside: Mapping[str, Any] | None = None) -> Respond:
    """Counts and a finish reason, and an empty content; `beside` goes into the response."""

    def respond(exchange: Exchange) -> Response:
        response = exchange.completion()
        response["choices"][0]["finish_reason"] = finish
        response["choices"][0]["message"] = {"role": "assistant", "content": "", "refusal": refusal}
        return exchange.reply(response | dict(beside or {}))

    return respond


def all_thought(exchange: Exchange) -> Response:
    """The limit on tokens is used up by the thought."""
    return exchange.reply(exchange.completion("length", content=""))


def unmetered(exchange: Exchange) -> Response:
    """A reply that leaves out what it took."""
    response = exchange.completion()
    response["usage"] = None
    return exchange.reply(response)


def finished_with(finish: str) -> Respond:
    """A whole reply with another finish reason."""
    return lambda exchange: exchange.reply(exchange.completion(finish))


def two_choices(exchange: Exchange) -> Response:
    """The choice with index 1 comes first, and says something else."""
    response, other = exchange.completion(), exchange.completion(content="Final answer: A.")
    response["choices"] = [other["choices"][0] | {"index": 1}, *response["choices"]]
    return exchange.reply(response)


def as_bytes(change: Callable[[bytes], bytes], *, status: int = 200) -> Respond:
    """A whole reply whose bytes are not those of plain JSON."""
    return lambda exchange: exchange.reply(status=status, body=change(exchange.reply().body))


def with_a_nan(body: bytes) -> bytes:
    """A number that JSON does not have."""
    return b'{"score":NaN,' + body.removeprefix(b"{")


def with_half_a_character(body: bytes) -> bytes:
    """A text, not the answer's, that is cut in the middle of a character, and a lone half of a surrogate pair."""
    return b'{"note":"caf\xc3","mark":"\\ud83d",' + body.removeprefix(b"{")


def with_a_mark(body: bytes) -> bytes:
    """A byte order mark before the body."""
    return b"\xef\xbb\xbf" + body


def after_blank_lines(body: bytes) -> bytes:
    """The lines that keep a connection open while the request waits, before the reply."""
    return b"\n" * 40 + body


def after_comments(body: bytes) -> bytes:
    """Comments of a stream before a reply that is none."""
    return b": PROCESSING\n\n" * 3 + body


def server_sent_events(exchange: Exchange) -> Response:
    """The reply as a stream that nobody asked for."""
    whole = exchange.completion()
    usage, choice = whole.pop("usage", None), whole["choices"][0]
    said = dict(choice["message"])
    content = said.pop("content") or ""
    pieces = [content[i : i + _CHUNK_CHARACTERS] for i in range(0, len(content), _CHUNK_CHARACTERS)]
    chunks = [_chunk(whole, said, None), *(_chunk(whole, {"content": piece}, None) for piece in pieces)]
    chunks.append(_chunk(whole, {}, choice["finish_reason"]))
    if usage:
        chunks.append(whole | {"object": "chat.completion.chunk", "choices": [], "usage": usage})
    lines = [b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks]
    body = b": keep-alive\n\n" + b"".join(lines) + b"data: [DONE]\n\n"
    headers = {"Content-Type": "text/event-stream"}
    return Response(200, body, headers, is_generated=True, is_counted=bool(usage))


def _chunk(whole: Mapping[str, Any], delta: Mapping[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {**whole, "object": "chat.completion.chunk", "choices": [choice]}


def error_event(error: Mapping[str, Any]) -> Respond:
    """A stream that nobody asked for, of an error alone."""
    body = b"data: " + orjson.dumps(error) + b"\n\ndata: [DONE]\n\n"
    return lambda exchange: Response(200, body, {"Content-Type": "text/event-stream"})


def half_a_body(exchange: Exchange) -> Response:
    """The connection ends in the middle of the reply."""
    return exchange.reply(ending="half", is_counted=False)


def reset(exchange: Exchange) -> Response:
    """The connection ends without a response."""
    return exchange.reply(ending="reset", is_counted=False)


TRUNCATED = Event("cut at the limit", broken_off("length"), ends="truncated")
"""What every endpoint may do."""
