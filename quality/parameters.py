"""The profile as SQL variables: what transforms and assertions read with `getvariable('...')`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from reasonmed_assets.sql import identifier, literal

from reasonmed_assets.vocabulary import AUDIT_KINDS

if TYPE_CHECKING:
    import duckdb

    from reasonmed_assets.config.profile import Profile


def variables(profile: Profile, source: str | None = None) -> dict[str, Any]:
    """Every value of a profile that SQL may read, by variable name.

    Args:
        profile: the profile of the build.
        source: whose limit is meant; None: that of the sources without one of their own.

    Returns:
        `seed`, `limit`, `paths_per_question`, `votes`, `provider_kind`, `audit_kinds`;
        `evaluator_quota`, the examples scored of a source; `sources`, the names of the declared sources;
        `generators`, a JSON list with one object per slot and sample; `rule_<name>` and `threshold_<name>` for
        everything under `rules` and `checks.thresholds`.
    """
    return {
        "seed": profile.seed,
        "limit": profile.limits.get(source, profile.limit) if source else profile.limit,
        "paths_per_question": profile.paths_per_question,
        "votes": profile.roles.verifier.votes,
        "provider_kind": profile.provider_kind,
        "sources": list(_source_names(profile.sources.declared)),
        "audit_kinds": list(AUDIT_KINDS),
        "evaluator_quota": -(-profile.rules.evaluator_sample // len(profile.sources.declared)),
        "generators": json.dumps(_generators(profile)),
        **{f"rule_{name}": value for name, value in profile.rules.model_dump().items()},
        **{f"threshold_{name}": value for name, value in profile.checks.thresholds.model_dump().items()},
    }


def set_variables(con: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    """Have each value as a variable of the connection: those that differ are set, each by a statement of its own."""
    if not values:
        return
    present = con.execute(f"select {', '.join(f'getvariable({literal(name)})' for name in values)}").fetchone() or ()
    for (name, value), before in zip(values.items(), present, strict=True):
        if type(before) is not type(value) or before != value:
            con.execute(f"set variable {identifier(name)} = ?", [value])


def _generators(profile: Profile) -> list[dict[str, Any]]:
    """One object per path of a question: what its row in reasoning_paths must say."""
    return [
        {
            "slot": slot.slot,
            "sample": sample,
            "temperature": temperature,
            "top_p": slot.top_p,
            "max_tokens": slot.max_tokens,
            "model": profile.models[slot.model].name,
            "model_key": slot.model,
            "revision": profile.models[slot.model].revision,
            "reasoning": profile.models[slot.model].reasoning,
        }
        for slot in profile.roles.generator
        for sample, temperature in enumerate(slot.temperatures, start=1)
    ]


@cache
def _source_names(declared: tuple[str, ...]) -> tuple[str, ...]:
    from reasonmed_assets.sources.declaration import load_declaration

    return tuple(load_declaration(name).name for name in declared)
