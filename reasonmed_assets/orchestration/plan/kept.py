"""The figures of the last plan of a warehouse, for the record of the build that it was made for.

A plan is for a build by the same values, prompts, files and selection, on the same rows. A build compares them only
where there is a plan, and by digests that it needs anyway.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from reasonmed_assets.config.reading import without_environment
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.prompts.rendering import prompt_hash
from reasonmed_assets.materialisation.session import read_inputs, split_roles
from reasonmed_assets.orchestration.plan.plan import Plan
from reasonmed_assets.roles import ROLES
from reasonmed_assets.sources import InputFiles, SourceError, input_digest
from reasonmed_assets.storage import open_warehouse

_FILE = ".plan.json"


def keep(plan: Plan, made_for: str, warehouse: Path) -> None:
    """Keep the figures of a plan in place of those of the one before, where the warehouse may be written.

    Args:
        plan: the plan.
        made_for: of `what_is_planned`, from before it was made.
        warehouse: its folder; where there is none, nothing is kept.
    """
    new = warehouse / f"{_FILE}.new"
    with suppress(OSError):
        new.write_text(json.dumps({"made_for": made_for, "figures": plan.for_record}), encoding="utf-8")
        new.replace(warehouse / _FILE)


def kept_for(
    settings: BuildSettings, files: InputFiles, sources: Sequence[str], tables: Collection[str] | None
) -> Mapping[str, float] | None:
    """What the last plan expects of a build, by column of `builds`; None where it was made for another one, or never.

    Args:
        settings: of the build.
        files: the input files as it sees them.
        sources, tables: as in `planning.plan`.
    """
    try:
        kept = json.loads((settings.warehouse_folder / _FILE).read_text(encoding="utf-8"))
        figures = {str(name): float(value) for name, value in kept["figures"].items()}
        is_for_it = kept["made_for"] == what_is_planned(settings, files, sources, tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return figures if is_for_it else None


def what_is_planned(
    settings: BuildSettings, files: InputFiles, sources: Sequence[str], tables: Collection[str] | None
) -> str:
    """Hash of what a plan is made for: the same arguments as in `kept_for`."""
    profile = settings.loaded_profile
    declarations, _ = read_inputs(settings, files)
    digests = {}
    for name, declaration in declarations.items():
        try:
            digests[name] = input_digest(declaration, settings.data_folder, split_roles(profile, name), files)
        except SourceError as error:
            digests[name] = str(error)
    last = 0
    if settings.warehouse_folder.is_dir():
        last = max((one.seq for one in open_warehouse(settings.warehouse_folder).standing().last.values()), default=0)
    values = without_environment(profile.model_dump(mode="json", exclude={"budget", "machine"}))
    parts = [
        values,
        [settings.limit, settings.limits, settings.retry_unresolved, settings.retry_only, str(settings.data_folder)],
        {role: prompt_hash(role) for role in ROLES},
        [digests, sorted(map(str, files.digests.values()))],
        [sorted(sources or declarations), None if tables is None else sorted(tables)],
        last,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
