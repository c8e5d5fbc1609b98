"""The figures of a partition that its publish keeps: what the next build is compared with."""

from __future__ import annotations

import json
from typing import Any

import duckdb
from reasonmed_assets.quality.schema import TableSpec

_FIGURES: dict[str, dict[str, str]] = {
    "raw_questions": {
        "files": """
            select json_group_array(json_object(
                'file', file, 'split', split, 'split_role', split_role, 'records', records,
                'n_unreadable', n_unreadable, 'n_too_long', n_too_long, 'is_base_assumed', is_base_assumed
            )) from source_files""",
        "letters": "select json_group_object(gold_letter, n) from"
        " (select gold_letter, count(*) as n from staged group by all order by all)",
    },
    "benchmark_questions": {},
    "question_matches": {
        "decisions": "select json_group_object(decision, n) from"
        " (select decision, count(*) as n from staged group by all order by all)",
    },
    "overrides": {
        "kinds": "select json_group_object(kind, n) from"
        " (select kind, count(*) as n from staged group by all order by all)",
        "n_not_followed": "select count(*) from staged where not is_applied",
    },
    "rejected_questions": {
        "reasons": "select json_group_object(reason, n) from"
        " (select reason, count(*) as n from staged group by all order by all)",
    },
    "questions": {
        "letters": "select json_group_object(gold_letter, n) from"
        " (select gold_letter, count(*) as n from staged group by all order by all)",
    },
    "reasoning_paths": {
        "median_characters": "select json_group_object(generator, m) from (select generator, median(characters) as m"
        " from staged inner join measured using (path_id) group by all order by all)",
        "outcomes": "select json_group_object(coalesce(outcome, 'none'), n) from"
        " (select outcome, count(*) as n from staged group by all order by all)",
    },
    "verifications": {
        "acceptance": "select json_group_object(generator, share) from (select generator,"
        " round(avg(is_correct::integer), 6) as share from staged group by all having share is not null order by all)",
        "n_missing": "select count(*) from staged where is_correct is null",
    },
    "verifier_audit": {
        "second_verdicts": "select json_group_object(kind || ': ' || coalesce(second_verdict, 'missing'), n) from"
        " (select kind, second_verdict, count(*) as n from staged group by all order by all)",
    },
    "difficulty_tiers": {
        "tiers": "select json_group_object(tier, n) from"
        " (select tier, count(*) as n from staged group by all order by all)",
        "n_label_doubt": "select count(*) from staged where is_label_doubt",
    },
    "ranked_paths": {
        "scores": "select json_group_object(coalesce(score::varchar, 'missing'), n) from"
        " (select score, count(*) as n from staged group by all order by all)",
    },
    "refined_paths": {
        "n_accepted": "select count(*) from staged where is_accepted",
        "n_rounds": "select coalesce(max(round), 0) from staged",
    },
    "reasonmed": {
        "tiers": "select json_group_object(tier, n) from"
        " (select tier, count(*) as n from staged group by all order by all)",
    },
    "dropped_examples": {
        "reasons": "select json_group_object(reason, n) from"
        " (select reason, count(*) as n from staged group by all order by all)",
    },
    "answer_summaries": {"n_accepted": "select count(*) from staged where is_accepted"},
    "quality_scores": {
        "mean_scores": "select json_group_object(text_role, m) from (select text_role, round(avg(score), 4) as m"
        " from staged group by all having m is not null order by all)",
    },
    "reviews": {
        "files": """
            select json_group_array(json_object(
                'file', file, 'split', split, 'split_role', split_role, 'records', records, 'n_unreadable', n_unreadable
            )) from source_files""",
        "n_current": "select count(*) from staged where is_current and not is_stale",
        "n_stale": "select count(*) from staged where is_current and is_stale",
    },
    "llm_calls": {
        "outcomes": "select json_group_object(outcome, n) from"
        " (select outcome, count(*) as n from staged group by all order by all)",
        "cost_usd": "select round(sum(cost_usd), 6) from staged",
        "unknown_attempts": "select count(*) from staged where cost_usd is null",
        "unknown_usd": "select coalesce(round(sum(reserved_usd), 6), 0) from staged where cost_usd is null",
    },
}


def statistics(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None) -> dict[str, Any]:
    """Figures of the staged rows.

    Args:
        con: the connection of the audit, with the view `staged` and, as far as it could be made, `measured`.
        spec: the table.
        partition: its partition; None for a table without partitions.

    Returns:
        A JSON object: `partition`, `rows`, and figures of the table's own.
    """
    found: dict[str, Any] = {"partition": partition, "rows": _value(con, "select count(*) from staged")}
    for name, sql in _FIGURES.get(spec.name, {}).items():
        try:
            value = _value(con, sql)
        except duckdb.CatalogException:
            # What could not be measured has no figures; the checks of it tell why.
            value = None
        found[name] = json.loads(value) if isinstance(value, str) else value
    return found


def _value(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    return row[0] if row else None
