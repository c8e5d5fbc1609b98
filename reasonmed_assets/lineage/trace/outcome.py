"""What became of a question, in sentences: where its examples are, or why it has none."""

from __future__ import annotations

from collections.abc import Iterator

from reasonmed_assets.lineage.trace.gathering import Rows
from reasonmed_assets.lineage.trace.nodes import Node, by_slot, own_records, place_of, training_sets, why_not, words

_NOT_REAL = {
    "simulated": "A rehearsal: a simulated endpoint wrote the texts. They say nothing about medicine or any model.",
    "demonstration": "A demonstration: the small built-in model wrote the texts. They are not fit for use.",
}


def outcome_of(rows: Rows) -> list[Node]:
    """What became of the question, and why there is no example where there is none: one sentence each."""
    kinds = {row["provider_kind"] for row in rows.of("reasoning_paths") if row["provider_kind"]}
    notes = [Node(_NOT_REAL[kind], "warn", is_outcome=True) for kind in sorted(kinds) if kind in _NOT_REAL]
    ends = _never_asked(rows) if rows.first("questions") is None else _examples(rows)
    return [*(Node(told, "good" if is_good else "warn", is_outcome=True) for told, is_good in ends), *notes]


def _examples(rows: Rows) -> Iterator[tuple[str, bool]]:
    tier = rows.first("difficulty_tiers")
    if tier is None:
        missing = "judged" if rows.of("reasoning_paths") else "asked"
        yield f"The question was taken and is not {missing} yet: the build has not come that far.", False
        return
    if tier["tier"] == "unresolved":
        yield (
            f"The tier is unresolved: {tier['n_missing']} of {tier['n_paths']} paths have no judgement, and it is "
            f"{tier['best_tier']} or {tier['worst_tier']} depending on them. There is no example until they have one "
            "(`reasonmed retry`).",
            False,
        )
    recorded = {row["example_id"] for table in training_sets(rows) for row in rows.of(table)}
    for example in by_slot(rows.of("reasonmed")):
        name = f"Example {example['slot']} ({example['stage']})"
        summary = rows.first("answer_summaries", example_id=example["example_id"])
        if example["example_id"] in recorded:
            yield f"{name} is in the training sets.", True
        elif summary is None or summary["is_accepted"]:
            yield f"{name} is in no training set yet: the build has not come that far.", False
        else:
            yield (
                f"{name} is in no training set: its short answer was not accepted: {why_not(summary).rstrip('.')}.",
                False,
            )
    for dropped in by_slot(rows.of("dropped_examples")):
        yield (
            f"Example {dropped['slot']} was dropped: {words(dropped['reason'])}, {dropped['detail'].rstrip('.')}.",
            False,
        )
    if tier["tier"] != "unresolved" and not rows.of("reasonmed") and not rows.of("dropped_examples"):
        yield f"The tier is {tier['tier']}; its examples are not made yet.", False


def _never_asked(rows: Rows) -> Iterator[tuple[str, bool]]:
    own = own_records(rows)
    turned_away = [row for row in rows.of("rejected_questions") if row["raw_id"] in own]
    for row in turned_away:
        other = rows.others.get(row["other_raw_id"])
        why = row["detail"] if other is None else f"It matches {place_of(other)}."
        yield f"The record was turned away: {words(row['reason'])}. {why}", False
    if rows.of("benchmark_questions"):
        yield "A benchmark question: no example is made from it, and questions like it are turned away.", False
    elif rows.of("raw_questions") and not turned_away:
        taken = rows.publishes.get("questions")
        why = "its source has no questions yet: the build has not come that far"
        if taken is not None:
            why = f"the limit on questions leaves it out: {taken['rows']:,} of its source are taken"
        yield f"The record was read and not turned away, but {why}.", False
    if not own and rows.asked.table == "llm_calls":
        yield "No row of this warehouse uses the call.", False
