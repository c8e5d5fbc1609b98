"""The processes of a build that makes several sources at once: what they are told, and what they answer."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from reasonmed_assets import interruption
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.engine.progress import CallProgress
from reasonmed_assets.materialisation.display import Display
from reasonmed_assets.orchestration.runs.run import Made, new_run_id
from reasonmed_assets.sources import InputFiles, SourceError

_CHILD = "reasonmed_assets.orchestration.runs.child"
_LOOK_S = 0.2
_OF_STEPS = frozenset(name for name in vars(CallProgress) if not name.startswith("_"))
"""What a display is told of a step, whose name comes first and does not say the source; of tables it is told that."""


@dataclass(frozen=True)
class Asked:
    """What a process makes.

    Attributes:
        settings: of the build.
        build_id: names the build.
        planned: what the plan of the build expected.
        files: the input files, as the build sees them.
        source: the partition.
        tables: those of its tables that are made.
        n_at_once: how many processes share the machine.
        run_id: of its Dagster run.
    """

    settings: BuildSettings
    build_id: str
    planned: dict[str, float]
    files: InputFiles
    source: str
    tables: tuple[str, ...]
    n_at_once: int
    run_id: str = field(default_factory=new_run_id)


@dataclass
class Answer:
    """What a process tells at its end.

    Attributes:
        made: what came of its run.
        has_run: whether there was one.
        number: of the build; None where nothing was recorded.
        recipe: version of the recipe; None where it is not known.
        unusable: sources whose files cannot be used.
    """

    made: Made = field(default_factory=Made)
    has_run: bool = False
    number: int | None = None
    recipe: int | None = None
    unusable: dict[str, SourceError] = field(default_factory=dict)


def make_at_once(
    all_asked: Sequence[Asked], n: int, display: Display, base_urls_of: Callable[[str], tuple[str, ...]]
) -> list[Answer]:
    """Make what is asked, `n` at once; when this process is told to stop, each of them is, and ends in good order.

    That it was told is left for the caller to find (`interruption.is_requested`).

    Args:
        all_asked: one for each process.
        n: how many there are at once.
        display: shown what they do.
        base_urls_of: the addresses of a provider's servers.

    Returns:
        What came of each, in the same order.
    """
    lock = threading.Lock()
    processes = [_Process(asked, display, lock, base_urls_of) for asked in all_asked]
    with ThreadPoolExecutor(n, thread_name_prefix="source") as pool:
        futures: list[Future[Answer]] = [pool.submit(process.run) for process in processes]
        try:
            while wait(futures, _LOOK_S).not_done:
                interruption.check()
        except BaseException:
            # Those that have not begun never do.
            for process in processes:
                process.stop()
            wait(futures)
    return [future.result() for future in futures]


class _Process:
    """A process that makes one source, and ends with this one."""

    def __init__(
        self, asked: Asked, display: Display, lock: threading.Lock, base_urls_of: Callable[[str], tuple[str, ...]]
    ) -> None:
        self._asked, self._display, self._base_urls_of = asked, display, base_urls_of
        self._shown, self._starting = lock, threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_told = False
        self._heeds = False

    def run(self) -> Answer:
        """Start it, and do what it wants until it has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            connection = Connection(ours.detach())
            with self._starting:
                if self._is_told:
                    connection.close()
                    return Answer(Made(problems=[f"interrupted before {self._asked.source}"], is_interrupted=True))
                # In a session of its own: Ctrl-C reaches this process, which hands it on once. With -P nothing is
                # imported from the folder where the user is.
                self._child = subprocess.Popen(
                    [sys.executable, "-P", "-m", _CHILD, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                )
        with connection, self._child:
            try:
                connection.send(self._asked)
                return self._serve(connection)
            except (EOFError, OSError):
                return self._ended(self._child.wait())
            except BaseException:
                self._child.kill()
                raise

    def stop(self) -> None:
        """Tell it to stop; it answers what it has made by then."""
        with self._starting:
            self._is_told = True
            if self._child is not None and self._child.poll() is None:
                # One that still imports has nothing to lose.
                with suppress(ProcessLookupError):
                    self._child.send_signal(signal.SIGINT if self._heeds else signal.SIGKILL)

    def _serve(self, connection: Connection) -> Answer:
        while True:
            kind, *said = connection.recv()
            if kind == "begun":
                with self._starting:
                    self._heeds = True
            elif kind == "shown":
                self._show(*said)
            elif kind == "asks":
                connection.send(self._answer(*said))
            else:
                (answer,) = said
                assert isinstance(answer, Answer)
                return answer

    def _show(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in _OF_STEPS:
            step, *rest = arguments
            arguments = (f"{self._asked.source} {step}", *rest)
        with self._shown:
            getattr(self._display, name)(*arguments)

    def _answer(self, provider: str) -> tuple[str, ...] | ReasonmedError:
        try:
            return self._base_urls_of(provider)
        except ReasonmedError as error:
            return error

    def _ended(self, status: int) -> Answer:
        """Of a process that did not say what it made."""
        if self._is_told:
            return Answer(Made(problems=[f"{self._asked.source}: interrupted"], is_interrupted=True))
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return Answer(Made(problems=[f"{self._asked.source}: its process {how}"]), has_run=True)
