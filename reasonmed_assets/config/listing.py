"""A profile for people and editors: its resolved values with their origins, and a JSON schema of its keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import ResolvedProfile, shipped_file, shipped_profiles
from reasonmed_assets.config.toml import Key, dotted, inline

_COLUMN = 56
_EXTENDING = {
    "extends": {
        "type": "string",
        "description": "Name of a shipped profile, or a file relative to this one's folder, whose values hold where "
        "this file says nothing else. Tables are merged, arrays are replaced.",
    },
    "unset": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Dotted keys that are taken away from what this file extends.",
    },
}


def listing(resolved: ResolvedProfile) -> Iterator[str]:
    """Lines of a TOML file that is the whole profile; a comment behind each value says where it comes from."""
    return _table(resolved, (), "", resolved.profile.model_dump(), resolved.statements.values)


def schema() -> dict[str, Any]:
    """JSON schema of a profile's file. No key is required: a file may extend one that has it."""
    whole = Profile.model_json_schema()
    for part in (whole, *whole["$defs"].values()):
        part.pop("required", None)
    return whole | {"properties": _EXTENDING | whole["properties"]}


def _table(resolved: ResolvedProfile, at: Key, header: str, values: dict[str, Any], stated: Any) -> Iterator[str]:
    """A table's own values, then the tables in it; `stated` is what files state of it."""
    own = {name: value for name, value in values.items() if not (isinstance(value, dict) or _is_array_of_tables(value))}
    if header and own:
        yield f"\n{header}"
    for name, value in own.items():
        if value is None:
            yield f"# {dotted([name])} is not set"
        else:
            origin = _shown(resolved.statements.origin((*at, name))) if name in stated else "default"
            yield f"{f'{dotted([name])} = {inline(value)}':<{_COLUMN}}  # {origin}"
    for name, value in values.items():
        key = (*at, name)
        if name in own:
            continue
        if isinstance(value, dict):
            yield from _table(resolved, key, f"[{dotted(key)}]", value, stated.get(name, {}))
        else:
            elements = stated[name]
            for place, element in enumerate(value):
                # An array of one table may be stated in another form: as the table, or as a value that stands for it.
                is_array = isinstance(elements, list)
                own_stated = elements[place] if is_array else elements if isinstance(elements, dict) else element
                at_element = (*key, place) if is_array else key
                yield from _table(resolved, at_element, f"[[{dotted(key)}]]", element, own_stated)


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(element, dict) for element in value)


def _shown(origin: str | None) -> str:
    if origin is None:
        return "default"
    file = Path(origin)
    return f"shipped {file.name}" if file.stem in shipped_profiles() and file == shipped_file(file.stem) else origin
