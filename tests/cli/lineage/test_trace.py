"""`reasonmed trace` over the rehearsal: the tree, the page, JSON, and texts from the ledger."""

from __future__ import annotations

import json
from pathlib import Path

from builds import Built, called
from html_page import Page

_ANY = "select example_id, question_id from sft_reasonmed order by 1 limit 1"


def test_a_training_record_is_traced_as_a_tree_as_json_and_as_a_page(rehearsal: Built, tmp_path: Path) -> None:
    ((example_id, question_id),) = rehearsal.query(_ANY)
    place = ("--warehouse", str(rehearsal.folder))
    told = called("trace", str(example_id), *place)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"Question {question_id}, ")
    assert "is in the training sets." in told.stdout
    assert "│" in told.stdout
    file = tmp_path / "trace.html"
    found = json.loads(called("trace", str(example_id), *place, "--json", "--html", str(file)).stdout)
    assert found["question_id"] == question_id
    (record,) = (row for row in found["tables"]["sft_reasonmed"] if row["example_id"] == example_id)
    page = Page(file)
    assert page.loaded == []
    assert record["output"] in "".join(page.texts.values())
    uses = {use["call_key"] for use in found["uses"]}
    assert uses == {key for rows in found["tables"].values() for row in rows for key in row.get("call_keys") or ()}


def test_prompts_and_replies_come_from_the_ledger_on_demand(rehearsal: Built, tmp_path: Path) -> None:
    ((example_id, _),) = rehearsal.query(_ANY)
    place = ("--warehouse", str(rehearsal.folder))
    assert "Role: verifier" in called("trace", str(example_id), *place, "--full").stdout
    assert "Role: verifier" not in called("trace", str(example_id), *place).stdout
    nowhere = called("trace", str(example_id), *place, "--full", "--ledger", str(tmp_path / "l"))
    assert (nowhere.returncode, "give its file with --ledger" in nowhere.stderr) == (1, True)


def test_what_nothing_means_is_an_error(rehearsal: Built) -> None:
    unknown = called("trace", "no", "such", "words", "--warehouse", str(rehearsal.folder))
    assert (unknown.returncode, "nothing has the id 'no such words'" in unknown.stderr) == (1, True)


def test_a_page_is_not_written_over_the_ledger_or_into_the_warehouse(rehearsal: Built, tmp_path: Path) -> None:
    ((example_id, _),) = rehearsal.query(_ANY)
    ledger = tmp_path / "ledger.sqlite"
    ledger.write_bytes(b"paid")
    for file in (ledger, rehearsal.folder / "page.html"):
        place = ("--warehouse", str(rehearsal.folder), "--ledger", str(ledger), "--html", str(file))
        refused = called("trace", str(example_id), *place)
        assert (refused.returncode, "choose a file elsewhere" in refused.stderr) == (1, True)
    assert ledger.read_bytes() == b"paid"
    assert not (rehearsal.folder / "page.html").exists()
