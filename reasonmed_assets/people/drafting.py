"""Entries of an overrides file drafted from reviews: questions whose key reviewers found wrong, with their words.

A draft decides nothing: a person reads it, and a build takes it with `--overrides`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from reasonmed_assets.config.toml import inline

# Who is not sure of a key does not speak against it; one reviewer who finds it right does.
_QUERY = """
with

last_said as (
    select question_id, reviewer, key_verdict, comment
    from reviews
    where is_current and not is_stale and key_verdict is not null and question_id is not null
    qualify row_number() over (partition by question_id, lower(reviewer) order by file desc, row desc) = 1
),

verdicts as (select * from last_said where key_verdict in ('right', 'wrong')),

agreed as (
    select
        question_id,
        list(reviewer order by reviewer) as reviewers,
        list(reviewer || ': ' || comment order by reviewer) filter (comment is not null) as words
    from verdicts
    group by question_id
    having bool_and(key_verdict = 'wrong') and count(*) >= $reviewers
)

select agreed.*, questions.source, questions.question, questions.options, questions.gold_text
from agreed
inner join questions on agreed.question_id = questions.question_id
where agreed.question_id not in (select overrides.question_id from overrides where overrides.is_applied)
order by questions.source, agreed.question_id
"""
_HEAD = """\
# Drafted from reviews: the key of each question was found wrong, and by nobody right. Read before use.
# [[mark_doubt]] says that the key is doubtful. Where another option is right, write [[correct_key]] and
# gold_text = "its text"; where no build may use the question, [[drop]] (docs/guides/trust.md).
"""


def draft_overrides(con: duckdb.DuckDBPyConnection, today: date, *, reviewers: int) -> list[str]:
    """One entry, as TOML with comments, per question whose key is wrong to that many reviewers and right to none.

    Those on which people have decided are left out.

    Args:
        con: a read connection on the published tables.
        today: the day that the entries name.
        reviewers: how many must have found the key wrong.

    Returns:
        The head of the file, then the entries; nothing where there are none.
    """
    found = con.execute(_QUERY, {"reviewers": reviewers})
    names = [column[0] for column in found.description or []]
    entries = [_entry(dict(zip(names, row, strict=True)), today) for row in found.fetchall()]
    return [_HEAD, *entries] if entries else []


def _entry(row: dict[str, Any], today: date) -> str:
    return "\n".join([*(f"# {line}" for line in _comments(row)), *_lines(row, today), ""])


def _comments(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['source']}: {_one_line(row['question'])}"
    for option in row["options"]:
        yield f"- {_one_line(option)}{' (key)' if option == row['gold_text'] else ''}"


def _lines(row: dict[str, Any], today: date) -> Iterator[str]:
    words = " ".join("; ".join(row["words"] or ["no comment was given"]).split())
    yield "[[mark_doubt]]"
    yield f"question_id = {inline(row['question_id'])}"
    yield f"reason = {inline(f'The key was found wrong. {words}')}"
    yield f"decided_by = {inline(', '.join(row['reviewers']))}"
    yield f"decided_on = {today.isoformat()}"


def _one_line(text: str) -> str:
    """The text as a comment of TOML can hold it."""
    return "".join(one if one.isprintable() else "?" for one in " ".join(text.split()))
