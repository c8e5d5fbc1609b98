"""Profiles from TOML: what extends what, which file states each value, where its paths lead.

Every error names the file and the key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reasonmed_assets.config.prices import restate
from reasonmed_assets.config.profile import SOURCE_NAME, Profile
from reasonmed_assets.config.statements import Statements
from reasonmed_assets.config.toml import Key, check_values, dotted, key_of, read_toml, said
from reasonmed_assets.errors import ReasonmedError

SET = "set for this run"
"""Origin of a value that no file states."""
_ENVIRONMENT = "vllm_environment"
"""Key of a provider whose values are environment variables."""

_SHIPPED = Path(__file__).parent / "profiles"


class ProfileError(ReasonmedError):
    """A profile that cannot be used; the message names file, key and what was expected."""


@dataclass(frozen=True)
class ResolvedProfile:
    """A profile with what it extends, and where each of its values comes from.

    Attributes:
        profile: the values, defaults included.
        statements: the values that files and this run state.
    """

    profile: Profile
    statements: Statements


@dataclass(frozen=True)
class Stated:
    """What the files of a profile state, before anything is set for a run.

    Attributes:
        file: the profile's own file.
        statements: the stated values and their files.
        own_digest: of what files state that do not come with the package; values of environment variables apart.
        misplaced: paths that only the working directory has: file, key and problem.
    """

    file: Path
    statements: Statements
    own_digest: str
    misplaced: tuple[tuple[str, Key, str], ...]


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package."""
    return tuple(sorted(file.stem for file in _SHIPPED.glob("*.toml")))


def shipped_file(name: str) -> Path:
    """The file of a shipped profile."""
    return _SHIPPED / f"{name}.toml"


def load_profile(name_or_path: str, set: dict[str, Any] | None = None) -> Profile:
    """The values of a profile; see `resolve_profile`."""
    return resolve_profile(name_or_path, set).profile


def resolve_profile(name_or_path: str, set: dict[str, Any] | None = None) -> ResolvedProfile:
    """A profile with values that replace those of its files.

    Args:
        name_or_path: a shipped name, or the path of a TOML file.
        set: values by dotted key that replace those of the files ("roles.verifier.temperature": 0.2); their paths are
            relative to the working directory.

    Raises:
        ProfileError: no such profile, no TOML, a cycle, or a wrong key or value.
    """
    return resolve(read_profile(name_or_path), set)


def read_profile(name_or_path: str) -> Stated:
    """What a shipped profile or a file of the user's states, with what it extends; nothing is validated yet.

    Raises:
        ProfileError: no such profile, no TOML, or a cycle.
    """
    file = shipped_file(name_or_path) if name_or_path in shipped_profiles() else Path(name_or_path)
    if not os.path.lexists(file):
        raise ProfileError(
            f"there is no profile {name_or_path!r}: give the path of a TOML file or one of "
            + ", ".join(shipped_profiles())
        )
    statements = Statements()
    misplaced: list[tuple[str, Key, str]] = []
    own: list[dict[str, Any]] = []
    for stating, table in _chain(file):
        if stating.parent != _SHIPPED:
            own.append(without_environment(table))
        if stating is not file:
            table.pop("name", None)
        _unset(statements, table.pop("unset", []), stating)
        misplaced += [(str(stating), *found) for found in _make_absolute(table, stating.parent)]
        for name, model in _table(table, "models").items():
            restate(_table(_table(statements.values, "models"), name), model if isinstance(model, dict) else {})
        statements.merge(table, str(stating))
    if not statements.states(str(file), ("name",)):
        statements.put(("name",), file.stem, str(file))
    digest = hashlib.sha256(json.dumps(own, sort_keys=True, default=str).encode()).hexdigest()[:32]
    return Stated(file, statements, digest, tuple(misplaced))


def resolve(stated: Stated, set: dict[str, Any] | None = None) -> ResolvedProfile:
    """What files state, with values that replace theirs; see `resolve_profile`."""
    file, statements = stated.file, deepcopy(stated.statements)
    for key, value in (set or {}).items():
        try:
            at = key_of(key)
            check_values(value, f"{file}, as {SET}", ProfileError, at)
            if at[0] == "models" and len(at) > 2:
                restate(_table(_table(statements.values, "models"), str(at[1])), {str(at[2]): value})
            statements.put(at, deepcopy(value), SET)
        except ValueError as error:
            raise ProfileError(f"{file}, as {SET}: {key}: {error}") from error
    _make_absolute(statements.values, Path.cwd())
    for origin, path, problem in stated.misplaced:
        if statements.states(origin, path):
            raise ProfileError(f"{origin}: {dotted(path)}: {problem}")
    return ResolvedProfile(_validated(statements, file), statements)


def without_environment(values: dict[str, Any]) -> dict[str, Any]:
    """A copy of a profile's values without those of environment variables."""
    copy = deepcopy(values)
    for name in _table(copy, "providers"):
        _table(_table(copy, "providers"), name).pop(_ENVIRONMENT, None)
    return copy


def with_absolute_paths(set: dict[str, Any]) -> dict[str, Any]:
    """Values by dotted key, with their paths as they are found from any folder.

    Raises:
        ProfileError: a key is none.
    """
    found = {}
    for key, value in set.items():
        try:
            at = key_of(key)
            statements = Statements()
            statements.put(at, deepcopy(value), SET)
        except ValueError as error:
            raise ProfileError(f"{SET}: {key}: {error}") from error
        _make_absolute(statements.values, Path.cwd())
        one: Any = statements.values
        for part in at:
            one = one[part]
        found[key] = one
    return found


def _chain(file: Path) -> list[tuple[Path, dict[str, Any]]]:
    """A file and all that it extends, the file itself last."""
    chain: list[tuple[Path, dict[str, Any]]] = []
    seen: list[str] = []
    while True:
        seen.append(os.path.realpath(file))
        table = read_toml(file, ProfileError)
        chain.insert(0, (file, table))
        if "extends" not in table:
            return chain
        extended = _extended(table.pop("extends"), file)
        if os.path.realpath(extended) in seen:
            names = " -> ".join(str(one) for one in [*(known for known, _ in reversed(chain)), extended])
            raise ProfileError(f"{file}: extends: profiles extend one another in a circle: {names}")
        file = extended


def _extended(named: Any, file: Path) -> Path:
    if not isinstance(named, str) or not named:
        raise ProfileError(f"{file}: extends: give one name or path in quotes (it is {named!r})")
    if named in shipped_profiles():
        return shipped_file(named)
    extended = file.parent / named
    if os.path.lexists(extended):
        return extended
    problem = _found_elsewhere(named, extended) or (
        f"there is no file {extended}, and the shipped profiles are {', '.join(shipped_profiles())}"
    )
    raise ProfileError(f"{file}: extends: {problem}")


def _unset(statements: Statements, keys: Any, file: Path) -> None:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ProfileError(f'{file}: unset: give an array of keys, as ["rules.audit_share"] (it is {keys!r})')
    for key in keys:
        try:
            statements.remove(key_of(key), str(file))
        except ValueError as error:
            raise ProfileError(f"{file}: unset: {error}") from error


def _make_absolute(values: dict[str, Any], folder: Path) -> list[tuple[Key, str]]:
    """Make every path absolute. Returns those (key, problem) that only the working directory has."""
    misplaced = []
    for key, holder, name in _paths(values):
        stated = holder[name]
        holder[name] = os.path.realpath(folder / stated)
        if problem := _found_elsewhere(stated, Path(holder[name])):
            misplaced.append((key, problem))
    return misplaced


def _paths(values: dict[str, Any]) -> Iterator[tuple[Key, Any, Any]]:
    """Where a path is stated: key of its value, then the table or array that holds it, and its place in there."""
    sources = _table(values, "sources")
    for name in ("data_dir", "overrides"):
        if isinstance(sources.get(name), str):
            yield ("sources", name), sources, name
    declared = sources.get("declared")
    for place, source in enumerate(declared if isinstance(declared, list) else ()):
        if isinstance(source, str) and not re.fullmatch(SOURCE_NAME, source):
            yield ("sources", "declared"), declared, place
    for name, provider in _table(values, "providers").items():
        vllm = _table(provider, "vllm")
        # Any other name is one that vLLM looks up on the Hugging Face hub.
        if isinstance(vllm.get("model"), str) and vllm["model"].startswith(("./", "../", "/")):
            yield ("providers", name, "vllm", "model"), vllm, "model"


def _table(values: Any, name: str) -> dict[str, Any]:
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


def _found_elsewhere(stated: str, meant: Path) -> str | None:
    """What is wrong where a path leads nowhere from the profile's folder, but somewhere from the working directory."""
    elsewhere = os.path.realpath(stated)
    # Unlike Path.exists, this raises nothing for what cannot be a path.
    if os.path.exists(meant) or not os.path.exists(elsewhere):  # noqa: PTH110
        return None
    return (
        f"there is no {meant}, and a path in a profile is relative to the profile's folder; if {elsewhere} is meant, "
        "give that path"
    )


def _validated(statements: Statements, file: Path) -> Profile:
    try:
        profile = Profile.model_validate(statements.values)
        _ = profile.provider_kind
    except ValidationError as error:
        lines = []
        for found in error.errors(include_url=False):
            # "[key]" is pydantic's mark for the name of a table rather than its value.
            at = tuple(part for part in found["loc"] if part != "[key]")
            key = getattr(found.get("ctx", {}).get("error"), "key", at)
            origin = statements.origin(key) or str(file)
            where = f"{file}, as {SET}" if origin == SET else origin
            lines.append(f"{where}: {dotted(key) or 'profile'}: {said(found)}")
        raise ProfileError("\n".join(lines)) from error
    except ValueError as error:
        raise ProfileError(f"{file}: {error}") from error
    return profile
