"""Input files as a build sees them first: each is read once, so that all its tables are made from the same bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from reasonmed_assets.sources.declaration import SourceError


class ChangedError(SourceError):
    """A file that changed while it was read: what was read is neither its old content nor its new one."""


class InputFiles:
    """The files of one build: what a pattern found and what a file held stay as they were first seen.

    Attributes:
        unusable: sources whose files cannot be used, with the error; their published records stand for them.
    """

    def __init__(self) -> None:
        self.unusable: dict[str, SourceError] = {}
        self._found: dict[tuple[Path, str], list[Path]] = {}
        self._contents: dict[Path, bytes | None] = {}
        self._digests: dict[Path, str] = {}

    def matching(self, folder: Path, pattern: str) -> list[Path]:
        """The files of a folder that match a pattern, sorted.

        Raises:
            SourceError: they cannot be looked for.
        """
        if (folder, pattern) not in self._found:
            self._found[folder, pattern] = _matching(folder, pattern)
        return self._found[folder, pattern]

    def read(self, path: Path) -> bytes:
        """A file's bytes.

        Raises:
            OSError: it cannot be read.
            ChangedError: it changed while it was read, now or the first time.
        """
        if path not in self._contents:
            self._contents[path] = _read(path)
        content = self._contents[path]
        if content is None:
            raise ChangedError(f"{path}: it changed while it was read: build again when it is complete")
        return content

    def digest(self, path: Path) -> str:
        """SHA-256 of a file's bytes. Raises: see `read`."""
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(self.read(path)).hexdigest()
        return self._digests[path]

    @property
    def digests(self) -> dict[Path, str]:
        """SHA-256 of each file whose digest was asked for."""
        return dict(self._digests)

    def changed(self) -> list[Path]:
        """The files that are no longer as they were read, gone or new, sorted."""
        changed = {path for path, content in self._contents.items() if content is None or not self._is_same(path)}
        for (folder, pattern), found in self._found.items():
            changed |= set(found) ^ set(_matching(folder, pattern))
        return sorted(changed)

    def _is_same(self, path: Path) -> bool:
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.digest(path)
        except OSError:
            return False


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())
    except OSError as error:
        raise SourceError(f"{pattern}: cannot be looked for in {folder}: {error.strerror or error}") from error


def _read(path: Path) -> bytes | None:
    """A file's bytes; None where it was written to, or replaced, meanwhile."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        content = file.read()
        after, now = os.fstat(file.fileno()), path.stat()
    states = {(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns) for state in (before, after, now)}
    return content if len(states) == 1 and len(content) == before.st_size else None
