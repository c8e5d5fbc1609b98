"""Why a row differs: the causes, which of several wins, and what each part of a fingerprint stands for.

A row has one cause. It is found in this order:

1. `schema`: all that differs are columns that one of the states does not have.
2. Of the table: a record of the benchmarks is `benchmark`, of an edited file of overrides `override`; a record of a
   source file is `new question` where its text is new, else `source file`.
3. Of its own calls, role by role, where the row is there before and after. Other calls: `prompt` where the role's
   prompt differs, `model` where another one answered, `parameter` where the role's section, the seed or the number of
   votes differs. The same calls, or more of the same chain: `repaired`, when one was made or kept anew.
4. Inherited from a row that it is made from, of its own or an earlier table, that shares the path or the example; else
   from one that says something of the question as a whole; else, for a table with one row for a question, from any row
   of the question. Of several causes the first in `CAUSES` wins.
5. Of its own step: the changed part of the fingerprint, the first in `CAUSES` of several.
6. `siblings`: none of that, but other rows of the question, or, of a table in `SAMPLED`, of the source differ.
7. `unknown`.
"""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """One cause.

    Attributes:
        name: as it is stored.
        meaning: for people.
    """

    name: str
    meaning: str


CAUSES = (
    Cause("new question", "the question was not there before"),
    Cause("source file", "a record of a source file differs, moved or is gone"),
    Cause("override", "people decided on the question or reviewed the example, or no longer do"),
    Cause("benchmark", "a benchmark's questions differ"),
    Cause("prompt", "the prompt of the role that answers differs"),
    Cause("model", "another model, revision or provider answers"),
    Cause("parameter", "sampling, number of calls, seed or limit differ"),
    Cause("threshold", "a rule or threshold of the profile differs"),
    Cause("repaired", "the same call was made again, or has another last reply"),
    Cause("siblings", "another choice among rows that are themselves the same, or were chosen from others"),
    Cause("schema", "columns of the table were declared, or dropped"),
    Cause("code", "the SQL or the Python code of the step differs"),
    Cause("restored", "`reasonmed restore` put back rows of an earlier publish, or they were made again after it"),
    Cause("unknown", "nothing that is recorded says why"),
)
"""In the order in which one wins over the next where a row has several: what comes first in a build comes first."""

NAMES = tuple(cause.name for cause in CAUSES)

PARTS = (
    ("files of reviewers", "override"),
    ("overrides file", "override"),
    ("files of %", "source file"),
    ("sources, by priority", "source file"),
    ("rules.%", "threshold"),
    ("schema", "schema"),
    ("code", "code"),
    ("sql/%", "code"),
    ("macro %", "code"),
    ("prompt %", "prompt"),
    ("models.%", "model"),
    ("providers.%", "model"),
    ("restored", "restored"),
    ("table %", None),
    ("%", "parameter"),
)
"""Part of a fingerprint, as a pattern of SQL's `like` -> what a change of it is the cause of; the first that fits.
None: rows of another table, whose own causes count."""

_READ_BY_CODE = ("threshold", "parameter")
"""A part of these causes that only one of the states has is a value that only its program reads: `code`."""

SAMPLED = ("quality_scores", "verifier_audit")
"""Tables whose rows are a sample of their source: another row of the source may take the place of one."""

OF_CALLS = ("prompt", "model")
"""Parts of these causes change a row through its calls alone."""


def part_sql(name: str, before: str, after: str) -> str:
    """SQL expression: what a part is the cause of, by its name and its value in each state, null where it has none."""
    cases = [f"when {name} like '{pattern}' then {_text(cause)}" for pattern, cause in PARTS]
    of_name = f"case {' '.join(cases)} end"
    read_by_code = ", ".join(map(_text, _READ_BY_CODE))
    is_of_one = f"({before} is null or {after} is null)"
    return f"case when {is_of_one} and {of_name} in ({read_by_code}) then 'code' else {of_name} end"


def rank_sql(column: str) -> str:
    """SQL expression: the place of the cause in a column in `CAUSES`, from 1."""
    return f"list_position([{', '.join(map(_text, NAMES))}], {column})"


def _text(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"
