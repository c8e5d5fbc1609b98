"""The processes of `reasonmed ui`: started together, ended together.

None of them has a key in its environment: a run that makes a call asks this process, the command, for it. What they and
their runs print is in a file of the warehouse; people are told what the webserver says, line by line.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from reasonmed_assets import interruption
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.transports.keys import handed_out
from reasonmed_assets.machine import HOST, socket_in, temporary_folder

LOCATION = "definitions"
"""Name of the code location, by which Dagster's history knows its runs."""
MODULE = "reasonmed_assets.orchestration.project.definitions"
LOG_FILE = "ui.log"
"""In the warehouse: what the processes of the UI that was started last have printed."""
_STOP_S = 15.0
_PAUSE_S = 0.05


class UiError(ReasonmedError):
    """The UI cannot be served; the message says why."""


def serve(
    settings: BuildSettings,
    told: Mapping[str, str],
    home: Path,
    say: Callable[[str], None],
    port: int,
    names: Sequence[str] = (),
) -> None:
    """Serve Dagster's UI on 127.0.0.1 until SIGINT or SIGTERM, then end every process that was started.

    Args:
        settings: what the runs start with.
        told: the variables by which they do.
        home: Dagster's home.
        say: tells people a line.
        port: 0 for a free one.
        names: hosts that the guard lets through beside those of this machine.

    Raises:
        UiError: the port is taken, or a process ended by itself.
        OSError: TMPDIR is too long for sockets, or the log cannot be written.
    """
    # Modules come from the installation, never from the current folder.
    environment = os.environ | told | {"DAGSTER_HOME": str(home), "PYTHONSAFEPATH": "1"}
    with (
        suppress(KeyboardInterrupt),
        interruption.heeded(),
        temporary_folder("ui") as folder,
        handed_out(socket_in(folder, "keys.sock"), os.environ) as asking,
        _listening(port) as listening,
        _Children(settings.warehouse_folder / LOG_FILE, say) as children,
    ):
        keyless = settings.loaded_profile.without_keys(environment)
        code, workspace = str(socket_in(folder, "code.sock")), folder / "workspace.yaml"
        # JSON is YAML.
        server = {"grpc_server": {"location_name": LOCATION, "host": "localhost", "socket": code}}
        workspace.write_text(json.dumps({"load_from": [server]}), encoding="utf-8")
        package = "reasonmed_assets.orchestration.ui"
        start = ["code-server", "start", "--socket", code, "--location-name", LOCATION, "--log-level", "warning"]
        start += ["-m", MODULE]
        children.start("code server", [f"{package}.service", "0", "dagster", *start], keyless | asking)
        descriptor = listening.fileno()
        webserver = [f"{package}.service", "0", f"{package}.webserver"]
        webserver += [str(settings.warehouse_folder), code, LOCATION, str(descriptor), *names]
        children.start("webserver", webserver, keyless, (descriptor,), is_heard=True)
        taken = str(listening.getsockname()[1])
        daemon = [f"{package}.service", taken, "dagster._daemon", "run", "-w", str(workspace), "--log-level", "warning"]
        children.start("daemon", daemon, keyless)
        while True:
            interruption.check()
            children.ensure_running()
            time.sleep(_PAUSE_S)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise UiError(f"{HOST}:{port} cannot be used ({error.strerror}): choose another with --port") from error
        yield listening


class _Children:
    """Processes in sessions of their own, which are ended with all that they started.

    Args:
        log: gets what they print.
        say: is called with each line of those that are heard.
    """

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log = log
        self._say = say
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        log.write_bytes(b"")

    def start(
        self,
        name: str,
        module: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[int] = (),
        *,
        is_heard: bool = False,
    ) -> None:
        with self._log.open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *module],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if is_heard else log,
                stderr=log,
                pass_fds=descriptors,
                start_new_session=True,
            )
        self._running[name] = child
        if is_heard:
            threading.Thread(target=self._hear, args=(child,), name=f"{name}-heard", daemon=True).start()

    def _hear(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            self._say(line.decode(errors="replace").rstrip("\n"))

    def ensure_running(self) -> None:
        for name, child in self._running.items():
            if child.poll() is not None:
                last = self._log.read_text(encoding="utf-8", errors="replace").rstrip().rpartition("\n")[2]
                raise UiError(
                    f"the {name} of the UI has ended (exit status {child.returncode}): {last or 'it said nothing'}; "
                    f"its output is in {self._log}"
                )

    def __enter__(self) -> _Children:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._running.values():
            assert child.stdin is not None
            child.stdin.close()
        deadline = time.monotonic() + _STOP_S
        while (living := [child for child in self._running.values() if _lives(child)]) and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
        for child in living:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _lives(child: subprocess.Popen[bytes]) -> bool:
    """Whether the process, or one that it started, has not ended."""
    child.poll()
    try:
        os.killpg(child.pid, 0)
    except ProcessLookupError:
        return False
    return True
