"""The view `served_rows`: it follows from the declarations of the tables that name their calls."""

from __future__ import annotations

from collections.abc import Iterable

from reasonmed_assets.quality.schema import TableSpec

_HEADER = """\
-- makes: served_rows
-- reads: {tables}
-- description: Every row that names its model calls, each with its call, its question, and the example that it is for
--     (none where it serves all of the question's examples, no question where it serves none).
"""
_ROWS = """\
select distinct
    '{name}' as used_by,
    {key} as row_id,
    {source} as source,
    {question} as question_id,
    {example} as example_id,
    unnest(call_keys) as call_key
from {name}
"""


def served_rows(tables: Iterable[TableSpec]) -> str:
    """The view's query over those of the tables that name calls, with its header."""
    asked = [spec for spec in tables if spec.missing]
    header = _HEADER.format(tables=", ".join(sorted(spec.name for spec in asked)))
    return header + "union all by name\n".join(_rows(spec) for spec in asked)


def _rows(spec: TableSpec) -> str:
    def value(name: str, otherwise: str = "null::varchar") -> str:
        return name if name in spec.columns else otherwise

    return _ROWS.format(
        name=spec.name,
        key=spec.key,
        source=value("source"),
        question=value("question_id"),
        example=value("example_id", spec.example or "null::varchar"),
    )
