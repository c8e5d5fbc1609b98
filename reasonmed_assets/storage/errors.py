"""The errors of the storage layer."""

from __future__ import annotations

from reasonmed_assets.errors import ReasonmedError


class WarehouseError(ReasonmedError):
    """The warehouse cannot do what was asked. The message names the file or table, and what to do next."""


class OvertakenError(WarehouseError):
    """Rows that were to stay as they are have been published anew by another run; to look again is all that helps."""
