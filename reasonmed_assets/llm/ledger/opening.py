"""Opens the call store that a setting names. The one place that knows which kinds of database there are."""

from __future__ import annotations

from pathlib import Path

from reasonmed_assets.llm.ledger.sqlite.store import (
    SqliteReader,
    SqliteStore,
    copy_of,
    describe_version,
    is_current,
)
from reasonmed_assets.llm.ledger.store import CallStore


def open_store(reference: str | Path) -> CallStore:
    """The store that a reference names: the path of an SQLite file, which is made when absent.

    Raises:
        LedgerError: it cannot be opened, is no ledger, or has a version that this program cannot use.
    """
    return SqliteStore(Path(reference))


def open_for_reading(reference: str | Path, scratch: Path) -> CallStore:
    """The store that a reference names, of which nothing is changed: what is handed over to be written is dropped.

    Args:
        reference: the path of an SQLite file; where there is none, the store is empty.
        scratch: a folder, where a store of an earlier version is copied to and brought forward.

    Raises:
        LedgerError: it cannot be read, is no ledger, or has a version that this program cannot use.
    """
    if store_is_current(reference):
        return SqliteReader(Path(reference))
    if store_exists(reference):
        return SqliteStore(copy_of(Path(reference), scratch))
    return SqliteStore(scratch / "ledger.sqlite")


def store_exists(reference: str | Path) -> bool:
    """Whether a store was ever opened under a reference."""
    return Path(reference).exists()


def store_is_current(reference: str | Path) -> bool:
    """Whether a store is there and `open_store` would change nothing in it. Raises: see `describe_store`."""
    return store_exists(reference) and is_current(Path(reference))


def describe_store(reference: str | Path) -> str:
    """Which version of the schema a store has, and what the next build brings forward. Changes nothing.

    Raises:
        LedgerError: it cannot be read, is no ledger, or has a version that this program cannot use.
    """
    return describe_version(Path(reference))
