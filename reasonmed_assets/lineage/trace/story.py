"""A trace as a tree: what became of a question, why, and what it was made from, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reasonmed_assets.lineage.trace.calls_told import CallsTold, usd_text
from reasonmed_assets.lineage.trace.gathering import Row, Rows
from reasonmed_assets.lineage.trace.nodes import Node, given, own_records, place_of, training_sets, words
from reasonmed_assets.lineage.trace.outcome import outcome_of
from reasonmed_assets.lineage.trace.texts_told import TextsTold
from reasonmed_assets.vocabulary import LETTERS

_TOLD = {
    "raw_questions",
    "benchmark_questions",
    "question_matches",
    "overrides",
    "questions",
    "rejected_questions",
    "reasoning_paths",
    "verifications",
    "verifier_votes",
    "verifier_audit",
    "difficulty_tiers",
    "ranked_paths",
    "refined_paths",
    "reasonmed",
    "dropped_examples",
    "answer_summaries",
    "quality_scores",
    "reviews",
}
"""Tables whose rows have a part of their own; those of every other table are told alike."""


def tell(rows: Rows, said: Mapping[str, Sequence[tuple[str, str]]] | None = None) -> Node:
    """The tree of a trace.

    Args:
        rows: what was gathered.
        said: prompt and reply by call key; None where they were not asked for.
    """
    calls = CallsTold(rows, said or {})
    story, texts = _Story(rows, calls), TextsTold(rows, calls)
    usd, unknown = rows.cost
    question = rows.first("questions") or rows.first("raw_questions") or rows.first("benchmark_questions") or {}
    record = question or rows.first("rejected_questions") or {}
    tier = (rows.first("difficulty_tiers") or {}).get("tier")
    name = f"Question {rows.question_id}" if rows.question_id else f"{words(rows.asked.table)} {rows.asked.id}"
    parts = [part for part in (record.get("source"), tier, question.get("subject")) if part]
    children = [
        *outcome_of(rows),
        *story.question(),
        *story.records(),
        *story.matches(),
        *story.people(),
        *texts.paths(),
        *story.tier(),
        *texts.rewrites(),
        *texts.examples(),
        *story.rest(),
        *story.publishes(),
    ]
    facts = {"calls": len(rows.calls), "cost": usd_text(usd)} if rows.calls else {}
    if unknown:
        facts["attempts of unknown cost"] = round(unknown, 2)
    return Node(", ".join([name, *parts]), facts=facts, children=children)


class _Story:
    """The parts of the tree about the question; a part without rows is left out."""

    def __init__(self, rows: Rows, calls: CallsTold) -> None:
        self._rows = rows
        self._calls = calls

    def question(self) -> Iterator[Node]:
        """Question, options, key."""
        rows = self._rows
        question = rows.first("questions") or rows.first("raw_questions") or rows.first("benchmark_questions")
        if question is None:
            return
        key, published = question["gold_letter"], question.get("published_gold_letter")
        options = []
        for letter, option in zip(LETTERS, question["options"], strict=False):
            notes = [*(["key"] if letter == key else []), *(["key as published"] if letter == published != key else [])]
            options.append(
                Node(f"{letter}. {option}" + "".join(f"  ({n})" for n in notes), "good" if letter == key else "")
            )
        facts = given(question, "subject", "licence", "fold", "group_id", "language", "split_role")
        note = [Node(question["override_note"], "warn")] if question.get("override_note") else []
        context = [Node("Context", text=question["context"], is_detail=True)] if question.get("context") else []
        yield Node("Question", text=question["question"], facts=facts, children=[*context, *options, *note])

    def records(self) -> Iterator[Node]:
        """Where the question was read."""
        rows = self._rows
        kept = (rows.first("questions") or {}).get("raw_id")
        rejected = {row["raw_id"]: row for row in rows.of("rejected_questions")}
        own = own_records(rows)
        records = [*rows.of("raw_questions"), *rows.of("benchmark_questions")]
        records += [
            row for raw_id, row in rejected.items() if raw_id in own and raw_id not in {r["raw_id"] for r in records}
        ]
        for record in records:
            raw_id = record["raw_id"]
            why = rejected.get(raw_id)
            children = (
                [Node(f"turned away: {words(why['reason'])}", "bad", facts={"detail": why["detail"]})] if why else []
            )
            native = record.get("native") or record.get("raw_text")
            if native:
                children += [Node("as published", text=native, is_detail=True)]
            yield Node(
                f"Record {raw_id}: {record['file']}, row {record['row']}",
                "bad" if why else "good" if raw_id == kept else "",
                facts=given(record, "split", "split_role", "native_id", "needs_figure"),
                children=children,
            )

    @staticmethod
    def _other(other: Row) -> Node:
        kind = "benchmark" if other["table_name"] == "benchmark_questions" else "record"
        letter = other["gold_letter"]
        key = f"{letter}. {other['options'][LETTERS.index(letter)]}"
        return Node(f"{kind} {other['raw_id']}: {place_of(other)}", text=other["question"], facts={"key": key})

    def matches(self) -> Iterator[Node]:
        """Duplicates and the nearest benchmark question."""
        rows, own = self._rows, own_records(self._rows)
        found = sorted(rows.of("question_matches"), key=lambda row: -row["edit_ratio"])
        children = []
        for match in found:
            is_ours = match["raw_id"] in own
            other = rows.others.get(match["other_raw_id"] if is_ours else match["raw_id"])
            what = "a benchmark question" if match["other_split_role"] == "benchmark" else "another record"
            told = f"{words(match['decision'])}: {match['edit_ratio']:.1f}% alike with {what}"
            if not is_ours:
                told = f"another record, {words(match['decision'])}: {match['edit_ratio']:.1f}% alike with this one"
            children.append(
                Node(
                    told,
                    "" if match["decision"] == "grouped" or not is_ours else "bad",
                    text="" if other else match["evidence"],
                    facts=given(match, "is_exact", "is_same_gold", "is_same_facts", "group_id"),
                    children=[self._other(other)] if other else [],
                )
            )
        benchmarks = [one for one in found if one["raw_id"] in own and one["other_split_role"] == "benchmark"]
        if rows.of("raw_questions") and not benchmarks:
            children.append(Node("no match with a benchmark question", "good"))
        if children:
            yield Node("Duplicates and benchmarks", children=children)

    def people(self) -> Iterator[Node]:
        """What people decided about the question."""
        found = [
            Node(
                f"{words(row['kind'])}: {row['reason']}",
                "warn" if row["is_applied"] else "",
                facts=given(row, "decided_by", "decided_on", "gold_letter", "gold_text", "problem"),
            )
            for row in self._rows.of("overrides")
        ]
        if found:
            yield Node("Overrides", children=found)

    def tier(self) -> Iterator[Node]:
        """The tier with what it rests on."""
        tier = self._rows.first("difficulty_tiers")
        if tier is None:
            return
        children = []
        if tier["best_tier"] != tier["worst_tier"]:
            told = f"between {tier['best_tier']} and {tier['worst_tier']}: {tier['n_missing']} judgements are missing"
            children.append(Node(told, "warn"))
        if tier["doubt_letter"]:
            told = f"{tier['doubt_share']:.0%} of the paths conclude with {tier['doubt_letter']}"
            children.append(Node(told, "warn" if tier["is_label_doubt"] else ""))
        if tier["is_label_doubt"]:
            children.append(Node("the key itself is in doubt", "warn"))
        if tier["override_note"]:
            children.append(Node(tier["override_note"], "warn"))
        easy, medium = tier["easy_max_errors"], tier["medium_max_errors"]
        bounds = f"easy up to {easy} errors, medium up to {medium}"
        yield Node(
            f"Tier: {tier['tier']}, {tier['n_error']} errors of {tier['n_paths']}",
            facts={"bounds": bounds},
            children=children,
        )

    def rest(self) -> Iterator[Node]:
        """Rows of tables that this module does not know, and the calls of none of the rows."""
        rows = self._rows
        for table, found in rows.tables.items():
            is_told = table != "reviews" or rows.question_id is not None
            if (table in _TOLD and is_told) or table in training_sets(rows):
                continue
            key = rows.keys.get(table, "")
            children = [
                Node(str(row.get(key, "")), facts=_short(row), children=self._calls.of_row(table, row)) for row in found
            ]
            yield Node(f"{words(table)}: {len(found)}", children=children)
        if rows.asked.table == "llm_calls" and not rows.tables:
            yield from self._calls.nodes(rows.calls, {})

    def publishes(self) -> Iterator[Node]:
        """Which publish and run made the rows of each table last."""
        made = [
            Node(
                f"{table}: publish {one['seq']}, {one['published_at']:%Y-%m-%d %H:%M:%S}",
                facts=given(one, "run_id", "profile", "recipe"),
            )
            for table, one in self._rows.publishes.items()
        ]
        if made:
            yield Node("Made by", children=made, is_detail=True)


def _short(row: Row) -> dict[str, Any]:
    skipped = ("row_hash", "call_keys", "question_id", "source")
    return {words(name): value for name, value in row.items() if name not in skipped and value not in (None, "", [])}
