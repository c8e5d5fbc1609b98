"""The simulated endpoint: an OpenAI-compatible HTTP server without a model, for rehearsing a build.

Its replies have the shapes, mistakes and delays of real ones (`behaviour.py`), are a pure function of the request body,
the source files and the seed, and are marked (`"simulated": true`, header `X-Simulated`), so that no build can take
them for a real model's. Faults of the transport can be switched on; they go by the number of the request, not by its
content, as faults of a network do.

    python -m reasonmed_assets.servers.simulated --port 8000 --data-dir DIR

With `--persona NAME` it ends, refuses, limits, counts, thinks and fails as that program or provider does (`personas/`).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.machine import HOST
from reasonmed_assets.servers import child
from reasonmed_assets.servers.batches import Batches
from reasonmed_assets.servers.child import add_server_options, notify
from reasonmed_assets.servers.personas import PERSONAS, Acting, BatchHabits, Persona, Response
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys, read_answer_keys
from reasonmed_assets.servers.rehearsal.behaviour import digest, share_of
from reasonmed_assets.servers.rehearsal.replies import Message, Rehearsal
from reasonmed_assets.sources import SAMPLE_DIR, SourceError

CONTEXT_TOKENS = 131_072
DEFAULT_SEED = 20260101
DEFAULT_DELAY_MS = 20.0
_MODELS = ("qwen2.5-72b-instruct", "deepseek-r1-distill-llama-70b", "huatuogpt-o1-70b", "gpt-4o-mini", "o1-mini")
_HEADERS = {"X-Simulated": "true"}


class BadRequestError(ValueError):
    """A request that an OpenAI-compatible endpoint answers with status 400."""


@dataclass(frozen=True)
class NetworkConditions:
    """How the endpoint treats requests before it answers them.

    Attributes:
        delay_ms: mean delay of a reply in milliseconds; single delays are spread like those of a busy server.
        fault_rate: share of requests that get a 429, a 500 or a cut connection.
        seed: of the draws.
    """

    delay_ms: float = DEFAULT_DELAY_MS
    fault_rate: float = 0.0
    seed: int = DEFAULT_SEED


class Endpoint:
    """Handles HTTP requests: `/v1/chat/completions`, files and batches of them, `/v1/models`, and `/health` with the
    number of replies so far."""

    def __init__(self, rehearsal: Rehearsal, conditions: NetworkConditions, acting: Acting | None = None) -> None:
        self._rehearsal = rehearsal
        self._conditions = conditions
        self._acting = acting
        self._delays = random.Random(conditions.seed)  # noqa: S311 (the draws are no secret)
        self._n_requests = 0
        self._n_replies = 0
        self._batches = Batches(self._answer, acting.persona.batch if acting else BatchHabits())

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Route a request."""
        if request.path.endswith("/chat/completions") and request.method == "POST":
            return await self._complete(request)
        if request.path == "/v1/models" and request.method == "GET":
            models = [{"id": f"simulated/{name}", "object": "model", "owned_by": "rehearsal"} for name in _MODELS]
            return _json({"object": "list", "data": models})
        if request.path == "/health" and request.method == "GET":
            return _json({"status": "ok", "replies": self._n_replies})
        batched = await self._batches.handle(request)
        if isinstance(batched, Response):
            return _http(batched)
        if batched is not None:
            return _json(batched)
        return _error(404, f"there is no {request.method} {request.path} here", "not_found")

    async def _complete(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = await request.read()
        self._n_requests += 1
        if self._conditions.delay_ms:
            await asyncio.sleep(self._delays.gammavariate(2, self._conditions.delay_ms / 2000))
        if fault := self._fault(self._n_requests):
            return self._fail(request, fault)
        response = self._answer(raw)
        if response.ending == "whole":
            return _http(response)
        return await _cut(request, response)

    def _answer(self, raw: bytes) -> Response:
        try:
            body = read_body(raw)
            if self._acting is not None:
                response = self._acting.respond(body, time.monotonic())
                self._n_replies += response.is_generated
                return response
            message = self._rehearsal.reply(body)
            if message.prompt_tokens > CONTEXT_TOKENS:
                raise BadRequestError(f"the prompt has {message.prompt_tokens} tokens, more than {CONTEXT_TOKENS}")
        except BadRequestError as error:
            return Response(400, orjson.dumps(_error_body(str(error), "invalid_request_error")))
        self._n_replies += 1
        return Response(200, orjson.dumps(envelope(body, message)))

    def _fault(self, number: int) -> str | None:
        if not self._conditions.fault_rate:
            return None
        draw = digest(str(self._conditions.seed), "fault", str(number))
        return ("429", "500", "reset")[draw % 3] if share_of(draw) < self._conditions.fault_rate else None

    @staticmethod
    def _fail(request: web.BaseRequest, fault: str) -> web.StreamResponse:
        if fault == "reset" and request.transport is not None:
            request.transport.abort()
        if fault == "429":
            return _error(429, "too many requests", "rate_limit_exceeded", {"Retry-After": "0"})
        return _error(500, "the model failed", "server_error")


def read_body(raw: bytes) -> dict[str, Any]:
    """Read a chat-completion body.

    Raises:
        BadRequestError: it is no JSON object, or has no list of messages with a role each.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"the body is no JSON: {error}") from error
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages: must be a list of at least one message")
    if not all(isinstance(message, dict) and isinstance(message.get("role"), str) for message in messages):
        raise BadRequestError("messages: each one must be an object with a role")
    limits = [body.get(name) for name in ("max_tokens", "max_completion_tokens")]
    if any(limit is not None and (not isinstance(limit, int) or limit < 1) for limit in limits):
        raise BadRequestError("max_tokens: must be a positive integer")
    return body


def envelope(body: Mapping[str, Any], message: Message) -> dict[str, Any]:
    """A reply as an OpenAI-compatible chat completion; it holds no time, so that equal requests get equal bytes."""
    said: dict[str, Any] = {"role": "assistant", "content": message.content}
    if message.reasoning is not None:
        said["reasoning_content"] = message.reasoning
    if message.refusal is not None:
        said["refusal"] = message.refusal
    usage: dict[str, Any] = {
        "prompt_tokens": message.prompt_tokens,
        "completion_tokens": message.completion_tokens,
        "total_tokens": message.prompt_tokens + message.completion_tokens,
    }
    return {
        "id": f"chatcmpl-{digest(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)):032x}",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", ""),
        "system_fingerprint": "rehearsal-1",
        "simulated": True,
        "choices": [{"index": 0, "message": said, "finish_reason": message.finish_reason}],
        "usage": usage,
    }


def serve(
    keys: AnswerKeys,
    conditions: NetworkConditions,
    persona: Persona | None = None,
    *,
    port: int = 0,
    exit_with_parent: bool = False,
) -> None:
    """Serve on 127.0.0.1 until the process is told to end (`child.serve`).

    Raises:
        OSError: the port is taken.
    """
    rehearsal = Rehearsal(keys, conditions.seed)
    acting = Acting(persona, rehearsal, conditions.seed) if persona else None
    endpoint = Endpoint(rehearsal, conditions, acting)
    asyncio.run(child.serve(endpoint.handle, port=port, exit_with_parent=exit_with_parent))


def _http(response: Response) -> web.Response:
    return web.Response(status=response.status, body=response.body, headers={**response.headers, **_HEADERS})


async def _cut(request: web.BaseRequest, response: Response) -> web.StreamResponse:
    """End the connection before the response, or in the middle of its body."""
    sent = web.StreamResponse(headers={**response.headers, **_HEADERS, "Content-Length": str(len(response.body))})
    if response.ending == "half":
        await sent.prepare(request)
        await sent.write(response.body[: len(response.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return sent


def _json(value: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json", headers=_HEADERS)


def _error_body(message: str, kind: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": kind}}


def _error(status: int, message: str, kind: str, headers: Mapping[str, str] | None = None) -> web.Response:
    body = orjson.dumps(_error_body(message, kind))
    return web.Response(
        status=status, body=body, content_type="application/json", headers={**_HEADERS, **(headers or {})}
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="reasonmed simulate", description="A rehearsal endpoint without a model.")
    add_server_options(parser)
    parser.add_argument("--data-dir", type=Path, default=SAMPLE_DIR, help="folder of the source files")
    parser.add_argument("--source", action="append", help="a source whose answer keys are read (again for more)")
    parser.add_argument("--split-role", action="append", default=[], metavar="SOURCE.SPLIT=ROLE")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed makes other replies")
    parser.add_argument("--delay-ms", type=float, default=DEFAULT_DELAY_MS, help="mean delay of a reply")
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of 429s, 500s and cut connections")
    parser.add_argument(
        "--persona", metavar="NAME", help="a program or provider to behave as; `list` shows their names"
    )
    options = parser.parse_args(argv)
    if options.persona not in (None, "list", *PERSONAS):
        parser.error(f"--persona {options.persona}: there are {', '.join(PERSONAS)}")
    if not 0 <= options.fault_rate < 1:
        parser.error("--fault-rate must be at least 0 and below 1")
    if options.delay_ms < 0:
        parser.error("--delay-ms must not be negative")
    if wrong := [role for role in options.split_role if not role.partition("=")[2]]:
        parser.error(f"--split-role {wrong[0]}: write it as source.split=role")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the endpoint from the command line; returns the exit status."""
    options = _options(argv)
    if options.persona == "list":
        for persona in PERSONAS.values():
            print(f"{persona.name:<18}{persona.imitates}: {persona.habits}")
        return 0
    roles = dict(role.rsplit("=", 1) for role in options.split_role)
    try:
        keys = read_answer_keys(options.data_dir, options.source or Sources().declared, roles)
    except SourceError as error:
        notify(str(error))
        return 1
    conditions = NetworkConditions(delay_ms=options.delay_ms, fault_rate=options.fault_rate, seed=options.seed)
    try:
        serve(
            keys,
            conditions,
            PERSONAS.get(options.persona),
            port=options.port,
            exit_with_parent=options.exit_with_parent,
        )
    except OSError as error:
        notify(f"cannot listen on {HOST}:{options.port}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
