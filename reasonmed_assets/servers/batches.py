"""Files and batches of the simulated endpoint (OpenAI's Batch API): a batch has ended when it is first polled."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from reasonmed_assets.servers.personas import BatchHabits, Response

_LISTED = 100
_KINDS = ("output", "error")
_LARGEST_FILE_BYTES = 256 * 1024 * 1024

Reply = Callable[[bytes], Response]


@dataclass
class _Batch:
    batch_id: str
    input_file_id: str
    endpoint: str
    metadata: dict[str, str]
    created_at: int
    files: dict[str, list[bytes]] | None = None
    n_failed: int = 0
    is_read: bool = False

    def shown(self, habits: BatchHabits | None = None) -> dict[str, Any]:
        """As a response; with `habits` once it has ended."""
        files = self.files or {}
        total = sum(len(lines) for lines in files.values())
        ids = {kind: f"{self.batch_id}-{kind}" if files.get(kind) else habits and habits.no_file_id for kind in _KINDS}
        return {
            "id": self.batch_id,
            "object": "batch",
            "endpoint": self.endpoint,
            "completion_window": "24h",
            "input_file_id": self.input_file_id,
            "output_file_id": ids["output"],
            "error_file_id": ids["error"],
            "status": habits.status if habits else "validating",
            "created_at": self.created_at,
            "completed_at": int(time.time()) if habits else None,
            "request_counts": {"total": total, "completed": total - self.n_failed, "failed": self.n_failed},
            "metadata": self.metadata,
        }


class Batches:
    """What `/v1/files` and `/v1/batches` hold, in memory.

    Args:
        reply: the response to the body of a chat completion.
        habits: how it differs from the plain API.
    """

    def __init__(self, reply: Reply, habits: BatchHabits) -> None:
        self._reply = reply
        self._habits = habits
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, _Batch] = {}

    async def handle(self, request: web.BaseRequest) -> dict[str, Any] | Response | None:
        """The response to a request, None where there is nothing at its address."""
        match [request.method, *request.path.strip("/").split("/")[1:]]:
            case ["POST", "files"]:
                return await self._upload(request)
            case ["GET", "files", file_id, "content"] if file_id.rpartition("-")[0] in self._batches:
                batch_id, _, kind = file_id.rpartition("-")
                return self._read(self._batches[batch_id], kind)
            case ["POST", "batches"]:
                return self._create(orjson.loads(await request.read()))
            case ["GET", "batches"]:
                data = [self._ended(batch) for batch in list(reversed(self._batches.values()))[:_LISTED]]
                return {"object": "list", "data": data, "has_more": False}
            case ["GET", "batches", batch_id] if batch_id in self._batches:
                return self._ended(self._batches[batch_id])
        return None

    async def _upload(self, request: web.BaseRequest) -> dict[str, Any]:
        file = (await request.clone(client_max_size=_LARGEST_FILE_BYTES).post())["file"]
        assert isinstance(file, web.FileField)
        file_id = f"file-{len(self._files)}"
        self._files[file_id] = file.file.read()
        about = {"bytes": len(self._files[file_id]), "filename": file.filename, "purpose": "batch"}
        return {"id": file_id, "object": "file", "created_at": int(time.time()), "status": "processed", **about}

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        batch_id = f"batch-{len(self._batches)}"
        metadata = asked.get("metadata") or {}
        batch = _Batch(batch_id, asked["input_file_id"], asked["endpoint"], metadata, int(time.time()))
        self._batches[batch_id] = batch
        return batch.shown()

    def _ended(self, batch: _Batch) -> dict[str, Any]:
        if batch.files is None:
            batch.files = {kind: [] for kind in _KINDS}
            for line in self._files[batch.input_file_id].splitlines():
                if line.strip():
                    self._add(batch, batch.files, orjson.loads(line))
        return batch.shown(self._habits)

    def _add(self, batch: _Batch, files: dict[str, list[bytes]], asked: dict[str, Any]) -> None:
        """Add the line of a call, whose response may be no JSON."""
        response = self._reply(orjson.dumps(asked["body"]))
        has_failed = response.status != 200
        batch.n_failed += has_failed
        kind = "error" if has_failed and self._habits.has_error_file else "output"
        line_id = orjson.dumps(asked["custom_id"])
        said = b'{"status_code":%d,"request_id":%b,"body":%b}' % (response.status, line_id, response.body)
        files[kind].append(b'{"id":%b,"custom_id":%b,"response":%b,"error":null}\n' % (line_id, line_id, said))

    def _read(self, batch: _Batch, kind: str) -> Response:
        if self._habits.first_read is not None and not batch.is_read:
            batch.is_read = True
            return self._habits.first_read
        return Response(200, b"".join((batch.files or {}).get(kind, [])))
