"""Model servers as the real programs, each in an environment of its own, which is made once in the user's cache."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from reasonmed_assets.servers.embedded import cache_folder

KEY = "sk-the-key-of-a-test-0123456789"
_START_S = 300.0
_STOP_S = 30.0


def environment(name: str, *requirements: str) -> Path:
    """The Python of an environment with these packages; skips the test where they cannot be installed."""
    folder = cache_folder() / "programs" / name
    python, note = folder / "bin" / "python", folder / "installed.txt"
    wanted = "\n".join(requirements)
    if not note.is_file() or note.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{name} cannot be installed without a package registry: {done.stderr.strip()[-300:]}")
        note.write_text(wanted, encoding="utf-8")
    return python


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Program:
    """A server that can be stopped and started again at the same address.

    Args:
        command: its command line.
        port: where it then listens on 127.0.0.1.
        log: file for what it says.
        more: further environment variables.
    """

    def __init__(self, command: Sequence[str], port: int, log: Path, **more: str) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self._command = command
        self._log = log
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        self._environment = {**clean, **more}
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + _START_S
        while not self._answers():
            assert self._child.poll() is None, self._log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < until, f"{self._command[0]} did not answer within {_START_S:g} s"
            time.sleep(0.2)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it with all its processes."""
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, how)
            self._child.wait(_STOP_S)

    def _answers(self) -> bool:
        asked = urllib.request.Request(f"{self.base_url}/models", headers={"Authorization": f"Bearer {KEY}"})
        try:
            with urllib.request.urlopen(asked, timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self) -> Program:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
