"""What a build is started with: profile, places and limits. From the command line, the environment or the launchpad."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import ResolvedProfile, resolve_profile, shipped_profiles
from reasonmed_assets.config.toml import parse_toml
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.vocabulary import GIVEN_UP, Outcome

SAMPLE_DIR = Path(__file__).parents[1] / "sources" / "sample"
"""Data directory of the questions that come with the package: our own, in the native format of each source."""


class SettingsError(ReasonmedError):
    """A variable of the environment or an option that cannot be used; the message names it."""


@dataclass(frozen=True)
class BuildSettings:
    """Where a build reads and writes, and by which profile. The profile is read once, at its first use.

    Attributes:
        profile: name of a shipped profile or path of a TOML file.
        warehouse: folder of the warehouse.
        data_dir: folder of the source files; None: the profile's, else the sample that comes with the package.
        ledger: file of the call ledger; None: `ledger.sqlite` in the warehouse.
        limit: questions per source; None: the profile's.
        retry_unresolved: whether models are asked again about rows that earlier builds gave up.
        retry_only: tables and outcomes to which that is limited; none: no limit.
        set: values that replace those of the profile, by dotted key.
        allow_shrink: tables that may lose rows without a reason in this run (`quality/shrinking.py`).
        is_limit_given: the limit was typed for this run, as an option or into the launchpad: what is beyond it may go.
    """

    profile: str = "embedded"
    warehouse: str = "warehouse"
    data_dir: str | None = None
    ledger: str | None = None
    limit: int | None = None
    retry_unresolved: bool = False
    retry_only: tuple[str, ...] = ()
    set: dict[str, Any] = field(default_factory=dict)
    allow_shrink: tuple[str, ...] = ()
    is_limit_given: bool = False

    @classmethod
    def from_environment(cls, **given: Any) -> BuildSettings:
        """Settings from REASONMED_PROFILE, _WAREHOUSE, _DATA_DIR, _LEDGER, _LIMIT, _SET and _OVERRIDES; what is given
        wins, value by value in `set`.

        REASONMED_SET is a JSON object by dotted key. The file of REASONMED_OVERRIDES takes the place of the profile's
        `sources.overrides`.

        Raises:
            SettingsError: REASONMED_LIMIT is no number, or REASONMED_SET no JSON object.
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
        } | {key: value for key, value in given.items() if value is not None}
        found["set"] = (
            set_overrides(os.environ.get("REASONMED_OVERRIDES")) | _set_in_environment() | given.get("set", {})
        )
        return replace(cls(), **{key: value for key, value in found.items() if value is not None})

    def to_environment(self) -> dict[str, str]:
        """The variables from which another process reads the same settings (retries have none)."""
        values = {
            "REASONMED_PROFILE": self.profile_reference,
            "REASONMED_WAREHOUSE": str(_resolved(self.warehouse)),
            "REASONMED_DATA_DIR": self.data_dir and str(_resolved(self.data_dir)),
            "REASONMED_LEDGER": self.ledger and str(_resolved(self.ledger)),
            "REASONMED_LIMIT": self.limit and str(self.limit),
            "REASONMED_SET": self.set and json.dumps(self.set, default=str),
        }
        return {name: value for name, value in values.items() if value}

    @property
    def options(self) -> list[str]:
        """The options of the command line that give the same settings, without the warehouse and retries."""
        values = {
            "--profile": self.profile,
            "--data-dir": self.data_dir,
            "--ledger": self.ledger,
            "--limit": self.limit and str(self.limit),
        }
        given = [word for name, value in values.items() if value for word in (name, value)]
        for key, value in self.set.items():
            given += ["--set", f"{key}={json.dumps(value, default=str)}"]
        return given

    def retried_outcomes(self, table: str) -> frozenset[Outcome]:
        """How calls of a table ended that are made again although the ledger keeps them."""
        outcomes = GIVEN_UP.intersection(self.retry_only)
        tables = set(self.retry_only) - outcomes
        if not self.retry_unresolved or (tables and table not in tables):
            return frozenset()
        return outcomes or GIVEN_UP

    @cached_property
    def resolved_profile(self) -> ResolvedProfile:
        """The profile with `set` and the limit applied, and where its values come from.

        Raises:
            ProfileError: the profile cannot be used; the message names file and key.
        """
        return resolve_profile(self.profile, self.set | ({} if self.limit is None else {"limit": self.limit}))

    @property
    def loaded_profile(self) -> Profile:
        """The values of `resolved_profile`. Raises: see there."""
        return self.resolved_profile.profile

    @property
    def data_folder(self) -> Path:
        """The folder of the source files."""
        chosen = self.data_dir or self.loaded_profile.sources.data_dir
        return _resolved(chosen) if chosen else SAMPLE_DIR

    @property
    def profile_reference(self) -> str:
        """The profile, as it is found from any folder."""
        return self.profile if self.profile in shipped_profiles() else str(_resolved(self.profile))

    @property
    def warehouse_folder(self) -> Path:
        return _resolved(self.warehouse)

    @property
    def ledger_reference(self) -> str:
        """What names the ledger to `llm.ledger.opening`: a path."""
        return str(_resolved(self.ledger) if self.ledger else self.warehouse_folder / "ledger.sqlite")


def _resolved(path: str | Path) -> Path:
    """The path without links; one that links to itself stays, for whoever opens it to say so."""
    return Path(os.path.realpath(path))


def set_overrides(file: str | Path | None) -> dict[str, Any]:
    """The `set` that names another file of people's decisions, as it is found from any folder; none for no file."""
    return {"sources.overrides": str(_resolved(file))} if file else {}


def set_from(assignments: Sequence[str]) -> dict[str, Any]:
    """The `set` that texts such as `roles.verifier.temperature=0.2` stand for; the value is one of TOML.

    Raises:
        SettingsError: one is no assignment, or what it assigns is no value of TOML.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip()
        if not equals or not key:
            raise SettingsError(f"--set {assignment}: give KEY=VALUE, as rules.rewrite_rounds=1")
        try:
            ((_, values[key]),) = parse_toml(f"value = {text}", f"--set {key}", SettingsError).items()
        except SettingsError as error:
            raise SettingsError(f"{error}; a text is in quotes: --set '{key}=\"some text\"'") from error
        except ValueError as error:
            raise SettingsError(f"--set {key}: give one value") from error
    return values


def _set_in_environment() -> dict[str, Any]:
    text = os.environ.get("REASONMED_SET")
    if not text:
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise SettingsError('REASONMED_SET: give a JSON object by dotted key, as {"rules.rewrite_rounds": 1}')
    return values
