"""What the record of a build says of the project, the profile, models, prompts and packages."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import without_environment
from reasonmed_assets.config.recipes.book import who
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.prompts.rendering import prompt_hash
from reasonmed_assets.machine import this_process
from reasonmed_assets.roles import ROLES

_PROJECT = "reasonmed-assets"
_GIT_TIMEOUT_S = 10


def facts_at_start(settings: BuildSettings) -> dict[str, Any]:
    """What is known of a build when it begins."""
    profile = settings.loaded_profile
    revision, is_modified = _revision()
    return {
        "started_at": now(),
        "started_by": who(settings.started_by),
        "process": as_json(asdict(this_process())),
        "project": version(_PROJECT),
        "revision": revision,
        "is_modified": is_modified,
        "profile": profile.name,
        "profile_values": as_json(without_environment(profile.model_dump(mode="json"))),
        "models": as_json(_models(profile)),
        "prompts": as_json({role: prompt_hash(role) for role in ROLES}),
        "packages": as_json(_packages()),
    }


def _models(profile: Profile) -> dict[str, list[dict[str, str]]]:
    """Provider, name and revision of the models that answer, by role."""
    return {
        role: [
            profile.models[name].model_dump(mode="json", include={"provider", "name", "revision"})
            for name in sorted(set(profile.roles[role].models().values()))
        ]
        for role in ROLES
    }


@cache
def _packages() -> dict[str, str]:
    """The version of Python, and those of the packages that the project declares and that are installed."""
    found = {"python": platform.python_version()}
    for requirement in distribution(_PROJECT).requires or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # of an extra that is not installed
    return found


@cache
def _revision() -> tuple[str | None, bool | None]:
    """Revision in git that the project runs from, and whether its files differ; (None, None) where git knows neither.

    A package that pip installed from git says its revision itself.
    """
    told = json.loads(distribution(_PROJECT).read_text("direct_url.json") or "{}")
    if commit := told.get("vcs_info", {}).get("commit_id"):
        return commit, False
    folder = Path(__file__).parents[3]
    if not (folder / ".git").exists():
        return None, None
    command = [
        "git",
        # Of a checkout that others work in nothing is locked or written.
        "--no-optional-locks",
        "-C",
        str(folder),
        "status",
        "--porcelain=v2",
        "--branch",
        "--",
        "reasonmed_assets",
        "quality",
        "sql",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None, None
    lines = done.stdout.splitlines()
    revision = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), None)
    return revision, any(not line.startswith("#") for line in lines)


def as_json(values: Any) -> str:
    """Values as the record keeps them."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


def now() -> datetime:
    """The time, UTC, as tables have it."""
    return datetime.now(UTC).replace(tzinfo=None)
