"""Rewriting: which slots are rewritten from which path, what the rewriter is told, and which texts stand."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from queries import connect, fill, run

QUESTION = {"question_id": "q", "tier": "medium"}
ACCEPTED = {"is_accepted": True, "outcome": "completed"}
FAILED = {"is_accepted": False, "outcome": "completed", "verdict": "error", "verifier_outcome": "completed"}


def _rewrite(slot: int, parent: str | None, round_: int = 1, **more: Any) -> dict[str, Any]:
    kept = {"tier": "medium", "stage": "refined", "is_missing": False}
    return kept | {
        "question_id": "q", "slot": slot, "parent_path_id": parent, "round": round_,
        "path_id": f"{parent}/{slot}/{round_}",
    } | more  # fmt: skip


def _ranked(n: int) -> list[dict[str, Any]]:
    return [QUESTION | {"path_id": f"p{rank}", "path_rank": rank, "selection_rank": rank} for rank in range(1, n + 1)]


def _targets(turn: int, n_ranked: int, rewrites: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    con = connect(rewrite_turn=turn)
    fill(con, "ranked_paths", _ranked(n_ranked))
    fill(con, "rewrites", rewrites, like="refined_paths")
    return run(con, "relations/refined_paths/targets", "slot, parent_path_id")


def test_the_two_best_paths_come_first() -> None:
    assert _targets(0, 3, []) == [(1, "p1"), (2, "p2")]


@pytest.mark.parametrize("failed", [1, 2])
def test_a_slot_that_failed_gets_the_next_path_whichever_it_is(failed: int) -> None:
    rewrites = [_rewrite(slot, f"p{slot}", **(FAILED if slot == failed else ACCEPTED)) for slot in (1, 2)]
    assert _targets(1, 3, rewrites) == [(failed, "p3")]


def test_two_slots_that_failed_get_a_path_each() -> None:
    rewrites = [_rewrite(1, "p1", **FAILED), _rewrite(2, "p2", **FAILED)]
    assert _targets(1, 4, rewrites) == [(1, "p3"), (2, "p4")]
    assert _targets(1, 2, rewrites) == []


def test_a_text_whose_reply_or_verdict_is_still_to_come_is_not_replaced() -> None:
    no_reply = _rewrite(1, "p1", is_accepted=False, is_missing=True, outcome="timed_out")
    no_verdict = _rewrite(2, "p2", **(FAILED | {"verdict": None, "verifier_outcome": "transport_error"}))
    assert _targets(1, 4, [no_reply, no_verdict]) == []
    assert _pending([no_reply, no_verdict]) == []


def test_a_verdict_that_stays_unusable_leads_to_another_round() -> None:
    no_verdict = _rewrite(1, "p1", **(FAILED | {"verdict": None, "verifier_outcome": "malformed"}))
    assert _pending([no_verdict, _rewrite(2, "p2", **ACCEPTED)]) == [(1, "p1", 2)]


def _world(rewrites: list[dict[str, Any]], targets: str, **more: Any) -> duckdb.DuckDBPyConnection:
    con = connect(**more)
    fill(con, "questions", [{"question_id": "q", "question": "?", "options": ["a", "b"], "gold_letter": "A"}])
    fill(con, "reasoning_paths", [{"question_id": "q", "path_id": f"p{n}", "path_text": f"text {n}"} for n in (1, 2)])
    fill(con, "rewrites", rewrites, like="refined_paths")
    columns = "question_id, source, tier, stage, slot, parent_path_id"
    con.execute(f"create table targets as from (values {targets}) as t ({columns})")
    return con


def _pending(rewrites: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    targets = "('q', 'mmlu', 'medium', 'refined', 1, 'p1'), ('q', 'mmlu', 'medium', 'refined', 2, 'p2')"
    con = _world(rewrites, targets, rewrite_stage="refined")
    return run(con, "calls/rewrite", "slot, parent_path_id, round")


def _told(is_correct: bool | None, rewrites: list[dict[str, Any]] | None = None) -> tuple[Any, ...]:
    con = _world(rewrites or [], "('q', 'mmlu', 'difficult', 'regenerated', 1, 'p1')", rewrite_stage="regenerated")
    own = {"is_correct": is_correct, "answer_letter": "B", "reason": "Own." if is_correct is not None else None}
    other = {"is_correct": False, "answer_letter": "B", "reason": "Other."}
    fill(con, "verifications", [{"question_id": "q", "path_id": p, **row} for p, row in (("p1", own), ("p2", other))])
    (told,) = run(con, "calls/rewrite", "path_text, verdict, verdict_reason, feedback")
    return told


def test_the_rewriter_is_told_its_own_verdict_once_and_those_of_other_error_paths() -> None:
    assert _told(False) == ("text 1", "error", "Own.", ["(concludes B) Other."])
    assert _told(True) == ("text 1", "correct", "Own.", ["(concludes B) Other."])


def test_a_missing_judgement_of_the_base_is_told_as_none() -> None:
    assert _told(None) == ("text 1", None, None, ["(concludes B) Other."])
    base = _rewrite(1, "p1", tier="difficult", is_accepted=False, outcome="completed", path_text="refined")
    assert _told(False, [base])[:3] == ("refined", None, None)


def _accepted(*texts: dict[str, Any], copies: str = "", **overrides: Any) -> list[tuple[Any, ...]]:
    con = connect({f"rules.{name}": value for name, value in overrides.items()})
    fill(con, "questions", [{"question_id": "q", "options": ["a", "b"], "gold_letter": "A"}])
    plain = {"question_id": "q", "tier": "medium", "stage": "refined", "is_missing": False, "leak_phrases": []}
    fill(con, "paths", [plain | {"call_keys": [], "attempts": 1} | text for text in texts], like="refined_paths")
    for decided in ("verdict", "verdict_reason", "verifier_outcome", "is_answer_match", "is_correct", "is_accepted",
                    "rejection", "row_hash"):  # fmt: skip
        con.execute(f"alter table paths drop {decided}")
    con.execute(
        "create table votes as select path_id, 'correct' as verdict, 'Sound.' as verdict_reason,"
        " ['k'] as all_call_keys, 1 as all_attempts, 'completed' as outcome from paths"
    )
    con.execute("create table near_copies (path_id varchar, near_copy_of varchar)")
    if copies:
        con.execute(f"insert into near_copies values {copies}")
    return run(con, "tables/refined_paths", "path_id, is_accepted, rejection", "path_id")


def test_a_text_like_one_that_stands_is_not_accepted() -> None:
    texts = [{"path_id": name, "path_text": "t", "answer_letter": "A"} for name in ("r1", "r2", "r3")]
    assert _accepted(*texts, copies="('r2', 'r1'), ('r3', 'of an earlier round')") == [
        ("r1", True, None),
        ("r2", False, "nearly the same as r1"),
        ("r3", False, "nearly the same as of an earlier round"),
    ]


def test_a_text_like_one_that_fell_is_accepted() -> None:
    fallen = {"path_id": "r1", "path_text": "t", "answer_letter": "B"}
    rows = _accepted(fallen, {"path_id": "r2", "path_text": "t", "answer_letter": "A"}, copies="('r2', 'r1')")
    assert rows == [("r1", False, "concludes B, the key is A"), ("r2", True, None)]


def test_the_published_pipeline_takes_a_text_as_it_comes() -> None:
    text = {"path_id": "r1", "path_text": "t", "answer_letter": "B", "leak_phrases": ["the verifier"]}
    assert _accepted(text, verify_rewrites=False) == [("r1", True, None)]
    refused = {"path_id": "r1", "supports_key": False}
    assert _accepted(refused, verify_rewrites=False)[0][1] is False


def _dropped(*rewrites: dict[str, Any]) -> list[tuple[Any, ...]]:
    con = connect()
    fill(con, "difficulty_tiers", [QUESTION | {"is_label_doubt": False}])
    fill(con, "ranked_paths", _ranked(3))
    fill(con, "refined_paths", rewrites)
    return run(con, "views/expected_examples", "slot, path_id, reason, detail")


def test_every_promised_example_has_a_path_or_the_last_reason() -> None:
    rows = _dropped(
        _rewrite(1, "p1", **ACCEPTED),
        *(_rewrite(2, "p2", n, **FAILED, rejection=f"early {n}") for n in (1, 2, 3)),
        _rewrite(2, "p3", 1, **FAILED, rejection="last"),
    )
    assert [row[:3] for row in rows] == [(1, "p1/1/1", None), (2, None, "rewrite_not_accepted")]
    assert rows[1][3] == "after 4 rewritten texts: last"


def test_an_example_that_waits_for_a_call_says_so() -> None:
    waits = FAILED | {"verdict": None, "verifier_outcome": "timed_out"}
    gone = FAILED | {"verdict": None, "verifier_outcome": "malformed"}
    rows = _dropped(_rewrite(1, "p1", **waits, rejection="no"), _rewrite(2, "p2", **gone, rejection="no"))
    assert [row[2] for row in rows] == ["call_missing", "rewrite_not_accepted"]
