"""Sends claimed calls as batches (OpenAI's Batch API): a file of calls goes up, their replies come back within a day.

A batch outlives the build that submits it. So the ledger notes the batch before any of it is sent, and the provider's
id for it as soon as that is known; whoever wants one of its calls later polls the batch instead of paying again.
Where the id was not noted, the batch is found by its metadata. Its input file needs no care: such files expire.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import (
    EndpointError,
    EngineError,
    Received,
    declined_alone,
    detail_of,
)
from reasonmed_assets.llm.refusals import Cause, refusal_of
from reasonmed_assets.llm.transports.batches.api import BatchApi, GoneError, RemoteBatch, UnansweredError
from reasonmed_assets.llm.transports.batches.lines import Answered, Gathering, body_bytes, line_of, response_of
from reasonmed_assets.llm.transports.batches.waiting import PatientApi, StoppedError
from reasonmed_assets.llm.transports.declines import declines_all
from reasonmed_assets.llm.transports.lanes import Job
from reasonmed_assets.llm.transports.limits import backoff_s
from reasonmed_assets.llm.transports.loop import LoopSender
from reasonmed_assets.llm.transports.responses import judged
from reasonmed_assets.vocabulary import Outcome

_QUEUE_IS_FULL = "token_limit_exceeded"

_log = logging.getLogger(__name__)


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
        n_answered: calls that got a reply.
    """

    batch_id: str
    remote_id: str | None
    is_adopted: bool
    jobs: dict[str, Job]
    again: list[Job] = field(default_factory=list)
    fatal: EngineError | None = None
    n_answered: int = 0
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class BatchSender(LoopSender):
    """The Batch API of one provider, with an event loop in a thread of its own.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version.
        ledger: where batches are noted.
        build: the build that pays for submitted batches.
        on_attempt: called in that thread for every line that came back and every call that did not: job, outcome,
            whether it is the job's last attempt in this run. Returns whether the call is to be tried again here. Must
            return soon.
        on_failure: called in that thread with the exception that ends the run.
        on_unmade: called in that thread with calls that an earlier run's batch, which that run paid for, did not make;
            they are to be claimed as any others before they are submitted again.
        may_pay_again: whether calls that a batch has made, and whose replies it does not give, are made again.

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
        EndpointError, ProxyError: see `Connection`.
    """

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        ledger: CallStore,
        build: str,
        on_attempt: Callable[[Job, Received, bool], bool],
        on_failure: Callable[[BaseException], None],
        on_unmade: Callable[[Sequence[Job]], None],
        may_pay_again: bool = False,
    ) -> None:
        self._name = name
        self._provider = provider
        self._settings = provider.batch
        self._ledger = ledger
        self._build = build
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._on_unmade = on_unmade
        self._may_pay_again = may_pay_again
        self._api = BatchApi(name, provider, base_url)
        self._gathered: dict[str, Gathering] = {}
        self._most_requests = self._settings.max_requests
        self._adopted: dict[str, _Batch] = {}
        self._tasks: dict[asyncio.Task[None], _Batch] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._last_job_at = 0.0
        self._draw = random.Random()  # noqa: S311 - jitter
        super().__init__("model-batches", asyncio.new_event_loop())
        self._patient = PatientApi(name, provider, self._api, self._stopped)

    async def _close(self) -> None:
        await self._api.close()

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
            self._gathered.setdefault(job.call.body["model"], Gathering()).add(job)
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
        except (asyncio.CancelledError, StoppedError):
            return
        except UnansweredError as unanswered:
            self._end_without_lines(
                batch, unanswered.outcome, unanswered.detail, unanswered.status, may_be_made=batch.remote_id is not None
            )
        except BaseException as error:
            self._on_failure(error)

    async def _ended(self, batch: _Batch) -> RemoteBatch | None:
        """Submit or find a batch and wait for its end; None when it was never created."""
        if batch.remote_id is None:
            batch.remote_id = await (self._patient.find(batch.batch_id) if batch.is_adopted else self._create(batch))
            if batch.remote_id is None:
                self._forget(batch)
                return None
            self._ledger.name_batch(batch.batch_id, batch.remote_id)
        remote = await self._patient.ended(batch.remote_id, len(batch.jobs))
        while batch.is_adopted and (quiet_in_s := self._last_job_at + self._settings.gather_s - self._loop.time()) > 0:
            # Its other calls may be on their way here; the files are large, and read once for all of them.
            await self._patient.pause(quiet_in_s)
        self._adopted.pop(batch.batch_id, None)
        return remote

    async def _create(self, batch: _Batch) -> str | None:
        lost = await asyncio.to_thread(self._ledger.send_now, list(batch.jobs), self._provider.timeout_s)
        if lost:
            self._on_unmade([batch.jobs.pop(key) for key in lost])
        if not batch.jobs:
            return None
        keys = list(batch.jobs)
        await asyncio.to_thread(self._ledger.begin_batch, batch.batch_id, self._build, self._name, keys)
        for job in batch.jobs.values():
            job.batch_id = batch.batch_id
        lines = b"".join(line_of(job) for job in batch.jobs.values())
        try:
            file_id = await self._patient.upload(batch.batch_id, lines)
            return await self._patient.submit(batch.batch_id, file_id)
        except EngineError:
            self._ledger.forget_batch(batch.batch_id, keys)
            raise
        except UnansweredError:
            for job in batch.jobs.values():
                job.excused += 1
            raise

    async def _read(self, batch: _Batch, remote: RemoteBatch) -> None:
        """An attempt for every line of the files, and for every call without one."""
        if remote.status == "failed" and not remote.file_ids:
            self._decline(batch, remote)
            return
        answered = Answered()
        since, pause_s = self._loop.time(), self._settings.poll_first_s
        while True:
            problem = await self._read_files(batch, remote, answered)
            lacks_some = answered.lacks_some(remote, batch.jobs)
            waited_s = self._loop.time() - since
            if not lacks_some or batch.fatal is not None or waited_s > self._provider.outage_s:
                break
            _log.warning(
                "%s: the files of batch %s tell of fewer calls than it has made%s; reading them again",
                self._name,
                remote.remote_id,
                problem and f" ({problem})",
            )
            await self._patient.pause(pause_s)
            pause_s = self._patient.longer(pause_s)
            remote = await self._patient.retrieve(remote.remote_id)
        wanted = [key for key in batch.jobs if key in answered.errors]
        errors = {key: self._received(batch, remote, answered.errors[key]) for key in wanted}
        for key, received in self._weighed(batch, errors).items():
            self._arrive(batch, batch.jobs.pop(key), received)
        if batch.fatal is not None:
            raise batch.fatal
        if lacks_some and not self._may_pay_again:
            raise EndpointError(
                f"provider {self._name}: batch {remote.remote_id} is {remote.status}, and its files give no line for "
                f"{len(batch.jobs):,} of its calls, which it counts as made{problem and f' ({problem})'}. They may be "
                "paid for and are not made again unasked: run the same command again to read the files again, or "
                "`reasonmed retry` to have these calls made again"
            )
        said = remote.problems
        detail = f"batch {remote.remote_id} {remote.status} without a line for this call{said and ': '}{said}"
        self._end_without_lines(batch, Outcome.TRANSPORT_ERROR, detail, None, remote, may_be_made=lacks_some)

    async def _read_files(self, batch: _Batch, remote: RemoteBatch, answered: Answered) -> str:
        """Read the files once; returns what went wrong. Replies are attempts at once."""
        problem = ""
        for file_id in remote.file_ids:
            try:
                async for line in self._api.lines(file_id):
                    found = answered.add(line, file_id)
                    job = batch.jobs.pop(found[0], None) if found is not None else None
                    if found is not None and job is not None:
                        self._arrive(batch, job, self._received(batch, remote, found[1]))
            except (UnansweredError, GoneError) as error:
                problem = f"file {file_id}: {error}"
        for key, answer in answered.errors.items():
            status, body = response_of(answer)
            if key in batch.jobs and status is not None:
                refusal = refusal_of(status, body)
                detail = detail_of(status, refusal, body_bytes(body).decode(errors="replace"))
                is_forbidden = status == 403 and refusal.cause == Cause.DECLINED
                batch.fatal = batch.fatal or self._api.fatal(Cause.KEY if is_forbidden else refusal.cause, detail)
        return problem

    def _received(self, batch: _Batch, remote: RemoteBatch, answer: dict[str, Any]) -> Received:
        status, body = response_of(answer)
        started_at, latency_ms = _time_of(batch, remote)
        if status is None:
            said = body_bytes(answer.get("error")).decode(errors="replace")
            detail = f"batch {remote.remote_id}: {said}"
            # A line without a response was not worked on.
            return Received(
                Outcome.TRANSPORT_ERROR, detail, None, None, None, None, latency_ms, started_at, is_unsent=True
            )
        found = judged(status, body_bytes(body))
        return Received(
            found.outcome, found.detail, found.status, found.raw, found.reply, None, latency_ms, started_at,
            partial=found.partial, cause=found.cause,
        )  # fmt: skip

    def _weighed(self, batch: _Batch, errors: dict[str, Received]) -> dict[str, Received]:
        """The errors of a batch, with what the calls come to that were declined for a reason that need not lie in them:
        where more were answered they are at fault, and where none was, all calls are declined and the run ends."""
        declined = {key: received for key, received in errors.items() if received.cause == Cause.DECLINED}
        if declined and not batch.n_answered:
            key, received = next(iter(declined.items()))
            error = declines_all(self._name, self._provider, self._api.base_url, batch.jobs[key], received)
            batch.fatal = batch.fatal or error
        if batch.fatal is not None or len(declined) > batch.n_answered:
            return errors
        return errors | {key: declined_alone(received) for key, received in declined.items()}

    def _arrive(self, batch: _Batch, job: Job, received: Received) -> None:
        job.tries += 1
        job.batch_id = batch.batch_id
        if received.cause is not None:
            batch.fatal = batch.fatal or self._api.fatal(received.cause, received.detail or "")
        batch.n_answered += received.reply is not None
        is_exhausted = job.tries - job.excused > self._provider.transport_retries
        is_last = received.is_final or received.cause == Cause.DECLINED or is_exhausted
        if self._on_attempt(job, received, is_last):
            batch.again.append(job)

    def _end_without_lines(
        self,
        batch: _Batch,
        outcome: Outcome,
        detail: str,
        status: int | None,
        remote: RemoteBatch | None = None,
        *,
        may_be_made: bool,
    ) -> None:
        now = datetime.now(UTC)
        latency_ms = (now - batch.begun_at).total_seconds() * 1000
        started_at, latency_ms = (batch.begun_at, latency_ms) if remote is None else _time_of(batch, remote)
        received = Received(
            outcome, detail, status, None, None, None, latency_ms, started_at, is_unsent=not may_be_made
        )
        jobs, batch.jobs = batch.jobs, {}
        for job in jobs.values():
            self._arrive(batch, job, received)

    def _decline(self, batch: _Batch, remote: RemoteBatch) -> None:
        """The provider did not start the batch: its calls wait for room in its queue, or the failure is fatal.

        Raises:
            EndpointError: the reason is not a full queue.
        """
        n_calls = len(batch.jobs)
        is_full = any(code == _QUEUE_IS_FULL for code, _ in remote.errors)
        is_alone = len(self._tasks) == 1
        self._ledger.forget_batch(batch.batch_id, batch.jobs)
        if not is_full or (is_alone and n_calls == 1):
            raise EndpointError(
                f"provider {self._name}: {self._api.base_url} does not take batch {remote.remote_id} of {n_calls} "
                f"calls ({remote.problems or 'it gives no reason'}); check the model's name and parameters in the "
                "profile"
            )
        if is_alone:
            self._most_requests = max(1, n_calls // 2)
        _log.warning("%s: the provider's queue is full (%s); trying again later", self._name, remote.problems)
        self._loop.call_later(self._settings.poll_longest_s, self._send_again, batch, list(batch.jobs.values()))

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


def _time_of(batch: _Batch, remote: RemoteBatch) -> tuple[datetime, float]:
    """When a batch was created, and how many milliseconds it took."""
    created_at = remote.created_at or batch.begun_at
    ended_at = remote.ended_at or datetime.now(UTC)
    return created_at, max(0.0, (ended_at - created_at).total_seconds()) * 1000
