"""How well the letter of an answer is found in real replies: python benchmarks/extraction.py DATA_DIR.

Reads the replies of DATA_DIR/replies (JSON that ends in an answer field) in three forms: as they came, their reasoning
with a final line as this project's prompts ask for it, and their reasoning alone. The label is the letter that comes
with a cleanly parsed reply; the others, and those that answer with an option's text, are labelled by hand in
tests/rules/reply_letters.json. Prints one Markdown table per form, every wrong letter, and every missed one of the
first form; at last the processor time that 1 MB of what a model may repeat takes.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reasonmed_assets.llm.replies.reply_text import json_objects, split_reasoning
from reasonmed_assets.rules.extraction import Extraction, extract_answer

LABELS = Path(__file__).parents[1] / "tests" / "rules" / "reply_letters.json"
MODELS = {"gpt-35-turbo-16k": "GPT-3.5", "gpt-4-32k": "GPT-4"}
FORMS = ("As replied", "Reasoning and a final line", "Reasoning alone")
QUOTED = 40
OPTIONS = ["Aspirin", "Heparin", "Warfarin", "Digoxin"]
REPEATED = ("- \n", "the answer is ", "the answer to ", "x\n", "\n", '\n"answer": "', '"answer": [', "\\boxed{",
            "</think>", '{"a":', "```", "ﷺ")  # fmt: skip


class Reading(NamedTuple):
    """What was found in one reply."""

    name: str
    source: str
    model: str
    label: str | None
    found: Extraction
    words: str
    """The answer field; the text where it has none."""

    @property
    def is_right(self) -> bool:
        """A letter was found, and it is the label."""
        return self.found.letter is not None and self.found.letter == self.label


def readings(data: Path, form: str) -> Iterator[Reading]:
    """Every reply that has this form."""
    by_hand: dict[str, str | None] = json.loads(LABELS.read_text(encoding="utf-8"))
    for file in sorted((data / "replies").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            for slot, path in item["paths"].items():
                name = f"{file.stem}/{item['id']}/{slot}"
                text = in_form(path, form)
                if text is None:
                    continue
                found = extract_answer(text, list(item["options"].values()))
                answer = path["answer_choice_raw"]
                words = text if form == "Reasoning alone" or not answer else answer
                yield Reading(
                    name,
                    file.stem,
                    MODELS[path["model"]],
                    by_hand[name] if name in by_hand else path["letter"],
                    found,
                    words,
                )


def in_form(path: dict[str, Any], form: str) -> str | None:
    """A reply's text in a form; None where it cannot be had: only clean replies have their reasoning apart."""
    if form == "As replied":
        return path["raw"][0] if path["raw"] else ""
    if path["parse"] != "json" or not isinstance(path["cot"], str) or not isinstance(path["answer_choice_raw"], str):
        return None
    if form == "Reasoning alone":
        return path["cot"]
    return f"{path['cot']}\n\nFinal answer: {path['answer_choice_raw']}"


def print_table(form: str, found: list[Reading]) -> None:
    """Rows by source and model, a column per rule: right letters of those that the rule found."""
    rules = sorted({reading.found.rule or "" for reading in found if reading.found.letter})
    print(f"| {form} | with a letter | found | coverage | wrong | precision | {' | '.join(map(code, rules))} |")
    print(f"|---|{'---:|' * (5 + len(rules))}")
    groups = list(dict.fromkeys((reading.source, reading.model) for reading in found))
    for source, model in sorted(groups):
        chosen = [reading for reading in found if (reading.source, reading.model) == (source, model)]
        print(f"| {source}, {model} | {cells(chosen, rules)} |")
    print(f"| all | {cells(found, rules)} |\n")


def cells(found: list[Reading], rules: list[str]) -> str:
    """The figures of one row."""
    labelled = sum(reading.label is not None for reading in found)
    letters = sum(reading.found.letter is not None for reading in found)
    right = sum(reading.is_right for reading in found)
    by_rule = Counter(reading.found.rule for reading in found if reading.found.letter)
    right_by_rule = Counter(reading.found.rule for reading in found if reading.is_right)
    figures = [f"{labelled:,}", f"{letters:,}", f"{right / labelled:.1%}", f"{letters - right:,}"]
    figures.append(f"{right / letters:.2%}" if letters else "")
    return " | ".join(
        figures + [f"{right_by_rule[rule]:,} of {by_rule[rule]:,}" if by_rule[rule] else "" for rule in rules]
    )


def code(text: str) -> str:
    """As code in Markdown."""
    return f"`{text}`"


def print_misses(title: str, misses: list[Reading]) -> None:
    """One row per miss, with the words that were read."""
    print(f"{title}: {len(misses):,}.\n")
    if misses:
        print("| reply | label | found | rule | words |")
        print("|---|---|---|---|---|")
    for miss in sorted(misses):
        words = " ".join(miss.words.split()).replace("|", "/")
        if len(words) > QUOTED:
            words = f"{words[: QUOTED // 2]} ... {words[-QUOTED // 2 :]}"
        print(f"| {miss.name} | {miss.label or 'none'} | {miss.found.letter or 'none'} | {miss.found.rule} | {words} |")
    if misses:
        print()


def print_times() -> None:
    """Seconds of processor time for 1 MB of each repeated fragment."""
    print("| 1 MB of | extract_answer | split_reasoning | json_objects |")
    print("|---|---:|---:|---:|")
    for fragment in REPEATED:
        text = "x" + fragment * (1_000_000 // len(fragment)) + "x"
        times = []
        for read in (lambda t: extract_answer(t, OPTIONS), lambda t: split_reasoning(t, None, "think"), json_objects):
            started = time.process_time()
            read(text)
            times.append(f"{time.process_time() - started:.3f}")
        print(f"| {fragment!a} | {' | '.join(times)} |")


def main() -> None:
    """Print tables and misses."""
    misses = []
    for form in FORMS:
        found = list(readings(Path(sys.argv[1]), form))
        print_table(form, found)
        wrong = [reading for reading in found if reading.found.letter and not reading.is_right]
        misses.append((f"Wrong letters, {form.lower()}", wrong))
        if form == "As replied":
            missed = [reading for reading in found if reading.label and not reading.found.letter]
            misses.append((f"Missed letters, {form.lower()}", missed))
    for title, readings_of in misses:
        print_misses(title, readings_of)
    print_times()


if __name__ == "__main__":
    main()
