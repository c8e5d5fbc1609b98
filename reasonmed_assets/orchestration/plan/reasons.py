"""Why a call is to be made: what of its question, its prompt, its model or what it follows from is new."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.orchestration.plan.asking import Missing
from reasonmed_assets.orchestration.plan.scratch import Place
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import Warehouse

NEW_QUESTION, FIRST_BUILD = "new question", "not made before"
PROMPT, MODEL, PARAMETER = "prompt changed", "model changed", "parameter changed"
FAILED, REPAIR, FOLLOWS = "failed before", "repair of an unusable reply", "follows from changed replies or rows"
UNDER_WAY = "under way"
"""In a batch that was submitted, or claimed by another build that runs: the next build sends none of them again."""

_OF_PROFILE = re.compile(r"providers\.|rules\.|seed$|votes$|generators$|\w*quota$|audit_kinds$|limit$")


class Reasons:
    """Finds the reasons of calls that the ledger lacks.

    Args:
        ledger: whose failed attempts and open batches count.
        warehouse: the scratch warehouse; a table's rows there are the published ones until it is made.
        questions: ids of the questions that are published.
    """

    def __init__(self, ledger: CallStore, warehouse: Warehouse, questions: Collection[str]) -> None:
        self._ledger = ledger
        self._warehouse = warehouse
        self._questions = questions

    def of(self, place: Place, missing: Sequence[Missing]) -> list[str]:
        """The reason of each call that a partition lacks."""
        if not missing:
            return []
        keys = [one.call_key for one in missing]
        waiting = self._ledger.open_batches(keys).keys() | self._ledger.held_by_others(keys)
        tried = self._ledger.attempts_of(keys)
        failed = dict(tried.sort("attempt").select("call_key", "outcome").iter_rows())
        made = self._made(place, {one.row_id.partition("/")[0] for one in missing if _renewed(place, one)})
        return [
            UNDER_WAY
            if one.call_key in waiting
            else f"{FAILED} ({failed[one.call_key]})"
            if one.call_key in failed
            else self._reason(place, one, is_made=one.row_id.partition("/")[0] in made)
            for one in missing
        ]

    def _made(self, place: Place, rows: Collection[str]) -> set[str]:
        """Those of some ids that the published table has."""
        if not rows:
            return set()
        spec = TABLES[place.table]
        with self._warehouse.read() as con:
            con.register("wanted", pl.DataFrame({"id": list(rows)}))
            found = con.sql(f"select id from wanted where id in (select {spec.key} from {spec.name})").fetchall()
        return {key for (key,) in found}

    def _reason(self, place: Place, one: Missing, *, is_made: bool) -> str:
        if one.is_repair:
            return REPAIR
        if one.question_id not in self._questions:
            return NEW_QUESTION
        if not place.is_published:
            return FIRST_BUILD
        if place.stale is None:
            return FOLLOWS
        if is_made and (renewed := _renewed(place, one)):
            return renewed
        values = {part for part in place.stale if _OF_PROFILE.match(part)}
        return PARAMETER if values or f"roles.{one.role}" in place.stale else FOLLOWS


def _renewed(place: Place, one: Missing) -> str | None:
    """What is new of a call: its prompt or its model."""
    changed = place.stale or ()
    if f"prompt {one.role}" in changed:
        return PROMPT
    return MODEL if f"models.{one.model}" in changed else None
