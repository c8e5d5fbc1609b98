"""A server of OpenAI's Batch API (files and batches) that behaves as told, and counts what it is asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from small import Build, profile
from stub import Answer, Request, Stub, echo

from reasonmed_assets.config.profile import Profile

QUICK = {"gather_s": 0.05, "poll_first_s": 0.02, "poll_longest_s": 0.05, "find_s": 0.1}


def batched(batch: dict[str, Any] | None = None, **provider: Any) -> Profile:
    """The small profile with the Batch API as its transport."""
    return profile(transport="batch", batch={**QUICK, **(batch or {})}, **provider)


def attempts(build: Build, results: dict) -> list[dict]:
    """Rows of llm_calls behind some results."""
    build.ledger.flush()
    return build.ledger.attempts_of([key for r in results.values() for key in r.call_keys]).to_dicts()


@dataclass
class Batch:
    """A batch as the server knows it.

    Attributes:
        lines: what was asked for.
        metadata: as sent.
        polls: how often it was polled.
        status: what the next poll says.
        done: lines whose request was made, by custom_id, as an output or error file has them.
        errors: what is wrong with the batch as a whole.
        created_at: in seconds; a minute later it ends.
    """

    lines: list[dict[str, Any]]
    metadata: dict[str, str]
    polls: int = 0
    status: str = "validating"
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    created_at: int = field(default_factory=lambda: int(time.time()) - 60)


Fate = Callable[[Batch], None]


def end(status: str = "completed", share: float = 1.0, code: str | None = None) -> Fate:
    """Ends a batch with a share of its lines; the other ones get the error `code` or no line at all."""

    def fate(batch: Batch) -> None:
        batch.status = status
        for line in batch.lines[round(share * len(batch.lines)) :]:
            del batch.done[line["custom_id"]]
            if code is not None:
                error = {"code": code, "message": "not executed"}
                batch.done[line["custom_id"]] = {"custom_id": line["custom_id"], "response": None, "error": error}

    return fate


def fail(code: str) -> Fate:
    """A batch that the server does not begin with."""

    def fate(batch: Batch) -> None:
        batch.status = "failed"
        batch.done.clear()
        batch.errors = [{"code": code, "message": "no such thing", "line": 1, "param": None}]

    return fate


class BatchStub(Stub):
    """Files and batches. A batch's requests are answered by `answer` and counted as `requests` when it is created.

    Attributes:
        fates: what becomes of each batch, in their order; further ones complete.
        slow_polls: how often a batch is polled before it ends.
        hold_at: phase ("upload", "create", "created", "poll", "read") at which the server stops answering.
        is_held: set when a request has reached that phase.
        refuse: responses by phase, instead of what the server would do.
        show: what the server makes of a batch's description before it gives it.
        write: what it makes of a file's content; gets the file's id, the content, and how often it was read before.
    """

    def __init__(self, answer: Callable[[Request], Answer] = echo) -> None:
        super().__init__(answer)
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self.fates: list[Fate] = []
        self.slow_polls = 1
        self.hold_at: str | None = None
        self.is_held = threading.Event()
        self.refuse: dict[str, Callable[[], web.Response | None]] = {}
        self.show: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.write: Callable[[str, bytes, int], bytes | web.Response] = lambda file_id, content, nth: content
        self.asked: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/files", self._upload)
        router.add_get("/v1/files/{id}/content", self._content)
        router.add_post("/v1/batches", self._create)
        router.add_get("/v1/batches", self._list)
        router.add_get("/v1/batches/{id}", self._retrieve)

    async def _reach(self, phase: str, http: web.Request) -> web.Response | None:
        self.asked[phase] += 1
        self.headers.append(dict(http.headers))
        if self.hold_at == phase:
            self.is_held.set()
            while self.hold_at == phase:
                await asyncio.sleep(0.01)
        return self.refuse.get(phase, lambda: None)()

    async def _upload(self, http: web.Request) -> web.Response:
        form = await http.post()
        if (refusal := await self._reach("upload", http)) is not None:
            return refusal
        assert form["purpose"] == "batch"
        content = form["file"].file.read()
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = content
        file = {"id": file_id, "object": "file", "bytes": len(content), "created_at": 1, "filename": "x.jsonl"}
        return web.json_response({**file, "purpose": "batch", "status": "processed"})

    async def _create(self, http: web.Request) -> web.Response:
        asked = await http.json()
        if (refusal := await self._reach("create", http)) is not None:
            return refusal
        lines = [orjson.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert (asked["endpoint"], asked["completion_window"]) == ("/v1/chat/completions", "24h")
        batch = Batch(lines, asked["metadata"])
        for line in lines:
            assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
            batch.done[line["custom_id"]] = self._done(line, http)
        (self.fates.pop(0) if self.fates else end())(batch)
        batch_id = f"batch-{len(self.batches)}"
        self.batches[batch_id] = batch
        if (refusal := await self._reach("created", http)) is not None:
            return refusal
        return web.json_response(self._shown(batch_id))

    def _done(self, line: dict[str, Any], http: web.Request) -> dict[str, Any]:
        raw = orjson.dumps(line["body"])
        self.seen[raw] += 1
        request = Request(line["body"], self.seen[raw], dict(http.headers), http.path_qs)
        self.requests.append(request)
        answer = self.answer(request)
        response = {"status_code": answer.status, "request_id": "r", "body": orjson.loads(answer.body or b"null")}
        return {"id": "line", "custom_id": line["custom_id"], "response": response, "error": None}

    async def _list(self, http: web.Request) -> web.Response:
        if (refusal := await self._reach("list", http)) is not None:
            return refusal
        ids = list(reversed(self.batches))
        after = http.query.get("after")
        rest = ids[ids.index(after) + 1 :] if after else ids
        page = rest[:2]
        body = {"object": "list", "data": [self._shown(batch_id) for batch_id in page], "has_more": len(rest) > 2}
        return web.json_response({**body, "first_id": page[0] if page else None, "last_id": page[-1] if page else None})

    async def _retrieve(self, http: web.Request) -> web.Response:
        if (refusal := await self._reach("poll", http)) is not None:
            return refusal
        batch_id = http.match_info["id"]
        if batch_id not in self.batches:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        self.batches[batch_id].polls += 1
        return web.json_response(self._shown(batch_id))

    async def _content(self, http: web.Request) -> web.StreamResponse:
        if (refusal := await self._reach("read", http)) is not None:
            return refusal
        batch_id, _, kind = http.match_info["id"].rpartition("-")
        lines = [line for line in self.batches[batch_id].done.values() if _is_error(line) == (kind == "error")]
        content = b"".join(orjson.dumps(line) + b"\n" for line in reversed(lines))
        if self.asked["read"] == 1 and "cut" in self.refuse:
            return await self._respond(http, Answer(body=content, how="half"))
        file_id = http.match_info["id"]
        self.read[file_id] += 1
        written = self.write(file_id, content, self.read[file_id] - 1)
        return written if isinstance(written, web.Response) else web.Response(body=written)

    def _shown(self, batch_id: str) -> dict[str, Any]:
        batch = self.batches[batch_id]
        has_ended = batch.polls >= self.slow_polls
        kinds = [_is_error(line) for line in batch.done.values()] if has_ended else []
        shown = {
            "id": batch_id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "input_file_id": "file-0",
            "created_at": batch.created_at,
            "completed_at": batch.created_at + 60 if has_ended else None,
            "status": batch.status if has_ended else "in_progress",
            "output_file_id": f"{batch_id}-output" if False in kinds else None,
            "error_file_id": f"{batch_id}-error" if True in kinds else None,
            "errors": {"object": "list", "data": batch.errors} if has_ended and batch.errors else None,
            "request_counts": {"total": len(batch.lines), "completed": kinds.count(False), "failed": kinds.count(True)},
            "metadata": batch.metadata,
        }
        return self.show(shown)


def _is_error(line: dict[str, Any]) -> bool:
    return line["response"] is None or line["response"]["status_code"] != 200
