"""Fingerprints: what the rows of a partition were made from, by named parts, so that a build can say what changed.

The parts are the SQL files and macros, the prompts, the schema, the Python code, each value of the profile, and each
input. Only what the table uses is among them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.requests import Additions
from reasonmed_assets.llm.prompts.rendering import prompt_hash
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.transform import Transform
from reasonmed_assets.quality.parameters import variables
from reasonmed_assets.quality.schema import TABLES, TableSpec

Parts = Mapping[str, str]
"""What rows were made from: a digest, or a value as JSON, by name."""
Changes = Mapping[tuple[str, str], int]
"""Number of the last publish that changed a row, by table and partition."""

TABLE = "table "
"""What the parts of tables that are read begin with; each holds the number of the last change."""
RESTORED = "restored"
"""The part of rows that were restored: as of which publish. No build has it, so each makes them again."""
_LAYOUT = re.compile(r"""(?P<quoted>'[^']*'|"[^"]*")|(?:\s|--[^\n]*|/\*.*?\*/)+""", re.DOTALL)
_CHANGES_NO_REPLY = {"prices", "prompt_usd_per_million", "completion_usd_per_million", "terms"}
_PROVIDER_IDENTITY = {"kind", "structured", "extra_body", "omit"}
_ADDITIONS = frozenset(Additions.model_fields) | {"reasoning_marks"}


def static_parts(table: TableDefinition, profile: Profile, partition: str | None = None) -> dict[str, str]:
    """The parts that follow from the code location: all but the inputs."""
    transform = table.transform
    parts = sql_parts(transform, table.spec)
    parts |= {f"prompt {role}": prompt_hash(role) for role in transform.roles}
    if table.code.digest:
        parts["code"] = table.code.digest
    values = declared_values(table, profile, partition)
    parts |= {_profile_key(name): json.dumps(value) for name, value in values.items()}
    for role in transform.roles:
        parts |= {key: json.dumps(value, sort_keys=True) for key, value in _answered_by(profile, role)}
    return parts


def sql_parts(transform: Transform, spec: TableSpec) -> dict[str, str]:
    """The parts that follow from a table's SQL and its schema."""
    parts = {f"sql/{query.name}.sql": digest(bare(query.text)) for query in transform.queries}
    parts |= {f"macro {name}": digest(bare(text)) for name, text in transform.macros.items()}
    return parts | {"schema": digest(json.dumps(_schema(spec)))}


def all_parts(table: TableDefinition, session: BuildSession, partition: str | None, changes: Changes) -> dict[str, str]:
    """The static parts under the session's profile, and the state of every input of a partition.

    Args:
        table: the table.
        session: the run.
        partition: its partition; None for a table without partitions.
        changes: `changes` of `Warehouse.standing`.
    """
    parts = static_parts(table, session.profile, partition)
    for one in table.inputs:
        parts |= {name: json.dumps(state) for name, state in one.state(session, partition).items()}
    return parts | {
        f"{TABLE}{name}": json.dumps(last_change(changes, table.spec, name, partition))
        for name in table.transform.tables
    }


def last_change(changes: Changes, spec: TableSpec, upstream: str, partition: str | None) -> int | None:
    """Number of the last publish that changed what a partition reads of another table; None before the first.

    That is the same partition of it, or all of it where its partitions are of another kind.

    Args:
        changes: `changes` of `Warehouse.standing`.
        spec: the table.
        upstream: name of the other one.
        partition: the partition of the table.
    """
    shares_partition = spec.partitioned_by == TABLES[upstream].partitioned_by
    found = [
        seq
        for (name, of), seq in changes.items()
        if name == upstream and (not shares_partition or of == (partition or ""))
    ]
    return max(found, default=None)


def fingerprint(parts: Parts) -> str:
    """Hash over named parts: 32 hex digits."""
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[:32]


def stale_parts(last: Parts, now: Parts) -> list[str]:
    """The names of the parts in which two publishes of a partition differ, sorted."""
    return sorted(name for name in last.keys() | now.keys() if last.get(name) != now.get(name))


def declared_values(table: TableDefinition, profile: Profile, partition: str | None) -> dict[str, Any]:
    """The values of a profile that a table's SQL and code read, by the name of their SQL variable."""
    known = variables(profile, table.spec.partition_values(partition).get("source"))
    names = (table.transform.variables | table.code.variables) & known.keys()
    return {name: known[name] for name in sorted(names)}


def _profile_key(variable: str) -> str:
    """How a profile calls the value of a variable."""
    return f"rules.{variable.removeprefix('rule_')}" if variable.startswith("rule_") else variable


def _answered_by(profile: Profile, role: str) -> Iterator[tuple[str, Any]]:
    """The role's section of the profile, and the models and providers behind it, as far as they change replies."""
    section = profile.roles[role]
    yield f"roles.{role}", section.model_dump(mode="json")
    for name in sorted(set(section.models().values())):
        model = profile.models[name]
        yield f"models.{name}", _declared(model.model_dump(mode="json", exclude=_CHANGES_NO_REPLY))
        provider = profile.providers[model.provider]
        yield f"providers.{model.provider}", _declared(provider.model_dump(mode="json", include=_PROVIDER_IDENTITY))


def _declared(values: dict[str, Any]) -> dict[str, Any]:
    """The values without those that change nothing where they are not declared."""
    return {name: value for name, value in values.items() if value or name not in _ADDITIONS}


def _schema(spec: TableSpec) -> list[Any]:
    """What of a declaration decides the stored rows: key, columns, types, nulls. The checks run in any case."""
    types = spec.duckdb_types()
    return [spec.key, spec.is_partitioned, [[name, types[name], one.nullable] for name, one in spec.columns.items()]]


def bare(text: str) -> str:
    """SQL without its header, other comments and the way that it is laid out; quoted texts stay as they are."""
    return _LAYOUT.sub(lambda match: match["quoted"] or " ", text).strip()


def digest(text: str) -> str:
    """Hash of a text: 16 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
