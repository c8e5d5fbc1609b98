"""What became of a question, put together anew from raw files and the ledger, by no code that makes or traces rows.

A call is found by the question that its prompt shows; a reply is read by a few lines here.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reasonmed_assets.llm.ledger.store import CallStore

_ROLE = re.compile(r"Role: (\w+)")
_LETTER = re.compile(r"Final answer:\W*([A-J])\b")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Call:
    """One call of the ledger: what it shows, and its reply."""

    key: str
    role: str
    model: str
    seed: int | None
    reasoning: str
    content: str
    finish_reason: str | None
    tokens: tuple[int | None, int | None]

    @property
    def value(self) -> dict[str, Any]:
        """The reply as JSON; empty where it is none."""
        for text in re.findall(r"\{.*\}", self.content, re.DOTALL):
            try:
                found = json.loads(text)
            except ValueError:
                continue
            return found if isinstance(found, dict) else {}
        return {}

    def letter(self, options: list[str]) -> str | None:
        """The option that the text concludes with, by its letter or in its words."""
        found = _LETTER.findall(text := str(self.value.get("path", self.content)).replace("*", ""))
        said = _plain(text.rpartition("Final answer:")[2])
        by_words = [letter for letter, option in zip("ABCDEFGHIJ", options, strict=False) if _plain(option) == said]
        return found[-1] if found else by_words[0] if len(by_words) == 1 else None


@dataclass
class Ledger:
    """The calls by the question that they show: context, stem, options."""

    calls: dict[Key, list[Call]] = field(default_factory=lambda: defaultdict(list))

    def of(self, question: dict[str, Any]) -> list[Call]:
        """The calls of a question; the summariser is shown no context."""
        context, stem, options = shown(question)
        summaries = self.calls.get(("", stem, options), []) if context else []
        return [*self.calls.get((context, stem, options), []), *(one for one in summaries if one.role == "summariser")]

    @classmethod
    def read(cls, store: CallStore, keys: Iterable[str]) -> Ledger:
        """All of these calls."""
        ledger, listed = cls(), list(keys)
        replies = store.lookup(set(listed))
        for key in listed:
            body = store.body_of(key) or {}
            system, user = body["messages"][0]["content"], body["messages"][1]["content"]
            reply = replies[key].reply if key in replies else None
            role = _ROLE.search(system)
            assert role is not None
            call = Call(
                key, role[1].lower(), body["model"], body.get("seed"), _part("reasoning", user),
                reply.content or "" if reply else "", reply.finish_reason if reply else None,
                (reply.prompt_tokens, reply.completion_tokens) if reply else (None, None),
            )  # fmt: skip
            ledger.calls[_part("context", user), _part("question", user), _part("options", user)].append(call)
        return ledger


def _part(name: str, text: str) -> str:
    found = re.search(rf"<{name}>\n(.*?)\n</{name}>", text, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def shown(question: dict[str, Any]) -> Key:
    """The question as prompts show it."""
    options = "\n".join(f"{letter}. {text}" for letter, text in zip("ABCDEFGHIJ", question["options"], strict=False))
    context, stem, options = (
        " ".join(text.split()) for text in (question["context"] or "", question["question"], options)
    )
    return context, stem, options


def published(data: Path, record: dict[str, Any]) -> tuple[str, list[str], str]:
    """Stem, options and text of the key of a record, read from its file."""
    file, row = data / record["file"], record["row"]
    if record["source"] == "mmlu":
        with file.open(newline="", encoding="utf-8") as opened:
            cells = list(csv.reader(opened))[row - 1]
        return cells[0], cells[1:-1], cells["ABCD".index(cells[-1].strip()) + 1]
    if record["source"] == "pubmedqa":
        item = list(json.loads(file.read_text(encoding="utf-8")).values())[row - 1]
        return item["QUESTION"], ["yes", "no", "maybe"], item["final_decision"]
    item = json.loads(file.read_text(encoding="utf-8").splitlines()[row - 1])
    if record["source"] == "medqa":
        options = [item["options"][letter] for letter in sorted(item["options"])]
        return item["question"], options, item["options"][item["answer_idx"]]
    options = [item[f"op{letter}"] for letter in "abcd"]
    return item["question"], options, options[int(item["cop"]) - 1]


def differences(trace: dict[str, Any], data: Path, ledger: Ledger, unused: Collection[str] = ()) -> list[str]:
    """In what a trace (the JSON of the command) differs from files and ledger, `unused` calls left out."""
    found = []
    tables = trace["tables"]
    for record in tables.get("raw_questions", []):
        stem, options, gold = published(data, record)
        told = [record["question"], *record["options"], record["gold_text"]]
        if [*map(_plain, told)] != [*map(_plain, [stem, *options, gold])]:
            found.append(f"record {record['raw_id']}: {told} is not {[stem, *options, gold]}")
    for question in tables.get("questions", []):
        found += _differences_of_texts(
            trace, question, [call for call in ledger.of(question) if call.key not in unused]
        )
    if not tables.get("questions") and trace["calls"]:
        found.append("calls of a question that was not kept")
    return found


def _differences_of_texts(trace: dict[str, Any], question: dict[str, Any], calls: list[Call]) -> list[str]:
    found = []
    tables, by_key = trace["tables"], {call.key: call for call in calls}
    if set(trace["calls"]) != set(by_key):
        found.append(f"calls: {len(trace['calls'])} told, {len(by_key)} in the ledger")
    for key, attempts in trace["calls"].items():
        accepted = [(one["prompt_tokens"], one["completion_tokens"]) for one in attempts if one["is_accepted"]]
        if key in by_key and accepted and accepted != [by_key[key].tokens]:
            found.append(f"call {key}: {accepted} tokens told, {by_key[key].tokens} in the ledger")
    same = {
        text: [n for n, one in enumerate(question["options"]) if _plain(one) == _plain(text)]
        for text in question["options"]
    }
    right = {"ABCDEFGHIJ"[n] for n in same.get(question["gold_text"], [])} | {question["gold_letter"]}
    options = question["options"]
    verdicts = {row["path_id"]: row for row in tables.get("verifications", [])}
    n_correct = 0
    for path in tables.get("reasoning_paths", []):
        made = [by_key[key] for key in path["call_keys"] if key in by_key]
        told = verdicts.get(path["path_id"], {})
        judged = [by_key[key].value for key in told.get("call_keys", []) if key in by_key]
        verdict = next((one for one in reversed(judged) if "verdict" in one), {})
        if (
            path["path_text"] is not None
            and made
            and (made[-1].letter(options), made[0].seed) != (path["answer_letter"], path["seed"])
        ):
            found.append(f"path {path['path_id']}: {path['answer_letter']} told, {made[-1].content!r} in the ledger")
        if (told.get("verdict") or "") != str(verdict.get("verdict", "")).lower():
            found.append(f"path {path['path_id']}: verdict {told.get('verdict')} told, {verdict} in the ledger")
        n_correct += (
            bool(path["path_text"] and made)
            and made[-1].letter(options) in right
            and verdict.get("verdict") == "Correct"
        )
    for tier in tables.get("difficulty_tiers", []):
        n, missing = tier["n_paths"], tier["n_missing"]
        expected = _tier(n - n_correct - missing, n_correct, n)
        if tier["tier"] not in (expected, "unresolved") or tier["n_correct"] != n_correct:
            found.append(
                f"tier {tier['tier']} with {tier['n_correct']} correct told, {expected} with {n_correct} expected"
            )
    rewriters = [call for call in calls if call.role in ("refiner", "regenerator")]
    rewritten = {key for row in tables.get("refined_paths", []) for key in row["call_keys"]}
    if {call.key for call in rewriters} - rewritten:
        found.append("a rewriting call is of no round that is told")
    texts = [_squeezed(str(call.value.get("path", call.content))) for call in calls]
    examples = {row["example_id"]: row for row in tables.get("reasonmed", [])}
    for record in tables.get("sft_reasonmed", []):
        path = examples[record["example_id"]]["path_text"]
        answers = [call for call in calls if call.role == "summariser" and _squeezed(call.reasoning) == _squeezed(path)]
        if not any(_squeezed(path) in text for text in texts):
            found.append(f"example {record['example_id']}: no reply has its path")
        if not any(_squeezed(path + call.content) == _squeezed(record["output"]) for call in answers):
            found.append(f"example {record['example_id']}: its output is not path and short answer of the ledger")
    for dropped in tables.get("dropped_examples", []):
        if dropped["reason"] == "rewrite_not_accepted" and not rewriters:
            found.append(f"example {dropped['example_id']}: dropped after rewrites that nobody made")
    return found


def _tier(n_error: int, n_correct: int, n: int) -> str:
    if n_error <= 4 * n // 9:
        return "easy"
    return "medium" if n_error <= 7 * n // 9 and n_correct >= 2 else "difficult"


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).strip().lower()


def _squeezed(text: str) -> str:
    return re.sub(r"[\s*]+", "", text)
