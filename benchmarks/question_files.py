"""Question files in the four native formats, with the published counts or a share of them.

    python benchmarks/question_files.py FOLDER [NUMBER OF QUESTIONS]

Every word is invented; words occur as often as in real text (Zipf), texts have the lengths of the published ones, and
each defect of `DEFECTS` its share of the rows. The same number gives the same files. The number counts the questions of
the train splits: 194,925 where none is given.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

COUNTS = {"medqa": 11_450, "medmcqa": 182_822, "pubmedqa": 500, "mmlu": 153}
"""Questions of the train splits, as published."""
BENCHMARKS = {"medqa": 1_273, "medmcqa": 4_183, "pubmedqa": 500, "mmlu": 1_089}
"""Questions of the benchmark splits."""
STEM_WORDS = {"medqa": (117, 45), "medmcqa": (14, 9), "pubmedqa": (14, 4), "mmlu": (25, 20)}
"""Mean and spread of the words of a stem."""
OPTION_WORDS = {"medqa": 4, "medmcqa": 3, "mmlu": 6}
DEFECTS = {
    "copy": 0.003,
    "near copy": 0.01,
    "near copy of a benchmark question": 0.002,
    "copy with another key": 0.001,
    "option without a text": 0.0005,
    "blank stem": 0.0003,
    "label out of range": 0.0005,
}
"""Share of the rows of a train split that have each defect."""

_COMMON = "which of the following is a in most likely with patient are true except caused by seen not all".split()  # noqa: SIM905
_VOCABULARY = 40_000
_MMLU_SUBJECTS = (
    "anatomy", "clinical_knowledge", "college_biology", "college_medicine", "medical_genetics", "professional_medicine",
)  # fmt: skip
_LEAST = 2 * len(_MMLU_SUBJECTS)
"""Questions of a source: no file is empty."""
_FIXED = ["yes", "no", "maybe"]
_DECISIONS = (0.55, 0.34, 0.11)


class Writer:
    """Writes texts whose words occur as often as their ranks say (Zipf)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = [c + v for c in "bcdfghklmnprstvz" for v in "aeiou"]
        invented = {"".join(self.random.choices(syllables, k=self.random.randint(2, 5))) for _ in range(_VOCABULARY)}
        self._words = _COMMON + sorted(invented)
        self._weights = list(accumulate(1 / (rank + 4) for rank in range(len(self._words))))

    def text(self, length: int) -> str:
        """The given number of words, at least one."""
        return " ".join(self.random.choices(self._words, cum_weights=self._weights, k=max(1, length)))

    def prose(self, length: int) -> str:
        """The given number of words, in sentences."""
        sentences = []
        while length > 0:
            n = min(length, self.random.randint(8, 20))
            sentences.append(self.text(n).capitalize())
            length -= n
        return ". ".join(sentences)

    def around(self, mean: float, spread: float) -> int:
        """A length."""
        return max(4, round(self.random.gauss(mean, spread)))


def write_files(folder: Path, n: int = sum(COUNTS.values()), seed: int = 1) -> dict[str, int]:
    """Write the files of all four sources; returns the number of questions in the train splits of each."""
    writer, share = Writer(seed), n / sum(COUNTS.values())
    counts = {source: max(_LEAST, round(count * share)) for source, count in COUNTS.items() if source != "medmcqa"}
    counts["medmcqa"] = max(_LEAST, n - sum(counts.values()))
    for source, count in counts.items():
        benchmark = [_question(writer, source) for _ in range(max(_LEAST, round(BENCHMARKS[source] * min(1, share))))]
        rows = list(_with_defects(writer, source, count, benchmark))
        _WRITERS[source](writer, folder / source, rows, benchmark)
    return counts


def _question(writer: Writer, source: str) -> dict[str, Any]:
    draw = writer.random
    stem = writer.prose(writer.around(*STEM_WORDS[source])) + ("?" if draw.random() < 0.7 else "")
    if source == "pubmedqa":
        options, gold = _FIXED, draw.choices(range(3), _DECISIONS)[0]
    else:
        n = 5 if source == "medqa" else 4
        mean = OPTION_WORDS[source]
        options = [writer.text(draw.randint(1, 2 * mean - 1)).capitalize() for _ in range(n)]
        gold = draw.randrange(n)
    return {"question": stem, "options": options, "gold": gold}


def _with_defects(
    writer: Writer, source: str, count: int, benchmark: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    draw, kept = writer.random, list[dict[str, Any]]()
    names, shares = list(DEFECTS), list(DEFECTS.values())
    for _ in range(count):
        defect = draw.choices([*names, ""], [*shares, 1 - sum(shares)])[0]
        row = _question(writer, source)
        if defect.startswith(("copy", "near copy")) and kept:
            row = dict(draw.choice(benchmark if defect.endswith("benchmark question") else kept))
            order = draw.sample(range(len(row["options"])), len(row["options"]))
            if source != "pubmedqa":
                row["options"], row["gold"] = [row["options"][at] for at in order], order.index(row["gold"])
        if defect.startswith("near copy"):
            words = row["question"].split(" ")
            for _ in range(max(1, len(words) // 12)):
                words[draw.randrange(len(words))] = writer.text(1)
            row["question"] = " ".join(words)
        elif defect == "copy with another key":
            row["gold"] = (row["gold"] + 1) % len(row["options"])
        elif defect == "option without a text" and source != "pubmedqa":
            row["options"] = ["", *row["options"][1:]]
        elif defect == "blank stem":
            row["question"] = " "
        elif defect == "label out of range":
            row["gold"] = 9
        elif not defect and len(kept) < 20_000:
            kept.append(row)
        yield row


def _letter(row: Mapping[str, Any]) -> str:
    return "ABCDEFGHIJ"[row["gold"]]


def _keyed(row: Mapping[str, Any]) -> str:
    return row["options"][row["gold"]] if row["gold"] < len(row["options"]) else ""


def _medqa(
    writer: Writer, folder: Path, rows: Sequence[Mapping[str, Any]], benchmark: Sequence[Mapping[str, Any]]
) -> None:
    n_dev = len(rows) // 9
    for name, some in (("train", rows[n_dev:]), ("dev", rows[:n_dev]), ("test", benchmark)):
        _jsonl(
            folder / "US" / f"{name}.jsonl",
            (
                {
                    "question": row["question"],
                    "answer": _keyed(row),
                    "options": dict(zip("ABCDE", row["options"], strict=True)),
                    "meta_info": "step1",
                    "answer_idx": _letter(row),
                }
                for row in some
            ),
        )


def _medmcqa(
    writer: Writer, folder: Path, rows: Sequence[Mapping[str, Any]], benchmark: Sequence[Mapping[str, Any]]
) -> None:
    for name, some in (("train", rows), ("dev", benchmark)):
        _jsonl(
            folder / f"{name}.json",
            (
                {
                    "question": row["question"],
                    "exp": writer.prose(writer.around(75, 40)) if writer.random.random() < 0.53 else None,
                    "cop": row["gold"] + 1,
                    **dict(zip(("opa", "opb", "opc", "opd"), row["options"], strict=True)),
                    "subject_name": "Medicine",
                    "topic_name": None,
                    "id": f"{name}-{at:08d}",
                    "choice_type": "single",
                }
                for at, row in enumerate(some)
            ),
        )


def _pubmedqa(
    writer: Writer, folder: Path, rows: Sequence[Mapping[str, Any]], benchmark: Sequence[Mapping[str, Any]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    labels = ["BACKGROUND", "METHODS", "RESULTS"]
    items = {
        str(90_000_000 + at): {
            "QUESTION": row["question"],
            "CONTEXTS": [writer.prose(writer.around(65, 25)) for _ in labels],
            "LABELS": labels,
            "MESHES": ["Humans"],
            "YEAR": "2012",
            "final_decision": _FIXED[row["gold"]] if row["gold"] < len(_FIXED) else "perhaps",
            "LONG_ANSWER": writer.prose(writer.around(40, 15)),
        }
        for at, row in enumerate([*rows, *benchmark])
    }
    (folder / "ori_pqal.json").write_text(json.dumps(items, indent=4))
    test = {key: item["final_decision"] for key, item in list(items.items())[len(rows) :]}
    (folder / "test_ground_truth.json").write_text(json.dumps(test))


def _mmlu(
    writer: Writer, folder: Path, rows: Sequence[Mapping[str, Any]], benchmark: Sequence[Mapping[str, Any]]
) -> None:
    n_dev = max(len(_MMLU_SUBJECTS), len(rows) // 5)
    for split, some in (("dev", rows[:n_dev]), ("val", rows[n_dev:]), ("test", benchmark)):
        (folder / split).mkdir(parents=True, exist_ok=True)
        for at, subject in enumerate(_MMLU_SUBJECTS):
            with (folder / split / f"{subject}_{split}.csv").open("w", newline="") as file:
                own = some[at :: len(_MMLU_SUBJECTS)]
                csv.writer(file).writerows([row["question"], *row["options"], _letter(row)] for row in own)


_WRITERS = {"medqa": _medqa, "medmcqa": _medmcqa, "pubmedqa": _pubmedqa, "mmlu": _mmlu}


def _jsonl(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    print(write_files(Path(sys.argv[1]), *map(int, sys.argv[2:3])))
