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
    """Have each value, of the types of JSON but objects, as a variable of the connection."""
    # At once: a statement of its own for each takes four times as long. To look for what can be optimised takes more
    # than half of it.
    each = (f"set variable {identifier(name)} = {_constant(value)}" for name, value in values.items())
    con.execute("; ".join(["pragma disable_optimizer", *each, "pragma enable_optimizer"]))


def _constant(value: Any) -> str:
    """A value in SQL, of the type that it has in Python."""
    match value:
        case None:
            return "null"
        case bool() | int():
            return str(value)
        case float():
            return f"{literal(repr(value))}::double"
        case str() if "\0" not in value:
            return literal(value)
        case list():
            return f"[{', '.join(map(_constant, value))}]"
        case _:
            raise TypeError(f"no SQL variable can hold {value!r}")


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
