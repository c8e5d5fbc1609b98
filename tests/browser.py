"""A headless Chromium, driven over the DevTools protocol."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

_START_S, _ANSWER_S = 60, 60


class Browser:
    """One browser with one store of cookies; each address is opened in a tab of its own."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0

    def open(self, address: str) -> str:
        """Open a tab; returns its session."""
        target = self.send("Target.createTarget", url=address)["targetId"]
        return str(self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def text(self, session: str) -> str:
        """What a tab shows, as text."""
        return str(self.value(session, "document.body ? document.body.innerText : ''"))

    def value(self, session: str, expression: str) -> Any:
        """The value of a JavaScript expression in a tab."""
        given = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        return self.send("Runtime.evaluate", session, **given)["result"].get("value")

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._connection.send(json.dumps(command | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._connection.recv(timeout=_ANSWER_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that keeps its profile in a folder; skips the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1500,950"]
    options += ["--remote-debugging-port=0", f"--user-data-dir={folder}"]
    command = [program, *options, "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = next(line for line in process.stderr if "DevTools listening" in line)
            found = re.search(r"ws://\S+", said)
            assert found is not None
            with connect(found[0], max_size=None, open_timeout=_START_S) as connection:
                yield Browser(connection)
        finally:
            process.terminate()
