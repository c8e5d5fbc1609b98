"""What the calls of a table's rows serve: the view `served_rows`, and whether it fits the roles."""

from __future__ import annotations

from collections.abc import Iterable

from reasonmed_assets.quality.schema import TableSpec

from reasonmed_assets import sql
from reasonmed_assets.roles import ROLES, RoleError, role_named

_HEADER = """\
-- makes: served_rows
-- reads: {tables}
-- description: Every row that names its model calls, each with its call, its prompt, its question, and the example that
--     it is for (none where it serves all of the question's examples, no question where it serves none).
"""
# A row that names several calls may name one of them twice; there is one row of a key.
_ROWS = """\
select
    '{name}' as used_by,
    {key} as row_id,
    {source} as source,
    {question} as question_id,
    {example} as example_id,
    {prompt} as prompt_hash,
    unnest(if(len(call_keys) > 1, list_distinct(call_keys), call_keys)) as call_key
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
        prompt=value("prompt_hash"),
    )


def check_served(tables: Iterable[TableSpec]) -> None:
    """Every role is asked for some table, and the table's rows can name what its calls serve.

    Raises:
        RoleError: some do not; every problem has a line that says what to add.
        QueryError: a header in `sql/` is wrong.
    """
    problems, asked = [], set[str]()
    for spec in tables:
        roles = _roles_of(spec.name) if spec.missing else set()
        asked |= roles
        served = {role_named(role).serves for role in roles}
        shown = "example" if spec.example or "example_id" in spec.columns else "question"
        shown = shown if "question_id" in spec.columns else "none"
        declared = next((one for one in ("example", "question", "none") if one in served), None)
        if roles and declared != shown:
            problems.append(
                f"table {spec.name}: its columns name {shown} as served, its roles ({', '.join(sorted(roles))}) "
                f"{declared}: give the table `question_id`, with `example_id` or `example` for an example, or correct "
                "`serves` of the role"
            )
    problems += [
        f"roles/{role}.py: no table has its replies: name the role in the header of a query in sql/calls/"
        for role in sorted(ROLES.keys() - asked)
    ]
    if problems:
        raise RoleError("\n".join(problems))


def _roles_of(table: str) -> set[str]:
    """The roles that answer the calls behind a table's rows."""
    queries = [sql.query(f"tables/{table}")]
    for query in queries:
        behind = [sql.find(f"relations/{table}/{name}") or sql.find(f"relations/{name}") for name in query.relations]
        queries += [found for found in behind if found is not None and found not in queries]
    return {role for query in queries if query.step for role in sql.query(query.step).roles}
