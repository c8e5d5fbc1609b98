"""What a recipe says, how it is changed, and what differs between two of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reasonmed_assets.config.reading import ProfileError, Stated, shipped_profiles, without_environment
from reasonmed_assets.config.statements import Statements
from reasonmed_assets.config.toml import Key, dotted, inline, key_of, leaves
from reasonmed_assets.errors import ReasonmedError

OVERRIDES = "sources.overrides"
ALL = 0
"""A limit that is none, whatever the profile says."""
_OF_ONE_RUN = "budget"
_SHOWN_VALUE = 60


class RecipeError(ReasonmedError):
    """A recipe that cannot be used or kept; the message says why, and what to do."""


@dataclass(frozen=True)
class KeptProfile:
    """What the files of a profile stated when it was taken in.

    Attributes:
        values: the stated values, without those of environment variables.
        digest: of the files that are the user's own.
    """

    values: dict[str, Any]
    digest: str

    @classmethod
    def of(cls, stated: Stated) -> KeptProfile:
        """What is kept of what files state now."""
        return cls(_plain(without_environment(stated.statements.values)), stated.own_digest)


@dataclass(frozen=True)
class Recipe:
    """What the builds of a warehouse are made by.

    Attributes:
        profile: name of a shipped profile or absolute path of a file.
        kept: what that profile stated when it was taken in; None: it was not read yet.
        data_dir: folder of the source files; None: the profile's, else the sample.
        ledger: file of the call ledger; None: the one in the warehouse.
        limit: questions per source; None: the profile's; `ALL`: no limit.
        limits: questions of single sources.
        set: values that replace those of the profile, by dotted key.
    """

    profile: str = "embedded"
    kept: KeptProfile | None = None
    data_dir: str | None = None
    ledger: str | None = None
    limit: int | None = None
    limits: dict[str, int] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)

    def changed(self, given: Mapping[str, Any], sources: Sequence[str] = ()) -> Recipe:
        """This recipe with what is given; a limit holds for the sources that are named, else for all."""
        new = {name: given[name] for name in ("profile", "data_dir", "ledger") if given.get(name) is not None}
        if "profile" in new:
            new["kept"] = None
        limits, others = _split_limits(given.get("set") or {})
        stated = limits.pop("", None)
        limit = stated if given.get("limit") is None else given["limit"]
        of_sources = self.limits
        if limit is not None and sources:
            of_sources = self.limits | dict.fromkeys(sources, limit)
        elif limit is not None:
            new["limit"], of_sources = limit, {}
        new["limits"] = of_sources | limits
        return replace(self, **new, set=_merged(self.set, others))

    def without(self, names: Sequence[str]) -> Recipe:
        """This recipe without what is named as `shown` names it: the profile's value holds again.

        Raises:
            RecipeError: nothing of that name is set.
        """
        cleared = {"data directory": "data_dir", "ledger": "ledger", "limit": "limit"}
        found = self
        for name in names:
            source = name.removeprefix("limit of ")
            key = OVERRIDES if name == "overrides" else name
            if name not in self.shown() or name == "profile":
                settable = ", ".join(repr(one) for one in self.shown() if one != "profile")
                raise RecipeError(f"{name!r} is not set in the recipe: what can be unset is {settable or 'nothing'}")
            if name in cleared:
                nothing: dict[str, Any] = {cleared[name]: None}
                found = replace(found, **nothing)
            elif source in found.limits and source != name:
                found = replace(found, limits={one: n for one, n in found.limits.items() if one != source})
            else:
                found = replace(found, set={one: value for one, value in found.set.items() if one != key})
        return found

    @property
    def keepable(self) -> Recipe:
        """This recipe without what is never kept: budgets, and values of environment variables."""
        kept = {key: value for key, value in self.set.items() if _key_of(key)[0] != _OF_ONE_RUN}
        nested = {key: _nested(key, value) for key, value in kept.items()}
        clean = {key: kept[key] for key, table in nested.items() if without_environment(table) == table}
        return replace(self, set=_plain(clean))

    def shown(self) -> dict[str, Any]:
        """What it sets, by the names that people read; the values of the profile are not among it."""
        found: dict[str, Any] = {"profile": self.profile, "data directory": self.data_dir, "ledger": self.ledger}
        found["overrides"] = self.set.get(OVERRIDES)
        found["limit"] = "all" if self.limit == ALL else self.limit
        found |= {f"limit of {source}": n or "all" for source, n in self.limits.items()}
        found |= {key: value for key, value in self.set.items() if key != OVERRIDES}
        return {name: value for name, value in found.items() if value is not None}


def changes(old: Recipe, new: Recipe) -> list[str]:
    """What differs between two recipes, a line each, as `limit 20 -> 200`."""
    found = list(_differences(old.shown(), new.shown()))
    if old.profile == new.profile and old.kept and new.kept:
        found += [f"profile: {line}" for line in profile_changes(old.kept.values, new.kept.values)]
    return found


def profile_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between the values of two profiles, a line each."""
    return list(_differences(_by_key(old), _by_key(new)))


def as_kept(now: Stated, kept: KeptProfile) -> tuple[Stated, list[str]]:
    """A profile as a recipe keeps it, and a line for each value that an upgrade of this program changed since.

    Args:
        now: what its files state now; values of environment variables are taken from there.
        kept: what they stated when the profile was taken in.

    Raises:
        ProfileError: a file of the user's says something else now; the message has the differences.
    """
    found = profile_changes(kept.values, KeptProfile.of(now).values)
    if found and now.own_digest != kept.digest:
        lines = "".join(f"\n  {line}" for line in found)
        raise ProfileError(
            f"{now.file} differs from what this warehouse keeps of it:{lines}\n"
            f"Take it in with --profile {now.file}, or restore the file"
        )
    statements = Statements()
    statements.merge(json.loads(json.dumps(kept.values)), str(now.file))
    for name, provider in (now.statements.values.get("providers") or {}).items():
        for key in provider.keys() - without_environment({"providers": {name: provider}})["providers"][name].keys():
            if name in statements.values.get("providers", {}):
                statements.put(("providers", name, key), provider[key], str(now.file))
    return replace(now, statements=statements, misplaced=()), found


def profile_reference(profile: str) -> str:
    """A profile, as it is found from any folder."""
    return profile if profile in shipped_profiles() else os.path.realpath(profile)


def _key_of(text: str) -> Key:
    """A dotted key; one that is none is refused where the profile is resolved."""
    try:
        return key_of(text)
    except ValueError:
        return (text,)


def _nested(key: str, value: Any) -> dict[str, Any]:
    for part in reversed(_key_of(key)):
        value = {part: value}
    nested: dict[str, Any] = value
    return nested


def _split_limits(given: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, Any]]:
    """The limits among values by dotted key, by source, that of all sources under ""; and the other values."""
    limits, others = {}, {}
    for key, value in given.items():
        table, *source = _key_of(key)
        is_limit = (table, len(source)) in (("limit", 0), ("limits", 1))
        if is_limit and (value is None or (type(value) is int and value > 0)):
            limits[str(source[0]) if source else ""] = value or ALL
        else:
            others[key] = value
    return limits, others


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted key: a new one comes after, and in place of, what is at or under its key."""
    given = [_key_of(key) for key in new]
    kept = {key: value for key, value in old.items() if not any(_key_of(key)[: len(one)] == one for one in given)}
    return kept | dict(new)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield f"{name} {_said(old.get(name))} -> {_said(new.get(name))}"


def _said(value: Any) -> str:
    text = "none" if value is None else value if isinstance(value, str) else inline(value)
    return text if len(text) <= _SHOWN_VALUE or "/" in text else f"{text[:_SHOWN_VALUE]}…"


def _by_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {dotted(key): value for key, value in leaves(dict(values))}


def _plain(values: Any) -> Any:
    """Values as they are read back from JSON: a date is a text."""
    return json.loads(json.dumps(values, default=str))
