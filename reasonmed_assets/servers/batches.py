"""Files and batches of the simulated endpoint (OpenAI's Batch API): a batch has ended when it is first polled."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

_LISTED = 100
_LARGEST_FILE_BYTES = 256 * 1024 * 1024

Reply = Callable[[bytes], tuple[int, dict[str, Any]]]


@dataclass(frozen=True)
class _Batch:
    batch_id: str
    input_file_id: str
    endpoint: str
    metadata: dict[str, str]
    created_at: int

    def shown(self, status: str) -> dict[str, Any]:
        return {
            "id": self.batch_id,
            "object": "batch",
            "endpoint": self.endpoint,
            "completion_window": "24h",
            "input_file_id": self.input_file_id,
            "output_file_id": f"{self.batch_id}-output" if status == "completed" else None,
            "status": status,
            "created_at": self.created_at,
            "completed_at": int(time.time()) if status == "completed" else None,
            "metadata": self.metadata,
        }


class Batches:
    """What `/v1/files` and `/v1/batches` hold, in memory.

    Args:
        reply: status and response for the body of a chat completion.
    """

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, _Batch] = {}

    async def handle(self, request: web.BaseRequest) -> dict[str, Any] | bytes | None:
        """The response to a request, None where there is nothing at its address."""
        match [request.method, *request.path.strip("/").split("/")[1:]]:
            case ["POST", "files"]:
                return await self._upload(request)
            case ["GET", "files", file_id, "content"] if file_id.removesuffix("-output") in self._batches:
                return self._output(file_id.removesuffix("-output"))
            case ["POST", "batches"]:
                return self._create(orjson.loads(await request.read()))
            case ["GET", "batches"]:
                data = [batch.shown("completed") for batch in reversed(self._batches.values())][:_LISTED]
                return {"object": "list", "data": data, "has_more": False}
            case ["GET", "batches", batch_id] if batch_id in self._batches:
                return self._batches[batch_id].shown("completed")
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
        return batch.shown("validating")

    def _output(self, batch_id: str) -> bytes:
        lines = self._files[self._batches[batch_id].input_file_id].splitlines()
        return b"".join(orjson.dumps(self._done(orjson.loads(line))) + b"\n" for line in lines if line.strip())

    def _done(self, line: dict[str, Any]) -> dict[str, Any]:
        status, body = self._reply(orjson.dumps(line["body"]))
        response = {"status_code": status, "request_id": line["custom_id"], "body": body}
        return {"id": line["custom_id"], "custom_id": line["custom_id"], "response": response, "error": None}
