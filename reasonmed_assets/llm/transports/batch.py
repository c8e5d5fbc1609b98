"""Sends claimed calls as batches (OpenAI's Batch API): a file of calls goes up, their replies come back within a day.

A batch outlives the build that submits it. So the ledger notes the batch before any of it is sent, and the provider's
id for it as soon as that is known; whoever wants one of its calls later polls the batch instead of paying again.
Where the id was not noted, the batch is found by its metadata. Its input file needs no care: such files expire.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, TypeVar

import openai
import orjson
from openai.types import Batch as RemoteBatch

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import (
    NOT_THERE_STATUSES,
    UNAUTHORISED_STATUSES,
    EndpointError,
    EngineError,
    Received,
    UnauthorisedError,
    detail_of_status,
    outcome_of_status,
)
from reasonmed_assets.llm.replies.wire import NotAReplyError, read_reply
from reasonmed_assets.llm.transports.dispatch import Job
from reasonmed_assets.llm.transports.http import key_of
from reasonmed_assets.llm.transports.limits import backoff_s
from reasonmed_assets.llm.transports.loop import LoopSender
from reasonmed_assets.llm.transports.redaction import without_secret
from reasonmed_assets.vocabulary import Outcome

_PATH: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_TOO_MANY = 429
_METADATA = "reasonmed_batch"
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_QUEUE_IS_FULL = "token_limit_exceeded"
_LISTED = 100
_PAUSE_GROWTH = 1.5
_QUOTED_ERRORS = 5

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class _UnansweredError(Exception):
    """The provider did not answer, or failed: whether it carried out the request is unknown."""

    def __init__(self, outcome: Outcome, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.status = status


class _GoneError(EndpointError):
    """The provider knows no such batch, file or address."""


class _StoppedError(Exception):
    """The run ends; a batch in progress is left to the next one."""


@dataclass(eq=False, slots=True)
class _Batch:
    """A batch on its way, with its calls that this run wants and that have not ended.

    Attributes:
        batch_id: by which the ledger knows it, and the provider as metadata.
        remote_id: the provider's id.
        is_adopted: an earlier run submitted it.
        jobs: by ledger key, which is the `custom_id` of their lines.
        again: calls that came back without a reply and are tried again.
        fatal: a failure that further calls cannot cure, found in a line.
    """

    batch_id: str
    remote_id: str | None
    is_adopted: bool
    jobs: dict[str, Job]
    again: list[Job] = field(default_factory=list)
    fatal: EngineError | None = None
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class _Gathering:
    """The calls of one model that wait for a batch: a file holds one model only."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._n_bytes = 0

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        """The call waits."""
        self._jobs.append(job)
        self._n_bytes += len(_line(job))

    def fills(self, max_requests: int, max_bytes: int) -> bool:
        """Whether no further call would fit into the same file."""
        return len(self._jobs) >= max_requests or self._n_bytes >= max_bytes

    def take(self, max_requests: int, max_bytes: int) -> list[Job]:
        """The calls of the next file, at least one."""
        taken: list[Job] = []
        n_bytes = 0
        while self._jobs and len(taken) < max_requests:
            n_bytes += len(_line(self._jobs[0]))
            if taken and n_bytes > max_bytes:
                break
            taken.append(self._jobs.popleft())
        self._n_bytes -= sum(len(_line(job)) for job in taken)
        return taken


class BatchSender(LoopSender):
    """The Batch API of one provider, with an event loop in a thread of its own.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version.
        ledger: where batches are noted.
        build: the build that pays for submitted batches.
        on_attempt: called in that thread for every line that came back and every call that did not: job, outcome,
            whether it is the job's last attempt in this run. Must return soon.
        on_failure: called in that thread with the exception that ends the run.
        on_unmade: called in that thread with calls that an earlier run's batch, which that run paid for, did not make;
            they are to be claimed as any others before they are submitted again.

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
    """

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        ledger: CallStore,
        build: str,
        on_attempt: Callable[[Job, Received, bool], None],
        on_failure: Callable[[BaseException], None],
        on_unmade: Callable[[Sequence[Job]], None],
    ) -> None:
        self._name = name
        self._provider = provider
        self._settings = provider.batch
        self._base_url = base_url
        self._ledger = ledger
        self._build = build
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._on_unmade = on_unmade
        self._secret = key_of(name, provider.api_key_env)
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=self._secret or "none", timeout=provider.timeout_s)
        self._gathered: dict[str, _Gathering] = {}
        self._most_requests = self._settings.max_requests
        self._adopted: dict[str, _Batch] = {}
        self._tasks: dict[asyncio.Task[None], _Batch] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._last_job_at = 0.0
        self._draw = random.Random()  # noqa: S311 - jitter
        super().__init__("model-batches", asyncio.new_event_loop())

    async def _close(self) -> None:
        await self._client.close()

    def _take(self, jobs: list[Job]) -> None:
        """Calls that went with a batch join it; the others wait for a new one."""
        try:
            known = self._ledger.open_batches([job.key for job in jobs])
        except Exception as error:
            self._on_failure(error)
            return
        self._last_job_at = self._loop.time()
        for job in jobs:
            if job.key not in known:
                continue
            found = known[job.key]
            if found.batch_id not in self._adopted:
                batch = _Batch(found.batch_id, found.remote_id, is_adopted=True, jobs={})
                self._adopted[found.batch_id] = batch
                self._start(batch)
            self._adopted[found.batch_id].jobs[job.key] = job
        self._gather(job for job in jobs if job.key not in known)

    def _gather(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._gathered.setdefault(job.call.body["model"], _Gathering()).add(job)
        self._pump()

    def _pump(self) -> None:
        """Submit the files that are full, and the others once no call has arrived for a while."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        quiet_in_s = self._last_job_at + self._settings.gather_s - self._loop.time()
        limits = (self._most_requests, self._settings.max_bytes)
        for waiting in self._gathered.values():
            while waiting and self._has_room() and (quiet_in_s <= 0 or waiting.fills(*limits)):
                jobs = {job.key: job for job in waiting.take(*limits)}
                self._start(_Batch(uuid.uuid4().hex, None, is_adopted=False, jobs=jobs))
        if quiet_in_s > 0 and any(self._gathered.values()):
            self._alarm = self._loop.call_later(quiet_in_s, self._pump)

    def _has_room(self) -> bool:
        n_own = sum(not batch.is_adopted for batch in self._tasks.values())
        return not self._is_stopping and n_own < self._settings.max_batches

    def _start(self, batch: _Batch) -> None:
        task = self._loop.create_task(self._run(batch))
        self._tasks[task] = batch
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        batch = self._tasks.pop(task)
        if self._adopted.get(batch.batch_id) is batch:
            del self._adopted[batch.batch_id]
        if batch.again:
            pause_s = backoff_s(max(job.tries for job in batch.again), None, self._draw)
            self._loop.call_later(pause_s, self._send_again, batch, batch.again)
        self._pump()

    async def _run(self, batch: _Batch) -> None:
        try:
            remote = await self._ended(batch)
            if remote is not None:
                await self._read(batch, remote)
        except (asyncio.CancelledError, _StoppedError):
            return
        except _UnansweredError as unanswered:
            self._end_without_lines(batch, unanswered.outcome, unanswered.detail, unanswered.status)
        except BaseException as error:
            self._on_failure(error)

    async def _ended(self, batch: _Batch) -> RemoteBatch | None:
        """Submit or find a batch and wait for its end; None when it was never created."""
        if batch.remote_id is None:
            batch.remote_id = await (self._find(batch) if batch.is_adopted else self._create(batch))
            if batch.remote_id is None:
                self._forget(batch)
                return None
            self._ledger.name_batch(batch.batch_id, batch.remote_id)
        pause_s, status = self._settings.poll_first_s, None
        try:
            while True:
                remote = await self._patiently(partial(self._client.batches.retrieve, batch.remote_id))
                if remote.status != status:
                    status = remote.status
                    _log.info("%s: batch %s with %d calls: %s", self._name, remote.id, len(batch.jobs), status)
                if status in _ENDED:
                    break
                await self._pause(pause_s)
                pause_s = self._longer(pause_s)
        except _GoneError as gone:
            raise _UnansweredError(Outcome.TRANSPORT_ERROR, str(gone)) from gone
        while batch.is_adopted and (quiet_in_s := self._last_job_at + self._settings.gather_s - self._loop.time()) > 0:
            # Its other calls may be on their way here; the files are large, and read once for all of them.
            await self._pause(quiet_in_s)
        self._adopted.pop(batch.batch_id, None)
        return remote

    async def _create(self, batch: _Batch) -> str | None:
        keys = list(batch.jobs)
        await asyncio.to_thread(self._ledger.begin_batch, batch.batch_id, self._build, self._name, keys)
        for job in batch.jobs.values():
            job.batch_id = batch.batch_id
        lines = b"".join(_line(job) for job in batch.jobs.values())
        upload = partial(self._client.files.create, file=(f"{batch.batch_id}.jsonl", lines), purpose="batch")
        # The client must not ask twice by itself: each request that arrives is a batch to be paid for.
        create = partial(
            self._client.with_options(max_retries=0).batches.create,
            completion_window="24h",
            endpoint=_PATH,
            metadata={_METADATA: batch.batch_id},
        )
        is_asked_for = False
        try:
            file = await self._ask(upload)
            is_asked_for = True
            return (await self._ask(partial(create, input_file_id=file.id))).id
        except EngineError:
            self._ledger.forget_batch(batch.batch_id, keys)
            raise
        except _UnansweredError as unanswered:
            found = await self._find(batch) if is_asked_for and unanswered.status != _TOO_MANY else None
            if found is None:
                raise
            return found

    async def _find(self, batch: _Batch) -> str | None:
        """The provider's id of a batch that was perhaps created, by its metadata; None when it was not."""
        until = self._loop.time() + self._settings.find_s
        while True:
            found = await self._patiently(partial(self._listed, batch.batch_id))
            if found is not None or self._loop.time() >= until:
                return found
            await self._pause(min(self._settings.poll_first_s, max(0.0, until - self._loop.time())))

    async def _listed(self, batch_id: str) -> str | None:
        async for remote in self._client.batches.list(limit=_LISTED):
            if (remote.metadata or {}).get(_METADATA) == batch_id:
                return remote.id
        return None

    async def _read(self, batch: _Batch, remote: RemoteBatch) -> None:
        """An attempt for every line of the files, and for every call without one."""
        n_wanted = len(batch.jobs)
        for file_id in (remote.output_file_id, remote.error_file_id):
            if file_id is not None:
                try:
                    await self._patiently(partial(self._read_file, batch, remote, file_id))
                except _GoneError as gone:
                    _log.warning("%s: a file of batch %s is not there any more: %s", self._name, remote.id, gone)
        if batch.fatal is not None:
            raise batch.fatal
        if remote.status == "failed" and len(batch.jobs) == n_wanted:
            self._decline(batch, remote)
        else:
            said = self._errors(remote)
            detail = f"batch {remote.id} {remote.status} without a line for this call{said and ': '}{said}"
            self._end_without_lines(batch, Outcome.TRANSPORT_ERROR, detail, None, remote)

    async def _read_file(self, batch: _Batch, remote: RemoteBatch, file_id: str) -> None:
        async with self._client.files.with_streaming_response.content(file_id) as response:
            async for line in _lines(response.iter_bytes()):
                self._read_line(batch, remote, line)

    def _read_line(self, batch: _Batch, remote: RemoteBatch, line: bytes) -> None:
        """Lines that are none, and those of calls that this run does not want, are passed over."""
        try:
            answer = orjson.loads(without_secret(line, self._secret))
        except orjson.JSONDecodeError:
            return
        job = batch.jobs.pop(str(answer.get("custom_id")), None) if isinstance(answer, dict) else None
        if job is not None:
            self._arrive(batch, job, self._received(batch, remote, answer))

    def _received(self, batch: _Batch, remote: RemoteBatch, answer: dict[str, Any]) -> Received:
        response, error = answer.get("response"), answer.get("error")
        status = response.get("status_code") if isinstance(response, dict) else None
        raw = orjson.dumps(response.get("body")) if isinstance(response, dict) else b""
        reply = None
        if status == 200:
            try:
                reply = read_reply(raw)
                outcome, detail = Outcome.COMPLETED, None
            except NotAReplyError as no_reply:
                outcome, detail = Outcome.TRANSPORT_ERROR, str(no_reply)
        elif isinstance(status, int):
            outcome, detail = outcome_of_status(status), detail_of_status(status, raw.decode(errors="replace"))
            batch.fatal = batch.fatal or self._fatal(status, detail)
        else:
            outcome, detail = Outcome.TRANSPORT_ERROR, f"batch {remote.id}: {orjson.dumps(error).decode()}"
        started_at, latency_ms = _time_of(remote)
        kept = raw if reply is not None else None
        return Received(outcome, detail, status, kept, reply, None, latency_ms, started_at)

    def _arrive(self, batch: _Batch, job: Job, received: Received) -> None:
        job.tries += 1
        job.batch_id = batch.batch_id
        is_last = received.is_final or job.tries > self._provider.transport_retries
        if not is_last:
            batch.again.append(job)
        self._on_attempt(job, received, is_last)

    def _end_without_lines(
        self, batch: _Batch, outcome: Outcome, detail: str, status: int | None, remote: RemoteBatch | None = None
    ) -> None:
        now = datetime.now(UTC)
        latency_ms = (now - batch.begun_at).total_seconds() * 1000
        started_at, latency_ms = (batch.begun_at, latency_ms) if remote is None else _time_of(remote)
        received = Received(outcome, detail, status, None, None, None, latency_ms, started_at)
        jobs, batch.jobs = batch.jobs, {}
        for job in jobs.values():
            self._arrive(batch, job, received)

    def _decline(self, batch: _Batch, remote: RemoteBatch) -> None:
        """The provider did not start the batch: its calls wait for room in its queue, or the failure is fatal.

        Raises:
            EndpointError: the reason is not a full queue.
        """
        n_calls = len(batch.jobs)
        errors = (remote.errors.data or []) if remote.errors else []
        is_full = any(error.code == _QUEUE_IS_FULL for error in errors)
        is_alone = len(self._tasks) == 1
        self._ledger.forget_batch(batch.batch_id, batch.jobs)
        if not is_full or (is_alone and n_calls == 1):
            raise EndpointError(
                f"provider {self._name}: {self._base_url} does not take batch {remote.id} of {n_calls} calls "
                f"({self._errors(remote) or 'it gives no reason'}); check the model's name and parameters in the "
                "profile"
            )
        if is_alone:
            self._most_requests = max(1, n_calls // 2)
        _log.warning("%s: the provider's queue is full (%s); trying again later", self._name, self._errors(remote))
        self._loop.call_later(self._settings.poll_longest_s, self._send_again, batch, list(batch.jobs.values()))

    def _errors(self, remote: RemoteBatch) -> str:
        """What the provider found wrong with a batch as a whole."""
        errors = (remote.errors.data or []) if remote.errors else []
        said = "; ".join(
            f"{error.code}{'' if error.line is None else f' in line {error.line}'}: {error.message}"
            for error in errors[:_QUOTED_ERRORS]
        )
        return without_secret(said.encode(), self._secret).decode(errors="replace")

    def _forget(self, batch: _Batch) -> None:
        """The batch was never created; its calls wait for a new one."""
        self._ledger.forget_batch(batch.batch_id, batch.jobs)
        self._adopted.pop(batch.batch_id, None)
        self._send_again(batch, list(batch.jobs.values()))

    def _send_again(self, batch: _Batch, jobs: list[Job]) -> None:
        if batch.is_adopted:
            self._on_unmade(jobs)
        else:
            self._gather(jobs)

    async def _patiently(self, request: Callable[[], Awaitable[_T]]) -> _T:
        """Repeat a request that changes nothing until it is answered.

        Raises:
            EndpointError: there was no answer for as long as the profile waits; batches go on and are not lost.
        """
        since, pause_s = self._loop.time(), self._settings.poll_first_s
        while True:
            try:
                return await self._ask(request)
            except _UnansweredError as unanswered:
                if self._loop.time() - since > self._provider.outage_s:
                    raise EndpointError(
                        f"provider {self._name}: {self._base_url} has not answered for {self._provider.outage_s:g} s "
                        f"(the last time: {unanswered}); batches in progress are recorded, run the same command again "
                        "once it is back"
                    ) from unanswered
            await self._pause(pause_s)
            pause_s = self._longer(pause_s)

    async def _ask(self, request: Callable[[], Awaitable[_T]]) -> _T:
        try:
            return await request()
        except openai.APIStatusError as error:
            status, said = error.status_code, str(error.body if error.body is not None else error.message)
            detail = detail_of_status(status, without_secret(said.encode(), self._secret).decode())
            fatal = self._fatal(status, detail)
            if fatal is None and outcome_of_status(status) == Outcome.REJECTED:
                fatal = EndpointError(f"provider {self._name}: {self._base_url} does not take a batch: {detail}")
            if fatal is not None:
                raise fatal from None
            raise _UnansweredError(outcome_of_status(status), detail, status) from None
        except openai.APITimeoutError:
            raise _UnansweredError(Outcome.TIMED_OUT, f"no answer within {self._provider.timeout_s:g} s") from None
        except openai.APIError as error:
            raise _UnansweredError(Outcome.TRANSPORT_ERROR, f"{type(error).__name__}: {error}") from None

    def _fatal(self, status: int, detail: str) -> EngineError | None:
        """A failure that further requests cannot cure."""
        if status in UNAUTHORISED_STATUSES:
            variable = self._provider.api_key_env
            return UnauthorisedError(
                f"provider {self._name}: {self._base_url} does not accept the key ({detail}); "
                + (f"check the environment variable {variable}" if variable else "the profile declares none")
            )
        if status in NOT_THERE_STATUSES:
            return _GoneError(
                f"provider {self._name}: {self._base_url} answers {detail}; check the provider's base_url, that it "
                "has a Batch API, and the model's name in the profile"
            )
        return None

    async def _pause(self, seconds: float) -> None:
        """Wait; raises `_StoppedError` when the run ends."""
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return
        raise _StoppedError

    def _longer(self, pause_s: float) -> float:
        return min(self._settings.poll_longest_s, pause_s * _PAUSE_GROWTH)


def _line(job: Job) -> bytes:
    """The call as a line of a batch's input file."""
    return b'{"custom_id":"%b","method":"POST","url":"%b","body":%b}\n' % (job.key.encode(), _PATH.encode(), job.body)


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines of a response, by line feeds alone: JSON may hold what else counts as the end of a line."""
    rest = b""
    try:
        async for chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line
    except Exception as error:
        # The client does not translate what goes wrong in the middle of a body.
        raise _UnansweredError(Outcome.TRANSPORT_ERROR, f"{type(error).__name__}: {error}") from error
    if rest:
        yield rest


def _time_of(remote: RemoteBatch) -> tuple[datetime, float]:
    """When a batch was created, and how many milliseconds it took."""
    ended_at = remote.completed_at or remote.expired_at or remote.cancelled_at or remote.failed_at or time.time()
    return datetime.fromtimestamp(remote.created_at, UTC), max(0.0, ended_at - remote.created_at) * 1000
