"""What the configuration of one run may change: nothing that says where keys and requests go or which files are used.

Whoever can start a run, in the UI or by a request to it, can set its configuration. So a run has the profile and the
places that its code location was started with. The values themselves are compared, never how they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, RootModel

from reasonmed_assets.config.profile import Profile, Spending
from reasonmed_assets.config.reading import ProfileError
from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.config.toml import Key, dotted, inline, leaves

_FREE = (("limit",), ("limits",), ("seed",), ("rules",), ("roles",), ("checks", "thresholds"))
"""Where any valid value may be set, apart from the names of models in `roles`."""
_PLACES: dict[str, Callable[[BuildSettings], str]] = {
    "profile": lambda settings: settings.profile_reference,
    "warehouse": lambda settings: str(settings.warehouse_folder),
    "ledger": lambda settings: settings.ledger_reference,
    "data_dir": lambda settings: str(settings.data_folder),
}
_FILES = "it says which files are read and written"
_ENDPOINTS = "it says where requests go, and keys with them"
_MODELS = "it says which model answers, and at what price"
_BUDGET = "a run may lower what may be spent, never raise it"
_REST = "it belongs to the profile"
_MAY = (
    "A run may set limit, retry_unresolved and, in `set`, limit, limits, seed, rules, the sampling in roles, "
    "checks.thresholds and a lower budget. Everything else is in the recipe of the warehouse (`reasonmed recipe`) and "
    "in its profile"
)


class LaunchError(ProfileError):
    """A run's configuration sets what it may not; the message names each key, and where it is set instead."""


def settings_of_run(
    defaults: BuildSettings,
    *,
    places: Mapping[str, str | None],
    limit: int | None,
    retry_unresolved: bool,
    set: Mapping[str, Any],
) -> BuildSettings:
    """The settings of a run: those of its code location with what the run's configuration changes.

    Args:
        defaults: what the code location was started with.
        places: profile, warehouse, ledger and data_dir, as an earlier run may have recorded them.
        limit: questions per source; None: as many as in `defaults`.
        retry_unresolved: whether models are asked again about rows that earlier builds gave up.
        set: values by dotted key, on top of those of `defaults`.

    Returns:
        `defaults` itself, whose profile is loaded already, where nothing differs.

    Raises:
        LaunchError: something is changed that a run may not change.
        ProfileError: what results is no valid profile.
    """
    problems = {}
    for name, value in places.items():
        # One at a time, so that no profile is read but the code location's own.
        named = replace(defaults, **{name: value})  # type: ignore[arg-type]
        if named != defaults and _PLACES[name](named) != _PLACES[name](defaults):
            problems[name] = _FILES
    given = Recipe(limit=defaults.limit, limits=defaults.limits, set=defaults.set)
    changed = given.changed({"limit": limit, "set": set})
    wanted = replace(
        defaults, retry_unresolved=retry_unresolved, limit=changed.limit, limits=changed.limits, set=changed.set
    )
    if wanted != defaults:
        problems |= _beyond(defaults.loaded_profile, wanted.loaded_profile)
    if problems:
        lines = [f"a run may not set {key}: {why}" for key, why in problems.items()]
        raise LaunchError("\n".join([*lines, _MAY]))
    return wanted if wanted != defaults else defaults


@dataclass(frozen=True)
class FreeValue:
    """A value that a run may set.

    Attributes:
        kind: its type, as the profile declares it.
        description: what it is, and what it is without a change.
    """

    kind: Any
    description: str


def free_values(profile: Profile) -> dict[str, FreeValue]:
    """What a run may set under `set`, by dotted key: what `settings_of_run` lets pass, so far as the type tells it."""
    models = {key[:3] for key in profile.roles.models()}
    found = {
        f"limits.{source}": FreeValue(int | None, "Questions of this source; null: all.")
        for source in profile.sources.declared
    }
    for role in type(profile.roles).model_fields:
        for name, field in Spending.model_fields.items():
            found[f"budget.roles.{role}.{name}"] = FreeValue(field.annotation, f"Of role {role}: {field.description}")
    for section, keys in _sections(profile):
        for name, field in type(section).model_fields.items():
            key = keys if isinstance(section, RootModel) else (*keys, name)
            is_free = key[0] == "budget" or any(key[: len(free)] == free for free in _FREE)
            value = getattr(section, name)
            if is_free and key[:3] not in models and not isinstance(value, BaseModel | Mapping):
                said = f"{field.description} " if field.description else ""
                now = f"Now: {inline(value)}" if isinstance(value, bool | int | float | str) else ""
                found[dotted(key)] = FreeValue(field.annotation, f"{said}{now}".strip())
    return found


def _sections(section: BaseModel, keys: Key = ()) -> Iterator[tuple[BaseModel, Key]]:
    """A section of a profile, and those within it, with their keys."""
    yield section, keys
    for name in type(section).model_fields:
        value = getattr(section, name)
        for key, one in value.items() if isinstance(value, Mapping) else [(None, value)]:
            if isinstance(one, BaseModel):
                yield from _sections(one, (*keys, name) if key is None else (*keys, name, key))


def _beyond(given: Profile, wanted: Profile) -> dict[str, str]:
    """Keys of the values that may not differ -> why."""
    before, after = dict(leaves(given.model_dump())), dict(leaves(wanted.model_dump()))
    models = {*given.roles.models(), *wanted.roles.models()}
    found = {}
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        is_free = any(key[: len(free)] == free for free in _FREE) and key not in models
        is_lower = key[0] == "budget" and new is not None and (old is None or new < old)
        if old != new and not is_free and not is_lower:
            found[dotted(key)] = _why(key, models)
    return found


def _why(key: Key, models: set[Key]) -> str:
    if key[0] == "sources":
        return _FILES
    if key[0] == "providers":
        return _ENDPOINTS
    if key[0] == "models" or key in models:
        return _MODELS
    return _BUDGET if key[0] == "budget" else _REST
