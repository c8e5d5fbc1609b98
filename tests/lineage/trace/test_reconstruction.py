"""A trace tells what files and ledger say: a few questions of the rehearsal; by hand 1,000 records and 1,000 others.

    pytest -m slow tests/lineage/trace/test_reconstruction.py

builds a rehearsal of real files first, in which many questions are rejected, as that takes no call;
REASONMED_TRACED_LIMIT (230) is the number of questions per source, and REASONMED_TRACED_WAREHOUSE a warehouse of the
same files that is built already.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from builds import Built, reasonmed
from reconstruction import Ledger, differences

from reasonmed_assets.lineage.trace.gathering import Snapshot, find, gather
from reasonmed_assets.lineage.trace.tracing import Trace
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.storage import open_warehouse

SAMPLE = Path(__file__).parents[3] / "reasonmed_assets" / "sources" / "sample"
MANY = 1_000
REJECTING = ("--set", "rules.near_duplicate_ratio=45", "--set", "rules.contamination_ratio=42")
RECORDS = "select example_id from sft_reasonmed order by md5(example_id)"
OTHERS = (
    "select id from (select raw_id as id from rejected_questions where reason not in ('malformed', 'too_long')"
    " union all select example_id from dropped_examples"
    " union all select question_id from difficulty_tiers where tier = 'unresolved') order by md5(id)"
)


def ledger_of(folder: Path) -> Ledger:
    with open_store(str(folder / "ledger.sqlite")) as store:
        return Ledger.read(store, list(store.keys_made_for(open_warehouse(folder).warehouse_id)))


@contextmanager
def snapshot_of(folder: Path) -> Iterator[Snapshot]:
    with open_warehouse(folder).snapshot() as con:
        yield Snapshot(con)


def traced(snapshot: Snapshot, wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps(Trace(gather(snapshot, find(snapshot, wanted))).to_json(), default=str)
    )
    return found


def test_traces_of_the_rehearsal_are_what_files_and_ledger_say(rehearsal: Built) -> None:
    ledger = ledger_of(rehearsal.folder)
    with snapshot_of(rehearsal.folder) as snapshot:
        for query in (RECORDS, OTHERS):
            for (wanted,) in rehearsal.query(f"from ({query}) limit 3"):
                assert differences(traced(snapshot, str(wanted)), SAMPLE, ledger) == []


def test_a_trace_that_tells_something_else_is_found_out(rehearsal: Built) -> None:
    ledger = ledger_of(rehearsal.folder)
    ((wanted,),) = rehearsal.query(f"from ({RECORDS}) limit 1")
    with snapshot_of(rehearsal.folder) as snapshot:
        trace = traced(snapshot, str(wanted))
    right = json.dumps(trace)

    def changed(change: Any) -> list[str]:
        wrong = json.loads(right)
        change(wrong)
        return differences(wrong, SAMPLE, ledger)

    assert changed(lambda one: one["tables"]["raw_questions"][0].update(gold_text="x"))
    assert changed(lambda one: one["calls"].popitem())
    assert changed(lambda one: next(iter(one["calls"].values()))[0].update(prompt_tokens=1))
    assert changed(lambda one: one["tables"]["reasoning_paths"][0].update(path_text="x", answer_letter="J"))
    assert changed(lambda one: one["tables"]["verifications"][0].update(verdict="x"))
    assert changed(lambda one: one["tables"]["difficulty_tiers"][0].update(n_correct=1))
    assert changed(lambda one: one["tables"]["sft_reasonmed"][0].update(output="x"))


@pytest.mark.slow
def test_a_thousand_records_and_a_thousand_others(shared_data: Path, tmp_path: Path) -> None:
    folder = Path(os.environ.get("REASONMED_TRACED_WAREHOUSE", tmp_path / "warehouse"))
    if not folder.exists():
        limit = os.environ.get("REASONMED_TRACED_LIMIT", "230")
        options = ("--profile", "simulated", "--data-dir", str(shared_data), "--limit", limit, *REJECTING)
        done = reasonmed("build", *options, "--warehouse", str(folder))
        assert done.returncode == 0, done.stdout + done.stderr
    ledger, built, wrong = ledger_of(folder), Built(folder, ""), dict[str, list[str]]()
    unused = {str(row[0]) for row in built.query("select call_key from call_costs where spent_on = 'unused'")}
    counts = []
    with snapshot_of(folder) as snapshot:
        for query in (RECORDS, OTHERS):
            ids = [str(row[0]) for row in built.query(f"from ({query}) limit {MANY}")]
            counts.append(len(ids))
            told = {one: differences(traced(snapshot, one), shared_data, ledger, unused) for one in ids}
            wrong |= {one: found for one, found in told.items() if found}
    print(f"{counts[0]:,} training records and {counts[1]:,} others traced, {len(wrong)} differ")
    assert min(counts) == MANY or "REASONMED_TRACED_LIMIT" in os.environ
    assert wrong == {}
