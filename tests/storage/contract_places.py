"""Where the contract's tests put a warehouse, how they open it again, and the processes that do things to it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forked import Forked

from reasonmed_assets.storage import Warehouse

Reopen = Callable[..., Warehouse]
"""Opens the test's warehouse once more, with other `tables` or `views`."""
Start = Callable[..., Forked]
"""Starts `contract_child.py` on the test's warehouse: action, further arguments."""


def open_at(opener: str, place: Path, **declared: Any) -> Warehouse:
    """The warehouse that an implementation has at a place; `opener` names its function as "module:function"."""
    module, _, function = opener.partition(":")
    return getattr(importlib.import_module(module), function)(place, **declared)
