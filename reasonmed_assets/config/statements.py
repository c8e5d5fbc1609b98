"""What several files state one after the other, and which of them states each value. Nothing is validated here."""

from __future__ import annotations

from typing import Any

from reasonmed_assets.config.toml import Key, dotted


class Statements:
    """Values by key, as nested tables, each with the origin that stated it last.

    Attributes:
        values: the tables, without any origin.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._origins: dict[Key, str] = {}

    def merge(self, table: dict[str, Any], origin: str) -> None:
        """Tables are merged key by key; any other value, an array too, replaces the one before."""
        self._merge(self.values, table, origin, ())

    def put(self, key: Key, value: Any, origin: str) -> None:
        """Replace one value; a position in an array is part of a key.

        Raises:
            ValueError: a part of the key is a value, not a table, or an array has no such position.
        """
        at: Any = self.values
        walked: Key = ()
        for depth, part in enumerate(key, start=1):
            if not isinstance(at, dict | list):
                raise ValueError(f"{dotted(walked)} is a value, not a table")
            step: Any = _position(at, part) if isinstance(at, list) else part
            walked = (*walked, step)
            if depth == len(key):
                at[step] = value
            elif isinstance(at, dict):
                at = at.setdefault(step, {})
            else:
                at = at[step]
        self._forget(walked)
        self._origins[walked] = origin

    def remove(self, key: Key, origin: str) -> None:
        """Take a value or a table away; that it is missing is then what `origin` states.

        Raises:
            ValueError: nothing states it.
        """
        *parents, last = key
        at: Any = self.values
        for parent in parents:
            at = at.get(parent) if isinstance(at, dict) else None
        if not isinstance(at, dict) or last not in at:
            raise ValueError(f"{dotted(key)} is not stated by what this file extends")
        del at[last]
        self._forget(key)
        self._origins[key] = origin

    def origin(self, key: Key) -> str | None:
        """Where a value is stated; for one that is not, its table. None where nothing is."""
        return next((self._origins[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self._origins), None)

    def states(self, origin: str, key: Key) -> bool:
        """Whether the value of just this key comes from there."""
        return self._origins.get(key) == origin

    def _merge(self, into: dict[str, Any], table: dict[str, Any], origin: str, at: Key) -> None:
        for name, value in table.items():
            key = (*at, name)
            is_table = isinstance(value, dict)
            if name in into and not (is_table and isinstance(into[name], dict)):
                self._forget(key)
                del into[name]
            if is_table:
                self._merge(into.setdefault(name, {}), value, origin, key)
            else:
                into[name] = value
            self._origins[key] = origin

    def _forget(self, key: Key) -> None:
        self._origins = {known: origin for known, origin in self._origins.items() if known[: len(key)] != key}


def _position(array: list[Any], part: str | int) -> int:
    if not str(part).isdecimal() or int(part) >= len(array):
        raise ValueError(f"{part!r} is no position in an array of {len(array)}: they count from 0")
    return int(part)
