"""The model calls behind a row, with what was asked and what came back, from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.sql import literal

_QUERY = """
with

found as (
    select
        used_by,
        row_id,
        call_key
    from served_rows
    where $wanted in (row_id, call_key)
    union
    select
        'no row' as used_by,
        null as row_id,
        call_key
    from llm_calls
    where call_key = $wanted and call_key not in (select call_key from served_rows where call_key = $wanted)
)

select
    found.used_by,
    found.row_id,
    found.call_key,
    any_value(calls.role) as role,
    any_value(calls.model) as model,
    arg_max(calls.outcome, calls.attempt) as outcome
from found
left join llm_calls as calls on found.call_key = calls.call_key
group by all
order by min(calls.started_at), found.used_by, found.call_key
"""


class UnknownIdError(ReasonmedError):
    """No row and no call has an id."""


@dataclass(frozen=True)
class ShownCall:
    """One call that served a row.

    Attributes:
        table: table of the row; `no row` for a call that none uses.
        row_id: the row; None for a call that none uses.
        call_key: the call.
        role: model role; None where the account of calls lacks the call.
        model: model name as declared.
        outcome: how its last attempt ended.
        prompt: (role, text) of each message of the request; empty where the ledger does not hold the call.
        reply: what came back; None where there is no reply.
    """

    table: str
    row_id: str | None
    call_key: str
    role: str | None
    model: str | None
    outcome: str | None
    prompt: list[tuple[str, str]]
    reply: Reply | None

    def lines(self) -> Iterator[str]:
        """What it was, then each text of its prompt and of its reply below the name of who said it."""
        yield f"== {self.table} {self.row_id or ''}: {self.role}, {self.model}, {self.outcome}, call {self.call_key}"
        for role, text in self.prompt or [("prompt", "not in this ledger: give the one that the build used")]:
            yield f"-- {role}\n{text}"
        reply = self.reply
        texts = {"reasoning": reply.reasoning, "refusal": reply.refusal, "reply": reply.content} if reply else {}
        yield from (f"-- {name}\n{said}" for name, said in texts.items() if said is not None)
        if not texts:
            yield "-- no reply"


def calls_of(con: duckdb.DuckDBPyConnection, ledger: CallStore, wanted: str) -> list[ShownCall]:
    """The calls that a row's texts, verdict or score come from, in the order in which they were made.

    Args:
        con: a read connection on the published tables and views.
        ledger: the calls.
        wanted: id of a row of any table that models fill (a path, an example's summary, a score), or key of a call.

    Raises:
        UnknownIdError: nothing has that id.
        LedgerError: the ledger cannot be read.
    """
    # As a text: for a parameter DuckDB imports pandas, which takes longer than all else.
    rows = con.execute(_QUERY.replace("$wanted", literal(wanted))).fetchall() if wanted.isprintable() else []
    if not rows:
        raise UnknownIdError(
            f"no row that a model filled and no call has the id {wanted!r}: ids are the columns path_id, example_id, "
            "audit_id and score_id of such rows, call keys are in their call_keys and in llm_calls"
        )
    stored = ledger.lookup({row[2] for row in rows})
    shown = []
    for table, row_id, key, role, model, outcome in rows:
        prompt = list(_messages(ledger.body_of(key) or {}))
        reply = stored[key].reply if key in stored else None
        shown.append(ShownCall(table, row_id, key, role, model, outcome, prompt, reply))
    return shown


def texts_of(ledger: CallStore, keys: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """What was asked in calls and what came back, by call key: (role, text) of each message and part of the reply.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    listed = set(keys)
    stored = ledger.lookup(listed)
    found = {}
    for key in listed:
        reply = stored[key].reply if key in stored else None
        said = {"reasoning": reply.reasoning, "refusal": reply.refusal, "reply": reply.content} if reply else {}
        parts = [(name, text) for name, text in said.items() if text is not None]
        found[key] = [*_messages(ledger.body_of(key) or {}), *parts]
    return found


def _messages(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for message in body.get("messages", []):
        content = message["content"]
        yield (
            message["role"],
            content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content),
        )
