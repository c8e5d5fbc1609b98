"""Starting and stopping local model servers.

A server is a child process in a session of its own: a Ctrl-C in the terminal reaches the build, which drains and then
closes its servers, instead of losing them while it still uses them. How a child reports and ends is in `child.py`.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from reasonmed_assets import interruption
from reasonmed_assets.config.profile import Profile, Provider
from reasonmed_assets.errors import ReasonmedError

START_TIMEOUT_S = 900.0
"""The embedded server may have to download its model first."""
_STOP_TIMEOUT_S = 5.0
_LOOK_S = 0.25
_STDERR_LINES_KEPT = 40


class ServerError(ReasonmedError):
    """A local server that did not start or has ended; the message holds its last output."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class LocalServer:
    """A model server as a child process that ends with this one.

    Args:
        command: the child's command line; it must follow the protocol of `child.py`.
        name: what the server is called in messages.
        notify: called with each line that the child writes to stderr (what it downloads, for one).
        start_timeout_s: how long the child may take until it listens.
        environment: its environment variables; None: those of this process.
    """

    def __init__(
        self,
        command: Sequence[str],
        name: str,
        *,
        notify: Callable[[str], None] = _to_stderr,
        start_timeout_s: float = START_TIMEOUT_S,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = list(command)
        self._name = name
        self._notify = notify
        self._start_timeout_s = start_timeout_s
        self._environment = environment
        self._base_url: str | None = None
        self._child: subprocess.Popen[str] | None = None
        self._last_words: deque[str] = deque(maxlen=_STDERR_LINES_KEPT)
        self._announced: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stderr_reader: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Where the child listens.

        Raises:
            ServerError: it was not started.
        """
        if self._base_url is None:
            raise ServerError(f"the {self._name} server was not started")
        return self._base_url

    @property
    def pid(self) -> int | None:
        """Process id of the running child, None before `start` and after `close`."""
        return self._child.pid if self._child else None

    @property
    def is_running(self) -> bool:
        """Whether the child was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> str:
        """Start the child and wait until it listens.

        Returns:
            The base URL, `http://127.0.0.1:PORT/v1`.

        Raises:
            ServerError: it could not be started, ended, or did not listen in time; with its last lines of stderr.
        """
        try:
            self._child = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise ServerError(f"the {self._name} server could not be started: {error}") from error
        assert self._child.stdout is not None and self._child.stderr is not None
        self._read_in_thread(self._child.stdout, self._announced.put)
        self._stderr_reader = self._read_in_thread(self._child.stderr, self._hear)
        try:
            self._base_url = self._wait_until_announced()
        except BaseException:
            self.close()
            raise
        return self._base_url

    def close(self) -> None:
        """Stop the child: close its stdin, then SIGTERM, then SIGKILL. Does nothing when it is stopped."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        child.stdin.close()
        for force in (child.terminate, child.kill):
            try:
                child.wait(_STOP_TIMEOUT_S)
                return
            except subprocess.TimeoutExpired:
                force()
        child.wait()

    def ensure_running(self) -> None:
        """Check that the child still runs.

        Raises:
            ServerError: it has ended; with its exit status and last lines of stderr.
        """
        if not self.is_running:
            raise ServerError(f"the {self._name} server has ended{self._how_it_ended()}")

    def __enter__(self) -> LocalServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait_until_announced(self) -> str:
        deadline = time.monotonic() + self._start_timeout_s
        line: str | None = None
        while line is None:
            interruption.check()
            with suppress(queue.Empty):
                line = self._announced.get(timeout=_LOOK_S)
            if line is None and time.monotonic() >= deadline:
                raise ServerError(
                    f"the {self._name} server did not listen within {self._start_timeout_s:g} s{self._heard()}"
                )
        if not line:
            raise ServerError(f"the {self._name} server did not start{self._how_it_ended()}")
        try:
            return str(json.loads(line)["base_url"])
        except (ValueError, KeyError, TypeError) as error:
            raise ServerError(
                f"the {self._name} server's first line is {line!r} instead of its base_url: "
                "it may print only that line on stdout"
            ) from error

    def _how_it_ended(self) -> str:
        if self._child is None:
            return self._heard()
        try:
            status = f" (exit status {self._child.wait(_STOP_TIMEOUT_S)})"
        except subprocess.TimeoutExpired:
            status = " (it closed its stdout and still runs)"
        if self._stderr_reader is not None:
            self._stderr_reader.join(_STOP_TIMEOUT_S)
        return status + self._heard()

    def _heard(self) -> str:
        said = "\n".join(self._last_words)
        return f"; its last output:\n{said}" if said else "; it printed nothing on stderr"

    def _hear(self, line: str) -> None:
        if line:
            self._last_words.append(line)
            self._notify(line)

    @staticmethod
    def _read_in_thread(stream: IO[str], deliver: Callable[[str], None]) -> threading.Thread:
        """Deliver each line of the stream without its end, and an empty one at the end of the stream."""

        def read() -> None:
            with stream:
                for line in stream:
                    if text := line.rstrip():
                        deliver(text)
            deliver("")

        thread = threading.Thread(target=read, name="server-output", daemon=True)
        thread.start()
        return thread


class Servers:
    """The endpoints of a profile's providers; the ones that the build must start itself are started on first use.

    Args:
        profile: its providers, sources and seed.
        data_dir: folder of the source files: the simulated endpoint looks its answer keys up there.
        notify: called with each line that a server writes to stderr.
    """

    def __init__(self, profile: Profile, data_dir: Path, *, notify: Callable[[str], None] = _to_stderr) -> None:
        self._profile = profile
        self._data_dir = data_dir
        self._notify = notify
        self._lock = threading.Lock()
        self._started: dict[str, LocalServer] = {}

    def base_urls_of(self, provider_name: str) -> tuple[str, ...]:
        """Addresses of a provider; starts its server on first use. Safe to call from several threads.

        Raises:
            KeyError: the profile has no such provider.
            ServerError: the server did not start, or has ended since.
        """
        provider = self._profile.providers[provider_name]
        if provider.base_urls:
            return provider.base_urls
        with self._lock:
            if provider_name not in self._started:
                # It answers calls and makes none.
                keyless = self._profile.without_keys(os.environ)
                command = self._command_of(provider)
                server = LocalServer(command, provider.server, notify=self._notify, environment=keyless)
                server.start()
                self._started[provider_name] = server
            server = self._started[provider_name]
        server.ensure_running()
        return (server.base_url,)

    def close(self) -> None:
        """Stop every server that was started."""
        with self._lock:
            for server in self._started.values():
                server.close()
            self._started.clear()

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _command_of(self, provider: Provider) -> list[str]:
        python = [sys.executable, "-P", "-m"]
        if provider.server == "embedded":
            parallel = str(min(provider.max_in_flight, 64))
            return [*python, "reasonmed_assets.servers.embedded", "--exit-with-parent", "--parallel", parallel]
        sources = self._profile.sources
        options = ["--exit-with-parent", "--data-dir", str(self._data_dir), "--seed", str(self._profile.seed)]
        for source in sources.declared:
            options += ["--source", source]
        for split, role in sources.split_roles.items():
            options += ["--split-role", f"{split}={role}"]
        return [*python, "reasonmed_assets.servers.simulated", *options]
