"""A child process of the UI: the webserver or one of Dagster's own commands; it ends with the process that started it.

    python -m reasonmed_assets.orchestration.ui.service 3000 dagster._daemon run -w workspace.yaml

The first argument is the port of the webserver, for a command that starts after it; 0: at once. The second is the
module of the command.
"""

from __future__ import annotations

import os
import runpy
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

from reasonmed_assets.machine import HOST, seldom_collect_garbage

_GRACE_S = 10.0
_PAUSE_S = 0.05


def end_with_parent() -> None:
    """Interrupt this process and those that it started once stdin closes, by the parent or by its death.

    The pipe is one that only the parent holds. Where SIGINT was ignored at the start (`nohup`), it is not any more.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.killpg(0, signal.SIGINT)
        time.sleep(_GRACE_S)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def wait_for_webserver(port: int) -> None:
    """Return once something listens on a port of 127.0.0.1."""
    while True:
        try:
            socket.create_connection((HOST, port)).close()
            return
        except OSError:
            time.sleep(_PAUSE_S)


def main() -> None:
    """Run the command."""
    seldom_collect_garbage()
    end_with_parent()
    port, module, *arguments = sys.argv[1:]
    with suppress(KeyboardInterrupt):
        if int(port):
            wait_for_webserver(int(port))
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
