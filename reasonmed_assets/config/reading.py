"""Profiles from TOML: every error names the file and the key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.toml_errors import problems
from reasonmed_assets.errors import ReasonmedError

_SHIPPED = Path(__file__).parent / "profiles"


class ProfileError(ReasonmedError):
    """A profile that cannot be used; the message names file, key and what was expected."""


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package."""
    return tuple(sorted(file.stem for file in _SHIPPED.glob("*.toml")))


def load_profile(name_or_path: str, overrides: dict[str, Any] | None = None) -> Profile:
    """Read a shipped profile by name, or one of the user's by path.

    Args:
        name_or_path: a shipped name, or the path of a TOML file.
        overrides: values by dotted key that replace those of the file ("roles.verifier.temperature": 0.2).

    Raises:
        ProfileError: no such profile, no TOML, or a wrong key or value.
    """
    file = _SHIPPED / f"{name_or_path}.toml" if name_or_path in shipped_profiles() else Path(name_or_path)
    if not file.is_file():
        raise ProfileError(
            f"there is no profile {name_or_path!r}: give the path of a TOML file or one of "
            + ", ".join(shipped_profiles())
        )
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file}: not valid TOML: {error}") from error
    settings.setdefault("name", file.stem)
    for key, value in (overrides or {}).items():
        _set(settings, key, value, file)
    _find_overrides(settings.get("sources"), file)
    try:
        profile = Profile.model_validate(settings)
        _ = profile.provider_kind
    except ValidationError as error:
        raise ProfileError("\n".join(f"{file}: {said}" for said in problems(error, "profile"))) from error
    except ValueError as error:
        raise ProfileError(f"{file}: {error}") from error
    return profile


def _find_overrides(sources: Any, file: Path) -> None:
    """The file of overrides is named from the profile's folder, so that both can move together."""
    if isinstance(sources, dict) and isinstance(sources.get("overrides"), str):
        sources["overrides"] = str((file.parent / sources["overrides"]).resolve())


def _set(settings: dict[str, Any], key: str, value: Any, file: Path) -> None:
    *parents, last = key.split(".")
    at: Any = settings
    for parent in parents:
        at = at[int(parent)] if isinstance(at, list) else at.setdefault(parent, {})
        if not isinstance(at, dict | list):
            raise ProfileError(f"{file}: {key}: {parent!r} is a value, not a section")
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
