"""The relation `replies`, by which a query reads what became of a step's calls: one row per call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields

import pyarrow as pa

from reasonmed_assets import sql
from reasonmed_assets.llm.replies.parsing import TextReply
from reasonmed_assets.roles import Role, role_named
from reasonmed_assets.roles.replies import Text

REPLIES = pa.schema(
    [
        ("row_id", pa.string()),
        ("value", pa.string()),
        ("raw_text", pa.string()),
        ("outcome", pa.string()),
        ("outcome_detail", pa.string()),
        ("error_kind", pa.string()),
        ("is_missing", pa.bool_()),
        ("call_keys", pa.list_(pa.string())),
        ("model", pa.string()),
        ("revision", pa.string()),
        ("served_model", pa.string()),
        ("system_fingerprint", pa.string()),
        ("provider_kind", pa.string()),
        ("prompt_hash", pa.string()),
        ("temperature", pa.float64()),
        ("top_p", pa.float64()),
        ("max_tokens", pa.int64()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("reasoning_tokens", pa.int64()),
        ("attempts", pa.int64()),
    ]
)

WRITTEN = ("value", "raw_text")
"""The columns that a model wrote: the parsed reply as JSON, and its text. The others describe the call."""

_READ = re.compile(r"\bvalue\s*->>?\s*'(\w+)'")


def value_fields(role: Role) -> set[str]:
    """The keys that `value` may have where the role answers."""
    model = set() if isinstance(role.reply, Text) else set(role.reply.model_fields)
    if role.form is None:
        return model
    text = {field.name for field in fields(TextReply)} - {"json_reply"}
    return text | (model - {"path"}) | ({"leak_phrases"} if role.may_leak else set())


def check_read_fields(queries: Iterable[sql.Query]) -> None:
    """Every key of `value` that a query reads is a field of a reply to its step; another would always be null.

    Raises:
        QueryError: some are not; every problem has a line that names the file and the field.
        RoleError: a step is answered by a role that is not declared.
    """
    problems = []
    for query in queries:
        roles = sql.query(query.step).roles if query.step else ()
        known = {name for role in roles for name in value_fields(role_named(role))}
        problems += [
            f"sql/{query.name}.sql reads {name!r} of the replies of {' or '.join(roles)}, which have "
            f"{', '.join(sorted(known))}: correct the query, or the reply in roles/"
            for name in sorted(set(_READ.findall(query.text)) - known)
            if roles
        ]
    if problems:
        raise sql.QueryError("\n".join(problems))
