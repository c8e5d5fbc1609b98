"""A chat-completions server that behaves as a test tells it to, and counts what reaches it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web


@dataclass(frozen=True)
class Request:
    """A request as the stub received it: `nth` counts requests with the same body, from 1."""

    body: dict[str, Any]
    nth: int
    headers: Mapping[str, str]
    path: str

    @property
    def question(self) -> str:
        """The last message."""
        return self.body["messages"][-1]["content"]


@dataclass(frozen=True)
class Answer:
    """What the stub does: a response after a delay, or `reset` (connection closed) or `half` (body cut off)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    how: str = "respond"


def reply(content: str | None, finish_reason: str = "stop", delay_s: float = 0.0, **more: Any) -> Answer:
    """A chat completion; `more` goes into the response."""
    response = {
        "id": "stub",
        "object": "chat.completion",
        "model": "served-model",
        "system_fingerprint": "fp",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
        **more,
    }
    return Answer(body=orjson.dumps(response), headers={"Content-Type": "application/json"}, delay_s=delay_s)


def echo(request: Request) -> Answer:
    """Repeats the last message and the seed."""
    return reply(f"{request.question} / {request.body.get('seed')}")


class Stub:
    """The server, in a thread of this process, on 127.0.0.1."""

    def __init__(self, answer: Callable[[Request], Answer] = echo) -> None:
        self.answer = answer
        self.seen: Counter[bytes] = Counter()
        self.requests: list[Request] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.base_url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Stub:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join(10)

    @property
    def n(self) -> int:
        """Requests received."""
        return len(self.requests)

    def forget(self) -> None:
        """Count from zero again."""
        self.seen.clear()
        self.requests.clear()
        self.most_in_flight = 0

    async def _serve(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self._add_routes(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self._loop, self._left = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._left.wait()
        await runner.cleanup()

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/chat/completions", self._handle)
        router.add_get("/v1/models", self._models)
        router.add_post("/openai/deployments/{deployment}/chat/completions", self._handle)

    async def _models(self, http: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": []})

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        raw = await http.read()
        self.seen[raw] += 1
        request = Request(orjson.loads(raw), self.seen[raw], http.headers.copy(), http.path_qs)
        self.requests.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._respond(http, self.answer(request))
        finally:
            self.in_flight -= 1

    async def _respond(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.how == "respond":
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        if answer.how == "half":
            response = web.StreamResponse(headers={"Content-Length": str(len(answer.body))})
            await response.prepare(http)
            await response.write(answer.body[: len(answer.body) // 2])
        assert http.transport is not None
        http.transport.close()
        return web.Response()
