"""What a build is started with: profile, places and limits. From the command line, the environment or the launchpad."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reasonmed_assets.config import Profile, load_profile
from reasonmed_assets.config.reading import shipped_profiles
from reasonmed_assets.errors import ReasonmedError

SAMPLE_DIR = Path(__file__).parents[1] / "sources" / "sample"
"""Data directory of the questions that come with the package: our own, in the native format of each source."""

_OVERRIDES_KEY = "sources.overrides"


class SettingsError(ReasonmedError):
    """A variable of the environment that cannot be used; the message names it."""


@dataclass(frozen=True)
class BuildSettings:
    """Where a build reads and writes, and by which profile.

    Attributes:
        profile: name of a shipped profile or path of a TOML file.
        warehouse: folder of the warehouse.
        data_dir: folder of the source files; None: the profile's, else the sample that comes with the package.
        ledger: file of the call ledger; None: `ledger.sqlite` in the warehouse.
        limit: questions per source; None: the profile's.
        retry_unresolved: whether models are asked again about rows that earlier builds gave up.
        overrides: values that replace those of the profile, by dotted key.
    """

    profile: str = "embedded"
    warehouse: str = "warehouse"
    data_dir: str | None = None
    ledger: str | None = None
    limit: int | None = None
    retry_unresolved: bool = False
    overrides: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, **given: Any) -> BuildSettings:
        """Settings from REASONMED_PROFILE, _WAREHOUSE, _DATA_DIR, _LEDGER, _LIMIT and _OVERRIDES; what is given wins.

        The file of _OVERRIDES takes the place of the profile's `sources.overrides`.

        Raises:
            SettingsError: REASONMED_LIMIT is no number.
        """
        limit = os.environ.get("REASONMED_LIMIT")
        if limit and not limit.isdecimal():
            raise SettingsError(f"REASONMED_LIMIT is {limit!r}: give a number of questions per source, or unset it")
        found = {
            "profile": os.environ.get("REASONMED_PROFILE"),
            "warehouse": os.environ.get("REASONMED_WAREHOUSE"),
            "data_dir": os.environ.get("REASONMED_DATA_DIR"),
            "ledger": os.environ.get("REASONMED_LEDGER"),
            "limit": int(limit) if limit else None,
            "overrides": overrides_from(os.environ.get("REASONMED_OVERRIDES")),
        } | {key: value for key, value in given.items() if value is not None}
        return replace(cls(), **{key: value for key, value in found.items() if value is not None})

    def to_environment(self) -> dict[str, str]:
        """The variables from which another process reads the same settings (retries, overridden values have none)."""
        values = {
            "REASONMED_PROFILE": self.profile_reference,
            "REASONMED_WAREHOUSE": str(Path(self.warehouse).resolve()),
            "REASONMED_DATA_DIR": self.data_dir and str(Path(self.data_dir).resolve()),
            "REASONMED_LEDGER": self.ledger and str(Path(self.ledger).resolve()),
            "REASONMED_LIMIT": self.limit and str(self.limit),
            "REASONMED_OVERRIDES": self.overrides.get(_OVERRIDES_KEY),
        }
        return {name: value for name, value in values.items() if value}

    def load_profile(self) -> Profile:
        """The profile with the overrides and the limit applied.

        Raises:
            ProfileError: the profile cannot be used; the message names file and key.
        """
        overrides = dict(self.overrides)
        if self.limit is not None:
            overrides["limit"] = self.limit
        return load_profile(self.profile, overrides)

    def data_folder(self, profile: Profile) -> Path:
        """The folder of the source files."""
        chosen = self.data_dir or profile.sources.data_dir
        return Path(chosen).resolve() if chosen else SAMPLE_DIR

    @property
    def profile_reference(self) -> str:
        """The profile, as it is found from any folder."""
        return self.profile if self.profile in shipped_profiles() else str(Path(self.profile).resolve())

    @property
    def warehouse_folder(self) -> Path:
        return Path(self.warehouse).resolve()

    @property
    def ledger_file(self) -> Path:
        return Path(self.ledger).resolve() if self.ledger else self.warehouse_folder / "ledger.sqlite"


def overrides_from(file: str | Path | None) -> dict[str, Any] | None:
    """The overrides of a profile that name another file of people's decisions, as it is found from any folder."""
    return {_OVERRIDES_KEY: str(Path(file).resolve())} if file else None
