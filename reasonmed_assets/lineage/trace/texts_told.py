"""The texts that models wrote for a question, as nodes: paths, rewrites, examples, each with its judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reasonmed_assets.lineage.trace.calls_told import CallsTold
from reasonmed_assets.lineage.trace.gathering import Row, Rows
from reasonmed_assets.lineage.trace.nodes import Node, State, by_slot, given, training_sets, why_not, words


class TextsTold:
    """The texts of a trace; a part without rows is left out."""

    def __init__(self, rows: Rows, calls: CallsTold) -> None:
        self._rows = rows
        self._calls = calls

    def paths(self) -> Iterator[Node]:
        """Every path with its verdict, its rank, what was audited, and its calls."""
        rows = self._rows
        paths = sorted(rows.of("reasoning_paths"), key=lambda row: (row["generator"], row["sample"]))
        if not paths:
            return
        judged = [rows.first("verifications", path_id=path["path_id"]) for path in paths]
        right = sum(bool(one and one["is_correct"]) for one in judged)
        wrong = sum(one is not None and one["is_correct"] is False for one in judged)
        title = f"Paths: {len(paths)}, {right} correct, {wrong} error, {len(paths) - right - wrong} without a judgement"
        yield Node(title, children=[self._path(path, verdict) for path, verdict in zip(paths, judged, strict=True)])

    def _path(self, path: Row, verdict: Row | None) -> Node:
        rows, path_id = self._rows, path["path_id"]
        state: State = (
            "" if verdict is None or verdict["is_correct"] is None else "good" if verdict["is_correct"] else "bad"
        )
        said = {"good": "correct", "bad": "error"}.get(state, "no judgement")
        letter = path["answer_letter"] or "no letter"
        facts = {"model": path["model"]} | given(
            path, "error_kind", "outcome_detail", "extraction_rule", "top_p", "seed"
        )
        children = []
        if verdict is not None:
            votes = f", {verdict['n_votes_correct']} of {verdict['n_votes']} votes" if verdict["n_votes"] != 1 else ""
            letters = {True: ", the letter is the key", False: ", the letter is not the key", None: ""}
            told = f"verdict: {verdict['verdict'] or 'none'}{votes}{letters[verdict['is_answer_match']]}"
            children.append(
                Node(
                    told,
                    state,
                    text=verdict["reason"] or "",
                    children=[*self._votes("verifications", path_id), *self._calls.of_row("verifications", verdict)],
                )
            )
        ranked = rows.first("ranked_paths", path_id=path_id)
        if ranked is not None:
            score = "no score" if ranked["score"] is None else f"score {ranked['score']:g}"
            copy = f", nearly the same as {ranked['near_copy_of']}" if ranked["near_copy_of"] else ""
            told = f"{score}, rank {ranked['path_rank']}{copy}"
            text = ranked["justification"] or ""
            children.append(Node(told, text=text, children=self._calls.of_row("ranked_paths", ranked)))
        for audit in rows.of("verifier_audit", path_id=path_id):
            agrees = audit["second_verdict"] == audit["expected_verdict"]
            told = f"audit, {words(audit['kind'])}: {audit['second_verdict'] or 'no verdict'}"
            told += "" if agrees else f", expected {audit['expected_verdict']}"
            planted = {"before": audit["text_before"], "after": audit["text_after"]}
            children.append(
                Node(
                    told,
                    "good" if agrees else "warn",
                    text=audit["reason"] or "",
                    facts={name: value for name, value in planted.items() if value},
                    children=self._calls.of_row("verifier_audit", audit),
                    is_detail=True,
                )
            )
        if path["path_text"] or path["raw_text"]:
            children.insert(0, Node("text", text=path["path_text"] or path["raw_text"], is_detail=True))
        children += self._calls.of_row("reasoning_paths", path)
        used = [row["slot"] for row in rows.of("reasonmed", path_id=path_id)]
        used_as = "".join(f", example {slot}" for slot in used)
        title = f"{path['generator']} {path['sample']}, temperature {path['temperature']:g}: {letter}, {said}{used_as}"
        return Node(title, state, facts=facts | {"path": path_id}, children=children)

    def _votes(self, table: str, row_id: str) -> list[Node]:
        votes = self._rows.of("verifier_votes", used_by=table, row_id=row_id)
        if len(votes) < 2:
            return []
        return [Node(f"vote {vote['vote']}: {vote['verdict']}", text=vote["reason"]) for vote in votes]

    def rewrites(self) -> Iterator[Node]:
        """What was rewritten from what, why, and how each round was judged."""
        rows = self._rows
        order = {"refined": 0, "regenerated": 1}
        found = sorted(
            rows.of("refined_paths"), key=lambda row: (row["slot"], order.get(row["stage"], 2), row["round"])
        )
        if not found:
            return
        names = {row["path_id"]: f"{row['generator']} {row['sample']}" for row in rows.of("reasoning_paths")}
        names |= {row["path_id"]: f"{row['stage']} text of round {row['round']}" for row in found}
        accepted = sum(row["is_accepted"] for row in found)
        children = [self._rewrite(row, names) for row in found]
        yield Node(f"Rewrites: {len(found)}, {accepted} accepted", children=children)

    def _rewrite(self, row: Row, names: Mapping[str, str]) -> Node:
        rows, parent = self._rows, row["parent_path_id"]
        base = f" from {names.get(parent, parent)}" if parent else " from nothing"
        ended = "accepted" if row["is_accepted"] else f"not accepted: {row['rejection']}"
        children = []
        judged = rows.first("verifications", path_id=parent) or {}
        earlier = rows.first("refined_paths", path_id=parent) or {}
        reason = judged.get("reason") or earlier.get("verdict_reason")
        if reason:
            children.append(Node("reason given for the text before", text=reason))
        others = [
            one
            for one in rows.of("verifications", is_correct=False)
            if one["reason"] and one["path_error_kind"] is None and one["path_id"] != parent
        ]
        if others:
            told = f"shown with up to 6 reasons of the {len(others)} other error paths"
            listed = [Node(f"concludes {one['answer_letter']}", text=one["reason"]) for one in others]
            children.append(Node(told, children=listed, is_detail=True))
        if row["verdict"] or row["verdict_reason"]:
            told = f"verdict: {row['verdict'] or 'none'}"
            state: State = "good" if row["verdict"] == "correct" else "bad"
            votes = self._votes("refined_paths", row["path_id"])
            children.append(Node(told, state, text=row["verdict_reason"] or "", children=votes))
        if row["leak_phrases"]:
            children.append(Node(f"betrays its source: {', '.join(row['leak_phrases'])}", "bad"))
        if row["path_text"] or row["raw_text"]:
            children.append(Node("text", text=row["path_text"] or row["raw_text"], is_detail=True))
        children += self._calls.of_row("refined_paths", row)
        facts = {"model": row["model"]} | given(row, "answer_letter", "error_kind", "supports_key", "outcome_detail")
        title = f"example {row['slot']}, {row['stage']}, round {row['round']}{base}: {ended}"
        return Node(
            title, "good" if row["is_accepted"] else "bad", facts=facts | {"path": row["path_id"]}, children=children
        )

    def examples(self) -> Iterator[Node]:
        """The final texts, what people and models say of them, and the training records."""
        rows = self._rows
        for example in by_slot(rows.of("reasonmed")):
            example_id = example["example_id"]
            children = [Node("path", text=example["path_text"], is_detail=True)]
            for summary in rows.of("answer_summaries", example_id=example_id):
                text = summary["summary"] or summary["raw_text"] or ""
                told = "short answer" if summary["is_accepted"] else f"short answer not accepted: {why_not(summary)}"
                state: State = "good" if summary["is_accepted"] else "bad"
                calls = self._calls.of_row("answer_summaries", summary)
                children.append(Node(told, state, text=text, facts=given(summary, "model"), children=calls))
            children += self._scores(example_id)
            children += self._reviews(example_id)
            for name in training_sets(rows):
                for record in rows.of(name, example_id=example_id):
                    input_and_output = "\n\n".join(
                        filter(None, (record["instruction"], record["input"], record["output"]))
                    )
                    children.append(Node(f"record of {name}", "good", text=input_and_output, is_detail=True))
            facts = {"example": example_id, "path": example["path_id"]} | given(
                example, "model", "stage", "fold", "licence", "answer_letter"
            )
            yield Node(f"Example {example['slot']}", "good", facts=facts, children=children)
        for dropped in by_slot(rows.of("dropped_examples")):
            told = f"Example {dropped['slot']}: dropped, {words(dropped['reason'])}"
            facts = {"example": dropped["example_id"], "detail": dropped["detail"]}
            yield Node(told, "bad", facts=facts, children=list(self._reviews(dropped["example_id"])))

    def _scores(self, example_id: str) -> Iterator[Node]:
        for score in self._rows.of("quality_scores", example_id=example_id):
            told = "no score" if score["score"] is None else f"{score['score']:g} of 10"
            facts = given(score, "clinical_accuracy", "logic", "factual_correctness", "completeness")
            calls = self._calls.of_row("quality_scores", score)
            title = f"score of the {score['text_role']} text: {told}"
            yield Node(title, text=score["justification"] or "", facts=facts, children=calls)

    def _reviews(self, example_id: str) -> Iterator[Node]:
        for review in self._rows.of("reviews", example_id=example_id):
            verdicts = {name: review[f"{name}_verdict"] for name in ("key", "reasoning", "answer")}
            told = ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items() if verdict) or "no verdict"
            stale = " (of an earlier text)" if review["is_stale"] else ""
            facts = given(review, "file", "row", "problem")
            state: State = "warn" if "wrong" in verdicts.values() else ""
            yield Node(
                f"review by {review['reviewer']}: {told}{stale}", state, text=review["comment"] or "", facts=facts
            )
