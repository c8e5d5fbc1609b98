"""Commands that messages suggest, so that they can be pasted."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path


def command(*words: str, warehouse: Path | str | None = None) -> str:
    """A `reasonmed` command for the shell, with the warehouse that it is about where that is not the default one.

    Where the environment names a warehouse, it is always there: the shell that the command is pasted into may have
    another environment.
    """
    is_default = "REASONMED_WAREHOUSE" not in os.environ and str(warehouse) == str(Path("warehouse").resolve())
    place = () if warehouse is None or is_default else ("--warehouse", str(warehouse))
    return " ".join(["reasonmed", *map(quoted, (*words, *place))])


def quoted(word: str) -> str:
    """A word as a shell reads it: in double quotes where they do, because SQL is full of single ones."""
    if shlex.quote(word) == word or re.search(r'["$`\\!]', word):
        return shlex.quote(word)
    return f'"{word}"'
