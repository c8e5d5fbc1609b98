"""The one error of the storage layer."""

from __future__ import annotations


class WarehouseError(RuntimeError):
    """The warehouse cannot do what was asked. The message names the file or table, and what to do next."""
