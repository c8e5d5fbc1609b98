"""A small, consistent warehouse in memory: every check of every table passes on it, so that a planted fault shows.

Source `mmlu` is built whole: two Easy questions, a Medium, a Difficult, one whose key is doubted and one unresolved.
Source `medqa` has one question, for rules that look across partitions.
"""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.auditing import CheckOutcome, prepare, run_check
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.config import load_profile
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.storage.views import create_views, shipped_views

SOURCE = "mmlu"
PROFILE = load_profile("simulated")
GENERATORS = ("qwen", "deepseek", "huatuo")
MODELS = {
    "qwen": "simulated/qwen2.5-72b-instruct",
    "deepseek": "simulated/deepseek-r1-distill-llama-70b",
    "huatuo": "simulated/huatuogpt-o1-70b",
}
TEMPERATURES = (0.7, 0.9, 1.0)
OPTIONS = ["Femoral nerve", "Sciatic nerve", "Obturator nerve", "Tibial nerve"]
# Per question: letters of the nine paths (. for a path that is missing), its tier. The key is A.
NOTES = {name: f"{name} decided by Dr. A. on 2026-11-20: seen" for name in ("dropped", "easy2", "unresolved")}
QUESTIONS = {
    "easy1": ("AAAAAAAAA", "easy"),
    "easy2": ("AAAAAAABC", "easy"),
    "medium": ("AABCABCAD", "medium"),
    "difficult": ("BCDBCDBCD", "difficult"),
    "doubted": ("CCCCCCCCC", "difficult"),
    "unresolved": ("AABCABCA.", "unresolved"),
}
WORDS = [
    f"{stem}{ending}"
    for stem in ("femor", "mot", "sens", "patell", "adduct", "flex")
    for ending in ("al", "or", "ing", "ity", "um")
]

Rows = list[dict[str, Any]]


def connect() -> duckdb.DuckDBPyConnection:
    """A connection with the macros, every declared table and the rows of the world."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute(macros())
    rows = world()
    for spec in TABLES.values():
        con.execute(spec.ddl())
    create_views(con, shipped_views(), kind="view")
    for name, spec in TABLES.items():
        filled = [{column: _filled(spec, column, row) for column in spec.columns} for row in rows.get(name, [])]
        if filled:
            types = {column: declared.dtype.type for column, declared in spec.columns.items()}
            con.register("rows", pl.DataFrame(filled, schema=types))
            con.execute(f"insert into {name} by name select * from rows")
            con.unregister("rows")
    con.execute(
        "create temp table source_files as select 'mmlu/dev.csv' as file, 'dev' as split, 'train' as split_role,"
        " 10::bigint as records, 1::bigint as n_unreadable, 0::bigint as n_too_long, false as is_base_assumed union all"
        " select 'mmlu/test.csv', 'test', 'benchmark', 1::bigint, 0::bigint, 0::bigint, false union all"
        " select '00001-aa.csv', 'reviews', 'reviews', 3::bigint, 0::bigint, 0::bigint, false"
    )
    return con


def macros() -> str:
    """The statements of sql/macros.sql, and the derived ones."""
    return sql.macros_text()


def rows_of(table: str) -> str:
    """The query of a table's rows of the source (all rows, where it has no partitions)."""
    return f"from {table} where source = '{SOURCE}'" if TABLES[table].is_partitioned else f"from {table}"


def stage(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> Path:
    """Write them as staged rows."""
    path = folder / f"{table}.parquet"
    con.execute(f"copy ({rows_of(table)}) to '{path}' (format parquet)")
    return path


def checked(
    con: duckdb.DuckDBPyConnection,
    table: str,
    check: str,
    statement: str,
    folder: Path,
    overrides: dict[str, Any] | None = None,
) -> CheckOutcome:
    """The outcome of one check after a statement has changed the staged rows (`rows`) or the published ones."""
    spec, profile = TABLES[table], load_profile("simulated", overrides) if overrides else PROFILE
    con.execute(f"create or replace temp table rows as {rows_of(table)}")
    con.execute(statement)
    path = folder / "changed.parquet"
    con.execute(f"copy rows to '{path}' (format parquet)")
    prepare(con, spec, SOURCE if spec.is_partitioned else None, path, profile)
    (declared,) = [declared for declared in check_names(table) if declared.name == check]
    return run_check(con, spec, declared, profile)


def text_of(key: str, letter: str) -> str:
    """A text of its own for every key."""
    words = random.Random(key).choices(WORDS, k=80)
    return f"Step by step: {' '.join(words)}. Final answer: {letter}. {OPTIONS[ord(letter) - 65]}"


def path_ids(question: str) -> list[str]:
    return [f"{question}/{generator}/{sample}" for generator in GENERATORS for sample in (1, 2, 3)]


def world() -> dict[str, Rows]:
    """Every table's rows, the columns that matter; the others get a plain value."""
    tables: dict[str, Rows] = _questions() | _paths()
    tables["verifier_audit"] = _audit(tables)
    tables["ranked_paths"] = [row for name in ("easy1", "easy2", "medium") for row in _ranking(name)]
    tables["refined_paths"] = _rewrites()
    tables |= _examples(tables)
    tables |= _provenance(tables)
    for name, spec in TABLES.items():
        if spec.one_row_per is not None and name not in tables:
            tables[name] = [{**row, spec.key: row[TABLES[spec.one_row_per].key]} for row in tables[spec.one_row_per]]
    counts = {"records": 10, "n_unreadable": 1, "n_too_long": 0}
    files = [{"file": "mmlu/dev.csv", "split": "dev", "split_role": "train"} | counts]
    tables["publishes"] = [
        {
            "table_name": "raw_questions",
            "partition": SOURCE,
            "seq": 1,
            "statistics": json.dumps({"files": files}),
            "recipe": 1,
        }
    ]
    tables["recipes"] = [{"version": 1}, {"version": 2}]
    return tables


def _published(name: str, row: int, source: str = SOURCE, role: str = "train") -> dict[str, Any]:
    split = "test" if role == "benchmark" else "dev"
    return {
        "raw_id": f"raw/{name}",
        "question_id": name,
        "source": source,
        "split": split,
        "split_role": role,
        "file": f"{source}/{split}.csv",
        "row": row,
        "question": f"Which nerve is meant by the {name} case?",
        "options": OPTIONS,
        "gold_letter": "A",
        "gold_text": OPTIONS[0],
        "n_options": 4,
        "language": "en",
        "licence": "MIT",
        "native": "{}",
    }


def _questions() -> dict[str, Rows]:
    raw = [_published(name, row) for row, name in enumerate([*QUESTIONS, "copy", "leaked", "dropped"], start=1)]
    other = _published("other", 1, source="medqa")
    benchmark = _published("benchmark", 1, role="benchmark")
    kept = [row for row in raw if row["question_id"] in QUESTIONS] + [other]
    questions = [
        row | {"option_order": [1, 2, 3, 4], "group_id": row["raw_id"], "fold": "train", "published_gold_letter": "A",
               "override_note": NOTES.get(row["question_id"])}
        for row in kept
    ]  # fmt: skip
    for rows, change in (
        (raw, {"gold_letter": "B", "gold_text": OPTIONS[1]}),
        (questions, {"published_gold_letter": "B"}),
    ):
        corrected = next(row for row in rows if row["question_id"] == "easy2")
        rows[rows.index(corrected)] = corrected | change
    match = {"is_exact": True, "edit_ratio": 100.0, "is_same_gold": True, "is_same_facts": True, "source": SOURCE}
    matches = [
        match | {"match_id": "m1", "raw_id": "raw/copy", "other_raw_id": "raw/easy1", "decision": "duplicate",
                 "other_source": SOURCE, "other_split_role": "train"},
        match | {"match_id": "m2", "raw_id": "raw/leaked", "other_raw_id": "raw/benchmark", "decision": "contaminated",
                 "other_source": SOURCE, "other_split_role": "benchmark"},
        match | {"match_id": "m3", "raw_id": "raw/easy1", "other_raw_id": "raw/easy2", "decision": "grouped",
                 "other_source": SOURCE, "other_split_role": "train", "is_exact": False, "edit_ratio": 85.0},
    ]  # fmt: skip
    turned_away = [
        {key: row[key] for key in ("raw_id", "source", "split", "split_role", "file", "row")}
        | {"reason": match["decision"], "other_raw_id": match["other_raw_id"]}
        for row in raw
        for match in matches
        if match["raw_id"] == row["raw_id"] and match["decision"] != "grouped"
    ]
    turned_away.append(turned_away[0] | {"raw_id": "raw/dropped", "row": 9, "reason": "override", "other_raw_id": None})
    unreadable = turned_away[0] | {"raw_id": "raw/broken", "row": 10, "reason": "malformed", "other_raw_id": None}
    return {
        "raw_questions": [*raw, other],
        "benchmark_questions": [benchmark],
        "question_matches": matches,
        "overrides": [
            _override("drop", "dropped"),
            _override("correct_key", "easy2", published_gold_text=OPTIONS[1], gold_letter="A", gold_text=OPTIONS[0]),
            _override("mark_doubt", "unresolved"),
        ],
        "questions": questions,
        "rejected_questions": [*turned_away, unreadable],
    }


def _override(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"override_id": f"{kind}/{name}", "kind": kind, "question_id": name, "source": SOURCE, "note": NOTES[name],
            "decided_on": "2026-11-20", "is_applied": True} | more  # fmt: skip


def _call(table: str, row_id: str) -> dict[str, Any]:
    return {"call_keys": [f"{table}:{row_id}"], "outcome": "completed", "provider_kind": "simulated", "revision": "1",
            "attempts": 1, "prompt_hash": table}  # fmt: skip


def _paths() -> dict[str, Rows]:
    paths, verdicts, tiers = [], [], []
    for name, (letters, tier) in QUESTIONS.items():
        for number, (path_id, letter) in enumerate(zip(path_ids(name), letters, strict=True)):
            path = _path(name, path_id, number, letter)
            paths.append(path)
            verdicts.append(_verdict(path))
        tiers.append(_tier(name, letters, tier))
    return {"reasoning_paths": paths, "verifications": verdicts, "difficulty_tiers": tiers}


def _path(name: str, path_id: str, number: int, letter: str) -> dict[str, Any]:
    generator, is_missing = GENERATORS[number // 3], letter == "."
    text = None if is_missing else text_of(path_id, letter)
    return _call("reasoning_paths", path_id) | {
        "path_id": path_id,
        "question_id": name,
        "source": SOURCE,
        "generator": generator,
        "sample": number % 3 + 1,
        "stage": "generated",
        "temperature": TEMPERATURES[number % 3],
        "top_p": 0.9,
        "max_tokens": 8192,
        "model": MODELS[generator],
        "is_missing": is_missing,
        "outcome": "timed_out" if is_missing else "completed",
        "path_text": text,
        "reasoning_text": text,
        "answer_letter": None if is_missing else letter,
        "content_hash": text and make_id(text),
    }


def _verdict(path: dict[str, Any]) -> dict[str, Any]:
    letter, is_missing = path["answer_letter"], path["is_missing"]
    is_right = None if is_missing else letter == "A"
    row = _call("verifications", path["path_id"]) | {
        key: path[key] for key in ("path_id", "question_id", "source", "generator", "answer_letter")
    }
    return row | {
        "is_path_missing": is_missing,
        "is_answer_match": is_right,
        "verdict": None if is_missing else "correct" if is_right else "error",
        "n_votes": 0 if is_missing else 1,
        "n_votes_correct": int(is_right or False),
        "is_correct": is_right,
        "reason": None if is_missing else "The nerve is as stated.",
        "call_keys": [] if is_missing else row["call_keys"],
        "attempts": 0 if is_missing else 1,
    }


def _audit(tables: dict[str, Rows]) -> Rows:
    """Nine paths judged again, the first of them with each kind of planted error besides."""
    judged = [row for row in tables["verifications"] if row["verdict"]][:9]
    texts = {row["path_id"]: row["path_text"] for row in tables["reasoning_paths"]}
    planted = [(judged[0], kind) for kind in ("answer_swapped", "negation_changed", "number_changed")]
    return [
        _audited(row, kind, texts[row["path_id"]]) for row, kind in [*((row, "repeat") for row in judged), *planted]
    ]


def _audited(row: dict[str, Any], kind: str, text: str) -> dict[str, Any]:
    audit_id = f"{row['path_id']}/{kind}"
    is_planted = kind != "repeat"
    judged_text = text.replace("Step by step", "In no order") if is_planted else text
    kept = ("path_id", "question_id", "source", "generator", "is_answer_match")
    return _call("verifier_audit", audit_id) | {key: row[key] for key in kept} | {
        "audit_id": audit_id,
        "kind": kind,
        "judged_text": judged_text,
        "content_hash": make_id(judged_text),
        "text_before": "Step by step" if is_planted else None,
        "text_after": "In no order" if is_planted else None,
        "first_verdict": row["verdict"],
        "expected_verdict": "error" if is_planted else row["verdict"],
        "second_verdict": "error" if is_planted else row["verdict"],
    }  # fmt: skip


def _tier(name: str, letters: str, tier: str) -> dict[str, Any]:
    n_correct, n_missing = letters.count("A"), letters.count(".")
    best, worst = ("easy", "medium") if tier == "unresolved" else (tier, tier)
    wrong = {letter: letters.count(letter) for letter in "BCD" if letter in letters}
    letter = max(wrong, key=lambda found: wrong[found], default=None)
    return {
        "question_id": name,
        "source": SOURCE,
        "n_paths": 9,
        "n_correct": n_correct,
        "n_error": 9 - n_correct - n_missing,
        "n_missing": n_missing,
        "easy_max_errors": 4,
        "medium_max_errors": 7,
        "best_tier": best,
        "worst_tier": worst,
        "tier": tier,
        "doubt_letter": letter,
        "doubt_share": wrong[letter] / 9 if letter else 0.0,
        "doubt_models": 3 if name == "doubted" else 0,
        "is_label_doubt": name in ("doubted", "unresolved"),
        "override_note": NOTES[name] if name == "unresolved" else None,
    }


def _ranking(name: str) -> Rows:
    letters, tier = QUESTIONS[name]
    correct = [(number, id_) for number, id_ in enumerate(path_ids(name)) if letters[number] == "A"]
    rows: Rows = []
    for rank, (number, path_id) in enumerate(correct, start=1):
        is_copy = name == "easy2" and rank == 3
        rows.append(
            _call("ranked_paths", path_id)
            | {
                "path_id": path_id,
                "question_id": name,
                "source": SOURCE,
                "generator": GENERATORS[number // 3],
                "tier": tier,
                "score": None if (name, rank) == ("easy1", len(correct)) else 5.0 - rank // 3,
                "tie_hash": f"{rank:04d}",
                "path_rank": rank,
                "near_copy_of": correct[0][1] if is_copy else None,
                "selection_rank": None if is_copy else rank - sum(row["near_copy_of"] is not None for row in rows),
            }
        )
    return rows


def _rewrites() -> Rows:
    first, second = [path_id for n, path_id in enumerate(path_ids("medium")) if QUESTIONS["medium"][0][n] == "A"][:2]
    return [
        _rewrite("medium", "refined", 1, 1, first, True),
        _rewrite("medium", "refined", 2, 1, second, True),
        _rewrite("difficult", "regenerated", 1, 1, "difficult/qwen/1", False),
        _rewrite("difficult", "regenerated", 1, 2, "difficult/qwen/1", True),
    ]


def _rewrite(name: str, stage_name: str, slot: int, round_: int, parent: str, is_accepted: bool) -> dict[str, Any]:
    path_id, letter = f"{name}/{stage_name}/{slot}/{round_}", "A" if is_accepted else "B"
    text = text_of(path_id, letter)
    return _call("refined_paths", path_id) | {
        "path_id": path_id,
        "question_id": name,
        "source": SOURCE,
        "tier": QUESTIONS[name][1],
        "stage": stage_name,
        "slot": slot,
        "round": round_,
        "parent_path_id": parent,
        "model": "simulated/gpt-4o-mini",
        "path_text": text,
        "answer_letter": letter,
        "content_hash": make_id(text),
        "verdict": "correct" if is_accepted else "error",
        "is_answer_match": is_accepted,
        "is_correct": is_accepted,
        "is_accepted": is_accepted,
        "rejection": None if is_accepted else "concludes B, the key is A",
    }


def _examples(tables: dict[str, Rows]) -> dict[str, Rows]:
    paths = {row["path_id"]: row for row in tables["reasoning_paths"]}
    chosen = [
        (row["question_id"], "easy", row["selection_rank"], paths[row["path_id"]])
        for row in tables["ranked_paths"]
        if row["tier"] == "easy" and (row["selection_rank"] or 9) <= 2
    ]
    chosen += [
        (row["question_id"], row["tier"], row["slot"], row) for row in tables["refined_paths"] if row["is_accepted"]
    ]
    examples = [_example(*one) for one in chosen]
    dropped = {"example_id": make_id("doubted", "1"), "question_id": "doubted", "source": SOURCE, "tier": "difficult",
               "slot": 1, "reason": "label_doubt"}  # fmt: skip
    summaries = [_summary(row, is_accepted=number != 0) for number, row in enumerate(examples)]
    records = [
        {key: row[key] for key in ("example_id", "question_id", "source", "fold", "split_role", "provider_kind")}
        | {"path": row["path_text"], "summary": summary["summary"], "instruction": "Which nerve?", "input": ""}
        for row, summary in zip(examples, summaries, strict=True)
        if summary["is_accepted"]
    ]
    return {
        "reasonmed": examples,
        "dropped_examples": [dropped],
        "answer_summaries": summaries,
        "reviews": _reviews(examples[0]),
        "quality_scores": [row for example in examples[-3:] for row in _scores(example)],
        "sft_cot": [row | {"output": row["path"]} for row in records],
        "sft_response": [row | {"output": row["summary"]} for row in records],
        "sft_reasonmed": [row | {"output": f"{row['path']}\n\n{row['summary']}"} for row in records],
    }


def _example(name: str, tier: str, slot: int, path: dict[str, Any]) -> dict[str, Any]:
    kept = ("path_id", "stage", "model", "path_text", "answer_letter", "content_hash", "provider_kind")
    return {key: path[key] for key in kept} | {
        "example_id": make_id(name, str(slot)),
        "question_id": name,
        "source": SOURCE,
        "tier": tier,
        "slot": slot,
        "parent_path_id": path.get("parent_path_id"),
        "gold_letter": "A",
        "group_id": f"raw/{name}",
        "fold": "train",
        "split_role": "train",
        "licence": "MIT",
        "override_note": NOTES.get(name),
    }


def _summary(example: dict[str, Any], is_accepted: bool) -> dict[str, Any]:
    summary = f"The {example['question_id']} case, slot {example['slot']}, is the femoral nerve. Final answer: A."
    return _call("answer_summaries", example["example_id"]) | {
        "example_id": example["example_id"],
        "question_id": example["question_id"],
        "source": SOURCE,
        "outcome": "completed" if is_accepted else "refused",
        "summary": summary if is_accepted else None,
        "answer_letter": "A" if is_accepted else None,
        "is_accepted": is_accepted,
        "rejection": None if is_accepted else "refused",
        "content_hash": make_id(summary) if is_accepted else None,
        "completion_tokens": 40,
    }


def _reviews(example: dict[str, Any]) -> Rows:
    """Two by one reviewer on one text, of which the later counts; one of a text that has changed."""
    of_example = {key: example[key] for key in ("example_id", "content_hash", "question_id", "source", "tier")}
    good = of_example | {"reviewer": "Dr. A.", "key_verdict": "right", "is_stale": False, "is_current": True}
    rows = [
        good | {"is_current": False},
        good | {"key_verdict": "wrong"},
        good | {"content_hash": "before", "is_stale": True},
    ]
    return [row | {"review_id": f"r{n}", "file": "00001-aa.csv", "row": n} for n, row in enumerate(rows, start=1)]


def _scores(example: dict[str, Any]) -> Rows:
    texts = {"final": example["path_id"], "before": example["parent_path_id"]}
    return [
        _call("quality_scores", f"{example['example_id']}/{role}")
        | {
            "score_id": f"{example['example_id']}/{role}",
            "example_id": example["example_id"],
            "question_id": example["question_id"],
            "source": SOURCE,
            "tier": example["tier"],
            "text_role": role,
            "path_id": path_id,
            "clinical_accuracy": 8.0,
            "logic": 7.0,
            "factual_correctness": 9.0,
            "completeness": 6.0,
            "score": 7.5,
        }
        for role, path_id in texts.items()
        if path_id is not None
    ]


def _provenance(tables: dict[str, Rows]) -> dict[str, Rows]:
    uses = [
        (name, row[TABLES[name].key], key)
        for name, rows in tables.items()
        if "call_keys" in TABLES[name].columns
        for row in rows
        for key in row["call_keys"]
    ]
    return {
        "llm_calls": [
            {"attempt_id": f"{key}/1", "call_key": key, "attempt": 1, "provider_kind": "simulated",
             "outcome": "completed", "is_accepted": True, "made_for": None if name == "verifications" else name}
            for name, _, key in uses
        ],
        "call_uses": [
            {"use_id": make_id(name, row_id, key), "used_by": name, "row_id": row_id, "source": SOURCE,
             **_served(name, tables, row_id), "call_key": key, "cost_share": 1.0}
            for name, row_id, key in uses
        ],
        "prompts": [{"prompt_hash": name} for name in ("earlier", *dict.fromkeys(name for name, _, _ in uses))],
        "verifier_votes": [
            {"vote_id": make_id(name, row_id, key), "used_by": name, "row_id": row_id, "source": SOURCE,
             "question_id": row_id.partition("/")[0], "call_key": key, "verdict": "correct", "vote": 1}
            for name, row_id, key in uses if name == "verifications"
        ],
    }  # fmt: skip


def _served(table: str, tables: dict[str, Rows], row_id: str) -> dict[str, Any]:
    """The question and the example that a row's calls serve."""
    row = next(row for row in tables[table] if row[TABLES[table].key] == row_id)
    example = make_id(row["question_id"], str(row["slot"])) if table == "refined_paths" else row.get("example_id")
    return {"question_id": row["question_id"], "example_id": example}


def _filled(spec: Any, column: str, row: dict[str, Any]) -> Any:
    declared = spec.columns[column]
    if column in row or declared.nullable:
        return row.get(column)
    plain = {pl.String: "x", pl.Int64: 1, pl.Float64: 1.0, pl.Boolean: False, pl.Datetime: datetime(2026, 1, 1)}
    kind = declared.dtype.type
    return [] if isinstance(kind, pl.List) else plain[kind if isinstance(kind, type) else type(kind)]
