"""The header of a SQL file: comment lines `-- key: value` before the query, each key once.

A line that begins with `--` and at least four spaces continues the value above it. Which keys a file may have is said
by what reads it: `files.py` here, `reasonmed_assets.quality.declarations` for assertions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reasonmed_assets.errors import ReasonmedError

_ITEM = re.compile(r"-- ([a-z]+): (.*\S)\s*")
_CONTINUATION = re.compile(r"-- {4,}(.*\S)\s*")


class QueryError(ReasonmedError):
    """A SQL file that is absent or whose header is wrong; the message names file and line."""


def read_header(text: str, file: Path, keys: Sequence[str]) -> dict[str, str]:
    """The values of a file's header by key, in the order of the file.

    Args:
        text: content of the file.
        file: where it is, for messages.
        keys: the keys that it may have.

    Raises:
        QueryError: a line of the header is no item, or its key is unknown or given twice.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        if found and (continued := _CONTINUATION.fullmatch(line)):
            last = next(reversed(found))
            found[last] += f" {continued[1]}"
            continue
        item = _ITEM.fullmatch(line)
        if item is None or item[1] not in keys:
            raise QueryError(f"{file}, line {number}: expected '-- {'|'.join(keys)}: ...', not {line!r}")
        if item[1] in found:
            raise QueryError(f"{file}, line {number}: {item[1]!r} is given twice; keep one of the two")
        found[item[1]] = item[2]
    return found
