"""Makes claimed calls with a model that vLLM has loaded on this machine, without a server.

vLLM runs in a process of its own (`offline_process.py`): when it runs out of memory or a kernel crashes, the build goes
on, reports what happened and starts it again; and a GPU's memory is certain to be released when that process ends. It
is kept between the steps of a build, since a large model takes minutes to load.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from reasonmed_assets.config.profile import Profile, Provider
from reasonmed_assets.llm.outcomes import EndpointError, Received
from reasonmed_assets.llm.transports.lanes import Job
from reasonmed_assets.llm.transports.responses import judged
from reasonmed_assets.vocabulary import Outcome

_MODULE = "reasonmed_assets.llm.transports.offline_process"
_STOP_S = 20.0
_LAST_LINES = 40
_log = logging.getLogger(__name__)

Answer = dict[str, Any]
OnAnswer = Callable[[Answer], None]


@dataclass(eq=False, slots=True)
class _Child:
    """A process that was started: the callers that wait for its answers, and its last output."""

    process: subprocess.Popen[bytes]
    waiting: dict[str, OnAnswer] = field(default_factory=dict)
    is_ready: bool = False
    said: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))


class ModelProcess:
    """A provider's model in a process of its own; started by the first request, and by the next one after a crash.

    Args:
        provider: its declaration.
        environment: what the process finds in its environment, besides what the provider declares.
    """

    def __init__(self, provider: Provider, environment: Mapping[str, str]) -> None:
        self._provider, self._environment = provider, environment
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._n_asked = 0

    def ask(self, body: bytes, on_answer: OnAnswer) -> None:
        """Send a request.

        Args:
            body: chat-completions request.
            on_answer: called from another thread with what the process answers (see `offline_process.py`), or with
                `ended` (how the process ended) and `was_ready`.
        """
        with self._lock:
            child = self._child = self._child or self._start()
            self._n_asked += 1
            child.waiting[str(self._n_asked)] = on_answer
            _send(child, b'{"id":"%d","body":%b}\n' % (self._n_asked, body))

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return
        child.waiting.clear()
        assert child.process.stdin is not None
        child.process.stdin.close()
        for force in (signal.SIGTERM, signal.SIGKILL):
            try:
                child.process.wait(_STOP_S)
                return
            except subprocess.TimeoutExpired:
                _kill_group(child.process.pid, force)
        child.process.wait()

    def _start(self) -> _Child:
        child = _Child(
            subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"VLLM_NO_USAGE_STATS": "1", **self._environment, **self._provider.vllm_environment},
                start_new_session=True,
            )
        )
        stderr = threading.Thread(target=self._listen, args=(child,), name="vllm-log", daemon=True)
        stderr.start()
        for work in (partial(self._read, child, stderr), partial(self._await_end, child)):
            threading.Thread(target=work, name="vllm", daemon=True).start()
        _send(child, orjson.dumps(self._provider.vllm) + b"\n")
        return child

    def _read(self, child: _Child, stderr: threading.Thread) -> None:
        assert child.process.stdout is not None
        for line in child.process.stdout:
            answer = orjson.loads(line)
            if "ready" in answer:
                child.is_ready = True
                continue
            with self._lock:
                on_answer = child.waiting.pop(answer["id"], None)
            if on_answer is not None:
                on_answer(answer)
        status = child.process.wait()
        stderr.join(_STOP_S)
        with self._lock:
            if self._child is child:
                self._child = None
            waiting, child.waiting = child.waiting, {}
        ended = f"exit status {status}; its last output:\n" + "\n".join(child.said)
        for on_answer in waiting.values():
            on_answer({"ended": ended, "was_ready": child.is_ready})

    @staticmethod
    def _listen(child: _Child) -> None:
        assert child.process.stderr is not None
        for line in child.process.stderr:
            text = line.decode(errors="replace").rstrip()
            child.said.append(text)
            _log.debug("vLLM: %s", text)

    @staticmethod
    def _await_end(child: _Child) -> None:
        """vLLM's own processes outlive a killed parent and hold its pipes and a GPU's memory."""
        child.process.wait()
        _kill_group(child.process.pid, signal.SIGKILL)


def _send(child: _Child, line: bytes) -> None:
    assert child.process.stdin is not None
    try:
        child.process.stdin.write(line)
        child.process.stdin.flush()
    except OSError:
        _log.debug("the vLLM process has ended; the thread that reads its answers tells the callers")


def _kill_group(group: int, how: signal.Signals) -> None:
    try:
        os.killpg(group, how)
    except ProcessLookupError:
        return


class OfflineModels:
    """The vLLM processes of a build, one per provider that is used."""

    def __init__(self) -> None:
        self._processes: dict[str, ModelProcess] = {}

    def of(self, name: str, profile: Profile) -> ModelProcess:
        """The process of a provider; it starts with the first request, without the keys, as it makes no calls.

        Raises:
            EndpointError: vLLM is not installed.
        """
        if importlib.util.find_spec("vllm") is None:
            raise EndpointError(
                f'provider {name}: transport = "vllm" needs vLLM in this environment: '
                'pip install -c constraints.txt -e ".[vllm]"'
            )
        process = ModelProcess(profile.providers[name], profile.without_keys(os.environ))
        return self._processes.setdefault(name, process)

    def close(self) -> None:
        """End all of them."""
        while self._processes:
            self._processes.popitem()[1].close()


class OfflineSender:
    """Sends the calls of one run to a model process, a limited number at a time, from a thread of its own.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        process: the model.
        on_attempt: called in that thread for every attempt: job, outcome, whether it is the job's last in
            this run. Returns whether the call is to be tried again here. Must return soon.
        on_failure: called in that thread with the exception that ends the run.
    """

    def __init__(
        self,
        name: str,
        provider: Provider,
        process: ModelProcess,
        on_attempt: Callable[[Job, Received, bool], bool],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._name = name
        self._provider = provider
        self._process = process
        self._on_attempt = on_attempt
        self._on_failure = on_failure
        self._waiting: deque[Job] = deque()
        self._in_flight: set[str] = set()
        self._is_over = False
        self._ends_at = 0.0
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="offline-calls", daemon=True)
        self._thread.start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Make calls, in order; from any thread. Does nothing after `stop`."""
        self._tasks.put(partial(self._take, list(jobs)))

    def stop(self, grace_s: float) -> None:
        """Begin no further call; running ones have `grace_s` seconds. Returns at once."""
        self._ends_at = time.monotonic() + grace_s
        self._tasks.put(self._drain)

    def join(self) -> None:
        """Wait for the end of the thread after `stop`; an interruption cuts it short."""
        try:
            self._thread.join(max(0.0, self._ends_at - time.monotonic()))
        finally:
            self._tasks.put(self._in_flight.clear)
            self._thread.join()

    def _work(self) -> None:
        while not self._is_over or self._in_flight:
            try:
                self._tasks.get()()
            except BaseException as error:
                self._on_failure(error)

    def _take(self, jobs: list[Job]) -> None:
        if not self._is_over:
            self._waiting.extend(jobs)
            self._pump()

    def _drain(self) -> None:
        self._is_over = True
        self._waiting.clear()

    def _pump(self) -> None:
        while self._waiting and len(self._in_flight) < self._provider.max_in_flight:
            job = self._waiting.popleft()
            job.tries += 1
            self._in_flight.add(job.key)
            sent = (datetime.now(UTC), time.perf_counter())
            self._process.ask(job.body, partial(self._hear, job, sent))

    def _hear(self, job: Job, sent: tuple[datetime, float], answer: Answer) -> None:
        self._tasks.put(partial(self._arrive, job, sent, answer))

    def _arrive(self, job: Job, sent: tuple[datetime, float], answer: Answer) -> None:
        self._in_flight.discard(job.key)
        if "ended" in answer and not answer["was_ready"]:
            self._waiting.clear()
            raise EndpointError(
                f"provider {self._name}: vLLM did not start, check [providers.{self._name}.vllm]; {answer['ended']}"
            )
        received = _received(answer, sent)
        is_last = received.is_final or job.tries > self._provider.transport_retries
        if self._on_attempt(job, received, is_last) and not self._is_over:
            self._waiting.append(job)
        self._pump()


def _received(answer: Answer, sent: tuple[datetime, float]) -> Received:
    started_at, sent_at = sent
    latency_ms = (time.perf_counter() - sent_at) * 1000
    if "reply" in answer:
        said = judged(200, orjson.dumps(answer["reply"]))
        return Received(
            said.outcome, said.detail, None, said.raw, said.reply, None, latency_ms, started_at, partial=said.partial
        )
    if "rejected" in answer:
        outcome, detail = Outcome.REJECTED, str(answer["rejected"])
    else:
        outcome, detail = Outcome.TRANSPORT_ERROR, str(answer.get("failed") or f"vLLM ended: {answer['ended']}")
    return Received(outcome, detail, None, None, None, None, latency_ms, started_at)
