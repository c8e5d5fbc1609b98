"""A process that makes one source of a build: python -m reasonmed_assets.orchestration.runs.child FD.

It speaks with the build over a socket, whose end is that of the build: it ends then too, and nothing is lost.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any, cast

from reasonmed_assets import interruption
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import seldom_collect_garbage
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.display import Display
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.orchestration.history import dagster_instance
from reasonmed_assets.orchestration.jobs import SOURCE_JOB
from reasonmed_assets.orchestration.runs.processes import Answer, Asked
from reasonmed_assets.orchestration.runs.run import run


class _Build:
    """The build, as one of its processes sees it: it shows progress, and knows the addresses of model servers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending, self._asking = threading.Lock(), threading.Lock()
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen(self) -> None:
        """Take answers, from now on in a thread."""
        threading.Thread(target=self._listen, name="build", daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                self._answers.put(self._connection.recv())
        except (EOFError, OSError):
            os._exit(1)

    def say(self, *said: Any) -> None:
        """Tell the build something."""
        with self._sending:
            self._connection.send(said)

    def base_urls_of(self, provider: str) -> tuple[str, ...]:
        """As `Servers.base_urls_of`."""
        with self._asking:
            self.say("asks", provider)
            answer = self._answers.get()
        if isinstance(answer, ReasonmedError):
            raise answer
        return cast("tuple[str, ...]", answer)

    def __getattr__(self, name: str) -> Any:
        """What a display is told."""
        return lambda *arguments: self.say("shown", name, arguments)


def main(descriptor: int) -> None:
    """Make what the build asks for."""
    seldom_collect_garbage()
    connection = Connection(descriptor)
    asked: Asked = connection.recv()
    build = _Build(connection)
    build.listen()
    answer = Answer()
    try:
        with interruption.heeded():
            build.say("begun")
            _make(asked, build, answer)
    except KeyboardInterrupt:
        answer.made.is_interrupted = True
        answer.made.problems.append(f"{asked.source}: interrupted")
    except Exception as error:
        said = str(error) if isinstance(error, ReasonmedError) else f"{type(error).__name__}: {error}"
        answer.made.problems.append(f"{asked.source}: {said}")
    # What was made is told whatever comes now.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    build.say("ended", answer)


def _make(asked: Asked, build: _Build, answer: Answer) -> None:
    folder = asked.settings.warehouse_folder
    running = RunningBuild(asked.build_id, asked.files, asked.n_at_once, build.base_urls_of)
    running.planned = asked.planned
    defs = build_defs(settings=asked.settings, new_display=lambda: cast("Display", build), build=running)
    with dagster_instance(folder) as instance:
        answer.has_run = True
        try:
            answer.made = run(
                defs, instance, SOURCE_JOB, asked.source, asked.tables, asked.settings, run_id=asked.run_id
            )
        finally:
            answer.number, answer.recipe, answer.unusable = running.number, running.recipe, asked.files.unusable


if __name__ == "__main__":
    main(int(sys.argv[1]))
