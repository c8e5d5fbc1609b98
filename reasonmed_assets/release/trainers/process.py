"""The trainer's own code at work: a process of its Python that runs `tool.py`, and what it says."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from reasonmed_assets.config.hints import quoted
from reasonmed_assets.release.files import ExportError

_TOOL = Path(__file__).with_name("tool.py")
_LINES_SHOWN = 5
_INSTALLS = {"trl": '"reasonmed-assets[train]"', "llamafactory": "llamafactory"}
"""Trainer -> what pip installs it by."""


@dataclass(frozen=True)
class Trainer:
    """A running trainer.

    Attributes:
        versions: package -> version.
        lines: what the tool says of each record; see `tool.py`.
    """

    versions: Mapping[str, str]
    lines: Iterator[dict[str, Any]]

    @property
    def title(self) -> str:
        """As "trl 1.16.0, transformers 5.24.0"."""
        return ", ".join(f"{name} {version}" for name, version in self.versions.items())


@contextmanager
def running(trainer: str, python: str, request: Mapping[str, object]) -> Iterator[Trainer]:
    """A trainer that renders an export. What its libraries print goes to standard error.

    Args:
        trainer: trl or llamafactory.
        python: the Python that has it, a program or its path.
        request: the other fields of the request of `tool.py`.

    Raises:
        ExportError: the program does not start, has no such trainer, or fails.
    """
    # Isolated: settings of this Python, and modules of the folder that it runs in, are not the trainer's.
    command = [python, "-I", "-X", "utf8", str(_TOOL)]
    try:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise ExportError(f"{python} cannot be run ({error.strerror}): name a Python with --trainer-python") from error
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    said: deque[str] = deque(maxlen=_LINES_SHOWN)
    listener = threading.Thread(target=_pass_on, args=(child.stderr, said), daemon=True)
    listener.start()
    try:
        # One that ends before it reads says why on its own.
        with suppress(BrokenPipeError), child.stdin as asked:
            asked.write(orjson.dumps({"trainer": trainer, **request}))
        lines = _lines(child, listener, said, f"{trainer} in {python}")
        versions = next(lines, {}).get("versions")
        if versions is None:
            raise ExportError(f"{python} is no Python: name with --trainer-python one that has {trainer}")
        if versions[trainer] is None:
            install = f"{quoted(python)} -m pip install {_INSTALLS[trainer]}"
            raise ExportError(
                f"{python} has no {trainer}: install it with `{install}`, or name the Python that has it with "
                "--trainer-python"
            )
        yield Trainer(versions, lines)
    finally:
        child.kill()
        child.wait()
        listener.join()
        child.stdout.close()


def _lines(
    child: subprocess.Popen[bytes], listener: threading.Thread, said: deque[str], name: str
) -> Iterator[dict[str, Any]]:
    """The lines of the tool, the first its versions.

    Raises:
        ExportError: it says something else, or fails.
    """
    assert child.stdout is not None
    for line in child.stdout:
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise ExportError(f"{name} said {line[:80]!r} instead of a record: is it a Python?") from None
        if "versions" in told:
            versions = [f"{package} {version}" for package, version in told["versions"].items() if version]
            name = f"{name} ({', '.join(versions)})"
        yield told
    status = child.wait()
    listener.join()
    if status:
        how = f"was ended by signal {-status}" if status < 0 else f"failed with exit status {status}"
        last = "\n".join(said) or "it said nothing"
        raise ExportError(
            f"{name} {how}; its last words:\n{last}\nCheck --tokenizer and --template, and that this trainer can load "
            "them; nothing was exported"
        )


def _pass_on(stream: IO[bytes], said: deque[str]) -> None:
    with stream:
        for line in stream:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                said.append(text)
            print(text, file=sys.stderr)
