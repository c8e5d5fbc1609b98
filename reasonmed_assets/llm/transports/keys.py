"""Keys of providers: in the environment of the command that was given them, and in the memory of what sends them.

The processes of `reasonmed ui` have none in their environment, which all that they start would inherit. A run that
makes a call asks the command for the key then.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_ASKED_AT = "REASONMED_KEYS"
"""Variable of the environment: the Unix socket at which a process asks for keys."""
_TIMEOUT_S, _SILENT_S = 10.0, 1.0
_LONGEST = 1 << 16


def key_in(variable: str) -> str:
    """The key that a variable of the environment holds, here or in the command that this process belongs to; or ''."""
    key, place = os.environ.get(variable, "").strip(), os.environ.get(_ASKED_AT)
    return key or (_asked(place, variable) if place else "")


@contextmanager
def handed_out(place: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Hand keys to processes of this user that ask for them, until the end.

    Args:
        place: the socket, in a folder that is this user's alone.
        environment: the variables that may be asked for.

    Yields:
        What a process needs in its environment to ask.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(place))
        listening.listen()
        threading.Thread(target=_answer, args=(listening, environment), name="keys", daemon=True).start()
        try:
            yield {_ASKED_AT: str(place)}
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def _answer(listening: socket.socket, environment: Mapping[str, str]) -> None:
    while True:
        try:
            asking, _ = listening.accept()
        except OSError:  # it is closed
            return
        with asking, suppress(OSError):
            asking.settimeout(_SILENT_S)
            variable = asking.recv(_LONGEST).decode(errors="replace")
            asking.sendall(environment.get(variable, "").strip().encode(errors="surrogateescape"))


def _asked(place: str, variable: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_TIMEOUT_S)
        try:
            asking.connect(place)
            asking.sendall(variable.encode())
            asking.shutdown(socket.SHUT_WR)
            with asking.makefile("rb") as said:
                return said.read(_LONGEST).decode(errors="surrogateescape")
        except OSError:  # the command has ended
            return ""
