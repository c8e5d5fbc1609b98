"""How long `reasonmed diff` takes at the published size: 195,000 questions, nine paths each, after an edit of a prompt.

    python benchmarks/diff.py [QUESTIONS]

The two states are made in memory: every path was judged anew by another prompt, every twentieth verdict is another one,
and tiers and examples follow.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb
from reasonmed_assets.quality.tables import TABLES

from reasonmed_assets.lineage.diff import comparison
from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared, Side

QUESTIONS = 195_000
PATHS = 9
_ROWS = {
    "questions": (
        "select 'q' || q as question_id, 'w' || q as raw_id, repeat('What? ', 30) as question from range({n}) t(q)"
    ),
    "reasoning_paths": (
        "select 'p' || q || '-' || p as path_id, 'q' || q as question_id, 'm' || p % 3 as model, "
        "['g' || q || '-' || p] as call_keys, repeat('so it is A. ', 10) as path_text "
        "from range({n}) t(q), range({paths}) s(p)"
    ),
    "verifications": (
        "select 'p' || q || '-' || p as path_id, 'q' || q as question_id, 'm' as model, '{prompt}' as prompt_hash, "
        "['{prompt}' || q || '-' || p] as call_keys, (q + p) % {wrong} != 0 as is_correct "
        "from range({n}) t(q), range({paths}) s(p)"
    ),
    "difficulty_tiers": (
        "select question_id, count(*) filter (is_correct) as n_correct, "
        "if(count(*) filter (is_correct) > 5, 'easy', 'medium') as tier from {side}_verifications group by all"
    ),
    "reasonmed": (
        "select 'e' || question_id as example_id, question_id, "
        "question_id.replace('q', 'p') || '-' || n_correct % 9 as path_id from {side}_difficulty_tiers"
    ),
    "sft_reasonmed": "select example_id, path_id as output, 'train' as fold from {side}_reasonmed",
    "llm_calls": ("select unnest(call_keys) as call_key, 'verifier' as role, 'm' as model from {side}_verifications"),
}
_PARTS = {
    "verifications": {"prompt verifier": "{prompt}", "table reasoning_paths": "1", "table questions": "1"},
    "difficulty_tiers": {"table verifications": "1"},
    "reasonmed": {"table difficulty_tiers": "1", "table reasoning_paths": "1"},
    "sft_reasonmed": {"table reasonmed": "1"},
}


def main() -> None:
    """Make the states, compare them, print the time and the causes."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS
    con = duckdb.connect()
    for side, prompt, wrong in ((BEFORE, "v1", 4), (AFTER, "v2", 3)):
        _make(con, side, n, prompt, wrong)
    tables = tuple(spec for spec in TABLES.values() if spec.group != "provenance")
    compared = Compared(con, (Side("a", 1), Side("b", 2)), tables, tuple(spec.name for spec in tables))
    started = time.monotonic()
    found = comparison.compare(compared)
    print(f"{n:,} questions, {n * PATHS:,} paths: {time.monotonic() - started:.1f} s; {found.summary()}")


def _make(con: duckdb.DuckDBPyConnection, side: str, n: int, prompt: str, wrong: int) -> None:
    for name, spec in TABLES.items():
        types = spec.duckdb_types()
        rows = _ROWS.get(name, "select 1 where false").format(n=n, paths=PATHS, prompt=prompt, wrong=wrong, side=side)
        con.execute(f"create table {side}_{name} ({', '.join(f'{column} {kind}' for column, kind in types.items())})")
        if name in _ROWS:
            source = ", 'mmlu' as source" if "source" in types else ""
            hashed = f"select *{source}, md5(rows::varchar) as row_hash from ({rows}) as rows"
            con.execute(f"insert into {side}_{name} by name {hashed}")
    for seq, (name, parts) in enumerate(_PARTS.items(), start=1):
        text = json.dumps(parts).replace("{prompt}", prompt)
        values = [seq, name, "mmlu" if TABLES[name].partitioned_by else "", text]
        con.execute(f"insert into {side}_publishes (seq, table_name, partition, parts) values (?, ?, ?, ?)", values)


if __name__ == "__main__":
    main()
