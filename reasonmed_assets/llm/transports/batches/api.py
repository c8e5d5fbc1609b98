"""The requests of OpenAI's Batch API, and what their responses say, read as providers really write them."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx2
import openai
import orjson

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.outcomes import (
    EndpointError,
    EngineError,
    detail_of,
)
from reasonmed_assets.llm.refusals import Cause, refusal_of
from reasonmed_assets.llm.replies.documents import documents
from reasonmed_assets.llm.transports.batches.client import FAILURES, BatchClient
from reasonmed_assets.llm.transports.connection import Connection
from reasonmed_assets.vocabulary import Outcome

PATH: Literal["/v1/chat/completions"] = "/v1/chat/completions"
"""Where a line's request goes, as the lines and the batch say it."""

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
UNDER_WAY = frozenset(
    {"validating", "in_progress", "finalizing", "cancelling", "queued", "pending", "created", "running", "processing"}
)
_SYNONYMS = {"canceled": "cancelled", "canceling": "cancelling", "success": "completed", "succeeded": "completed"}

_METADATA = "reasonmed_batch"
_LISTED = 100
_QUOTED_ERRORS = 5
_SHOWN_CHARACTERS = 200
_SECONDS_BELOW = 1e11
"""A larger number of seconds is beyond the year 5000: it counts milliseconds."""
_LARGEST_COUNT = 2**53
_GZIP = b"\x1f\x8b"


class UnansweredError(Exception):
    """The provider did not answer, or failed: whether it carried out the request is unknown."""

    def __init__(self, outcome: Outcome, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.status = status


class GoneError(EndpointError):
    """The provider knows no such batch, file or address."""


@dataclass(frozen=True, slots=True)
class RemoteBatch:
    """A batch as its provider describes it: 0 or None is what it leaves out, or says in no readable way.

    Attributes:
        remote_id: the provider's id.
        status: in lower case; one of `ENDED`, `UNDER_WAY`, or a word that nobody here knows.
        file_ids: of the file with replies and of the one with errors, as far as there are any.
        n_requests, n_completed, n_failed: its requests: all, those with a reply, those with an error.
        created_at, ended_at: when.
        errors: what is wrong with the batch as a whole: code, and the message with its line.
    """

    remote_id: str
    status: str
    file_ids: tuple[str, ...]
    n_requests: int
    n_completed: int
    n_failed: int
    created_at: datetime | None
    ended_at: datetime | None
    errors: tuple[tuple[str, str], ...]

    @property
    def problems(self) -> str:
        """The errors in words."""
        return "; ".join(f"{code}{message}" for code, message in self.errors[:_QUOTED_ERRORS])


class BatchApi:
    """Files and batches of one provider. Every request raises `UnansweredError` where there is no answer to it,
    `UnauthorisedError` where the key is not accepted, `GoneError` and `EndpointError` where asking again is useless.

    Args, Raises: see `Connection`.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        self._name = name
        self._provider = provider
        self._connection = Connection(name, provider, base_url)
        self.base_url = self._connection.base_url
        self._client = BatchClient(self._connection, provider.timeout_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def upload(self, name: str, lines: bytes) -> str:
        """Send the input file of a batch; returns its id. Costs nothing and may be repeated."""
        file = (f"{name}.jsonl", lines, "application/jsonl")
        return self._id_of(await self._asked(self._client.files.with_raw_response.create(file=file, purpose="batch")))

    async def create(self, file_id: str, batch_id: str) -> RemoteBatch:
        """Submit a batch, which is to be paid for; `batch_id` goes with it as metadata."""
        request = self._client.batches.with_raw_response.create(
            input_file_id=file_id, endpoint=PATH, completion_window="24h", metadata={_METADATA: batch_id}
        )
        return self._batch(await self._asked(request))

    async def retrieve(self, remote_id: str) -> RemoteBatch:
        """A batch as it is now."""
        return self._batch(await self._asked(self._client.batches.with_raw_response.retrieve(remote_id)))

    async def find(self, batch_id: str, file_id: str | None) -> RemoteBatch | None:
        """The batch that was submitted with this metadata or input file; None when the provider lists none."""
        after, seen = "", set[str]()
        while True:
            request = self._client.batches.with_raw_response.list(limit=_LISTED, after=after or openai.omit)
            page = await self._asked(request)
            listed = [one for one in page.get("data") or () if isinstance(one, dict)]
            for one in listed:
                metadata = one.get("metadata")
                is_named = isinstance(metadata, dict) and metadata.get(_METADATA) == batch_id
                if is_named or (file_id is not None and one.get("input_file_id") == file_id):
                    return self._batch(one)
            after = str(listed[-1].get("id") or "") if listed else ""
            if not page.get("has_more") or not after or after in seen:
                return None
            seen.add(after)

    async def lines(self, file_id: str) -> AsyncIterator[bytes]:
        """The lines of a file, by line feeds alone: JSON may hold what else counts as the end of a line."""
        try:
            async with self._client.files.with_streaming_response.content(file_id) as response:
                rest, unzip = b"", None
                async for chunk in response.iter_bytes():
                    if unzip is None and not rest and chunk.startswith(_GZIP):
                        unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
                    *lines, rest = (rest + (unzip.decompress(chunk) if unzip else chunk)).split(b"\n")
                    for line in lines:
                        yield self._connection.cleaned(line)
                if rest.strip():
                    yield self._connection.cleaned(rest)
        except zlib.error as error:
            raise UnansweredError(Outcome.TRANSPORT_ERROR, f"file {file_id} cannot be unpacked: {error}") from None
        except FAILURES as error:
            raise self._failure(error) from error

    async def _asked(self, request: Awaitable[Any]) -> dict[str, Any]:
        """The JSON object that answers a request."""
        try:
            response: httpx2.Response = (await request).http_response
        except FAILURES as error:
            raise self._failure(error) from error
        raw = self._connection.cleaned(response.content)
        answer = read_object(raw)
        if answer is None:
            shown = raw[:_SHOWN_CHARACTERS].decode(errors="replace")
            raise UnansweredError(
                Outcome.TRANSPORT_ERROR, f"the answer is no JSON object: {shown!r}", response.status_code
            )
        return answer

    def _failure(self, error: Exception) -> UnansweredError | EngineError:
        """What it means that a request raised one of `FAILURES`."""
        if isinstance(error, openai.APIStatusError):
            return self._refused(error.response)
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return UnansweredError(Outcome.TIMED_OUT, f"no answer within {self._provider.timeout_s:g} s")
        cause = error.__cause__ or error
        said = self._connection.redacted(f"{type(cause).__name__}: {cause}")
        return UnansweredError(Outcome.TRANSPORT_ERROR, said)

    def _refused(self, response: httpx2.Response) -> UnansweredError | EngineError:
        status, raw = response.status_code, self._connection.cleaned(response.content)
        refusal = refusal_of(status, raw)
        cause, detail = refusal.cause, detail_of(status, refusal, raw.decode(errors="replace"))
        if cause == Cause.DECLINED or cause.is_of_one_prompt:
            return EndpointError(f"provider {self._name}: {self.base_url} does not take a batch: {detail}")
        fatal = self.fatal(cause, detail, response.headers.get("Location"))
        return fatal or UnansweredError(cause.outcome, detail, status)

    def fatal(self, cause: Cause, detail: str, new_address: str | None = None) -> EngineError | None:
        """A failure that further requests cannot cure, whether it answers a request or is in a line of a batch."""
        if cause == Cause.NOT_FOUND:
            return GoneError(
                f"provider {self._name}: {self.base_url} answers {detail}; check the provider's base_url, that it "
                "has a Batch API, and the model's name in the profile"
            )
        return self._connection.fatal(self.base_url, cause, detail, new_address)

    def _id_of(self, answer: dict[str, Any]) -> str:
        found = answer.get("id")
        if not isinstance(found, str) or not found:
            raise UnansweredError(Outcome.TRANSPORT_ERROR, f"the answer has no id: {str(answer)[:_SHOWN_CHARACTERS]}")
        return found

    def _batch(self, answer: dict[str, Any]) -> RemoteBatch:
        status = str(answer.get("status")).strip().lower()
        counts = answer.get("request_counts")
        counts = counts if isinstance(counts, dict) else {}
        ended = (_time(answer.get(f"{how}_at")) for how in ("completed", "expired", "cancelled", "failed"))
        files = (answer.get("output_file_id"), answer.get("error_file_id"))
        return RemoteBatch(
            self._id_of(answer),
            _SYNONYMS.get(status, status),
            tuple(dict.fromkeys(file for file in files if isinstance(file, str) and file)),
            count_in(counts, "total") or 0,
            count_in(counts, "completed") or 0,
            count_in(counts, "failed") or 0,
            _time(answer.get("created_at")),
            next((at for at in ended if at is not None), None),
            tuple(_errors(answer.get("errors"))),
        )


def _errors(said: Any) -> list[tuple[str, str]]:
    listed = said.get("data") if isinstance(said, dict) and "data" in said else said
    found = []
    for error in listed if isinstance(listed, list) else [listed] if listed else []:
        about = error if isinstance(error, dict) else {"message": error}
        line = "" if about.get("line") is None else f" in line {about['line']}"
        found.append((str(about.get("code") or "error"), f"{line}: {about.get('message') or 'no reason is given'}"))
    return found


def _time(value: Any) -> datetime | None:
    """A time in seconds or milliseconds since 1970, as a number or a text, or in ISO 8601."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        return at.replace(tzinfo=at.tzinfo or UTC)
    except OverflowError:
        return None
    try:
        at = datetime.fromtimestamp(seconds if seconds < _SECONDS_BELOW else seconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if seconds > 0 else None


def read_object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object that a text holds, NaN and halves of characters included; None where there is none."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            value = next(iter(documents(raw).objects), None)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def count_in(values: dict[str, Any], name: str) -> int | None:
    """A count, as a number or a text; None where there is no plausible one."""
    value = values.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    return value if type(value) is int and 0 <= value < _LARGEST_COUNT else None
