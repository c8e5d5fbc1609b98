"""`reasonmed doctor`: finds what would stop a build, before it starts."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from reasonmed_assets.config import Profile
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.profile import Provider
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.people.overrides import read_overrides
from reasonmed_assets.servers.embedded import load_library

_PACKAGES = ("dagster", "duckdb", "polars", "pandera", "great-expectations", "pyreqwest")
_FREE_GIB_WANTED = 2.0
_TIMEOUT_S = 10.0
_T = TypeVar("_T")


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    subject: str
    is_fine: bool
    detail: str


def diagnose(settings: BuildSettings) -> list[Finding]:
    """Check everything that a build needs; report whether each is ready, and what to do if not."""
    findings = [_versions(), _disk(settings)]
    profile = _try("profile", lambda: settings.loaded_profile, findings)
    if profile is None:
        return findings
    findings += [Finding("profile", True, f"{profile.name}: {profile.provider_kind} models")]
    findings += [_recipe(settings)]
    findings += _overrides(profile)
    findings += _sources(settings, profile)
    findings += _warehouse(settings, profile)
    used = {profile.models[name].provider for name in profile.models}
    for name in sorted(used):
        findings += _provider(name, profile.providers[name])
    return findings


def _try(subject: str, look: Callable[[], _T], findings: list[Finding]) -> _T | None:
    try:
        return look()
    except (OSError, ReasonmedError) as error:
        findings.append(Finding(subject, False, str(error)))
        return None


def _versions() -> Finding:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    return Finding("versions", True, f"Python {sys.version.split()[0]}, {versions}")


def _disk(settings: BuildSettings) -> Finding:
    folder = settings.warehouse_folder
    while not folder.exists():
        folder = folder.parent
    free_gib = shutil.disk_usage(folder).free / 2**30
    detail = f"{free_gib:,.1f} GiB free for {settings.warehouse_folder}"
    if free_gib < _FREE_GIB_WANTED:
        return Finding("disk", False, f"{detail}; a build wants at least {_FREE_GIB_WANTED:.0f}")
    return Finding("disk", True, detail)


def _recipe(settings: BuildSettings) -> Finding:
    """What a build would start from, and what it would change of that."""
    from reasonmed_assets.orchestration.starting import announced

    kept = "none yet: the first build keeps one"
    if settings.base is not None:
        kept = f"version {settings.base.number}, set {settings.base.set_at} by {settings.base.set_by}"
    return Finding("recipe", True, "\n".join([kept, *announced(settings)]))


def _overrides(profile: Profile) -> list[Finding]:
    """The file of people's decisions, if any."""
    if profile.sources.overrides is None:
        return []
    findings: list[Finding] = []
    file = Path(profile.sources.overrides)
    found = _try("overrides", partial(read_overrides, file), findings)
    if found is not None:
        findings.append(Finding("overrides", True, f"{len(list(found.entries()))} entries in {file}"))
    return findings


def _sources(settings: BuildSettings, profile: Profile) -> Iterator[Finding]:
    from reasonmed_assets.materialisation.session import split_roles
    from reasonmed_assets.sources import load_declaration, read_source

    folder = settings.data_folder
    for name in profile.sources.declared:
        findings: list[Finding] = []
        declaration = _try(f"source {name}", partial(load_declaration, name), findings)
        if declaration is not None:
            roles = split_roles(profile, declaration.name)
            reading = _try(f"source {name}", partial(read_source, declaration, folder, roles), findings)
            if reading is not None:
                detail = f"{len(reading.questions):,} records, {len(reading.unreadable):,} unreadable, in {folder}"
                findings.append(Finding(f"source {name}", True, detail))
        yield from findings


def _warehouse(settings: BuildSettings, profile: Profile) -> Iterator[Finding]:
    """What the warehouse is bound to, and which version wrote it, its ledger and its history."""
    from reasonmed_assets.llm.ledger.opening import describe_store, store_exists
    from reasonmed_assets.orchestration import dagster_home
    from reasonmed_assets.orchestration.history import dagster_home_of
    from reasonmed_assets.storage import open_warehouse

    folder, ledger = settings.warehouse_folder, settings.ledger_reference
    if not folder.exists():
        yield Finding("warehouse", True, f"{folder} will be made")
    else:
        findings: list[Finding] = []
        warehouse = _try("warehouse", partial(open_warehouse, folder), findings)
        if warehouse is not None:
            data = str(settings.data_folder)
            _try("warehouse", partial(warehouse.refuse_other_build, profile.provider_kind, data), findings)
            said = None if warehouse.is_read_only else _try("warehouse", warehouse.describe_version, findings)
            if warehouse.is_read_only:
                detail = "may only be read: `sql`, `export` and `quality DIR` do so, a build needs another --warehouse"
                findings.append(Finding("warehouse", False, f"{folder} {detail}"))
            elif not findings:
                findings.append(Finding("warehouse", True, f"{folder}: {said}"))
        yield from findings
        from reasonmed_assets.orchestration.cleaning import describe_size

        size = f"{describe_size(folder)}; `{command('clean', warehouse=str(folder))}` lists what may go"
        yield Finding("left-overs", True, size)
    looks = {"ledger": (store_exists(ledger), partial(describe_store, ledger), ledger)}
    home = dagster_home_of(folder)
    looks["history"] = (home.exists(), partial(dagster_home.describe, home), str(home))
    for subject, (is_there, look, place) in looks.items():
        if is_there:
            findings = []
            said = _try(subject, look, findings)
            yield from findings or [Finding(subject, True, f"{place}: {said}")]


def _provider(name: str, provider: Provider) -> Iterator[Finding]:
    subject = f"provider {name}"
    if provider.server == "embedded":
        findings: list[Finding] = []
        if _try(subject, load_library, findings) is not None:
            findings.append(Finding(subject, True, "embedded model, started by the build"))
        yield from findings
    elif provider.server == "simulated":
        yield Finding(subject, True, "simulated endpoint, started by the build")
    elif provider.transport == "vllm":
        is_there = importlib.util.find_spec("vllm") is not None
        loaded = f"vLLM, which loads {provider.vllm['model']} when it is needed"
        absent = 'vLLM is not installed: pip install -c constraints.txt -e ".[vllm]"'
        yield Finding(subject, is_there, loaded if is_there else absent)
    else:
        for url in provider.base_urls:
            yield _endpoint(name, provider, url)


def _endpoint(name: str, provider: Provider, url: str) -> Finding:
    from reasonmed_assets.llm.transports.connection import count_models

    subject = f"provider {name}"
    try:
        n_models = asyncio.run(count_models(name, provider, url, _TIMEOUT_S))
    except ReasonmedError as error:
        return Finding(subject, False, str(error).removeprefix(f"{subject}: "))
    return Finding(subject, True, f"{url} serves {n_models} models")
