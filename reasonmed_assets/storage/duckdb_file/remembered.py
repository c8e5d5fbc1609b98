"""What this process read from files, for as long as these are as they were: nothing is opened to find it once more."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar

_Found = TypeVar("_Found")
_Stamp = tuple[int, int, int] | None

_REMEMBERED: dict[Hashable, tuple[tuple[_Stamp, ...], Any]] = {}


def remembered(what: Hashable, files: Sequence[Path], find: Callable[[], _Found]) -> _Found:
    """What `find` finds, or found before where no file was replaced or written since.

    Args:
        what: tells apart what is found in the same files.
        files: what it reads; they need not be there.
        find: reads them.
    """
    # Before they are read: what is written meanwhile is read again the next time.
    stamps = tuple(map(_stamp, files))
    key = (what, *files)
    if key not in _REMEMBERED or _REMEMBERED[key][0] != stamps:
        _REMEMBERED[key] = (stamps, find())
    found: _Found = _REMEMBERED[key][1]
    return found


def remember(what: Hashable, files: Sequence[Path], found: Any) -> None:
    """Keep what is in files that were just written, by a process that nobody else writes beside; see `remembered`."""
    _REMEMBERED[what, *files] = (tuple(map(_stamp, files)), found)


def _stamp(file: Path) -> _Stamp:
    """Changes when a file is replaced or written; None where it is not there."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
