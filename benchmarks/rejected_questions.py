"""Real questions that each rule turns away, for a physician to judge: python benchmarks/rejected_questions.py DATA_DIR.

Prints the page docs/evidence/rejected-questions.md: the number of questions of the real files that each rule turns away
by source, and five of them, the least alike first, with file and row, the first words, the words that differ and the
keys. Files are read as the profile `simulated` does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import polars as pl
from question_rules import REASONS, matches, read_questions

from reasonmed_assets.config import load_profile
from reasonmed_assets.config.profile import Rules

EXAMPLES = 5
FIRST_WORDS = 9
CHARACTERS = 60
ALIKE = Rules().near_duplicate_ratio

HEAD = """\
# Rejected questions

What each rule on questions turns away from real files, and five examples of each that a physician could judge: the
pairs that are least alike come first, since the doubtful ones are among them. The files: MedQA dev (1,000) and 500
items of train, 3,000 of MedMCQA dev (standing in for train), PubMedQA without its test ids (500), MMLU dev and val
(153), against 2,862 questions of benchmarks. A question is given by file and row, with its first words only; "differs"
has the words that stand in the one and not in the other, options included: rejected / other.

```sh
python benchmarks/rejected_questions.py ../shared/data > docs/evidence/rejected-questions.md
```
"""

MEANING = {
    "contaminated": "It is, or nearly is, a question of a benchmark; the key need not be the same.",
    "duplicate": "The text of another question with the same options and key, which stays.",
    "near_duplicate": "Nearly another question, which stays: the same key, numbers and negations.",
    "conflicting_gold": "The text of another question with another key: both go, since one key must be wrong.",
    "grouped": f"At least {ALIKE:g}% alike and *kept*: key, a number or a negation differs. Both lie in one fold.",
}


def print_page(questions: pl.DataFrame) -> None:
    """The page, from the rows of `read_questions`."""
    found = matches(questions, Rules())
    print(HEAD)
    print(counts_table(found))
    print("\nThe contaminated ones were found by the first rule that applies:")
    print(f"{rules_of(found)}.")
    print("\nNo row of these files is `malformed`. A question that needs a picture which is not there is marked")
    print(f"(`needs_figure`), not turned away: {needing_figures(questions):,} of these.\n")
    rows = {row["raw_id"]: row for row in questions.iter_rows(named=True)}
    for decision, meaning in MEANING.items():
        pairs = found.filter(decision=decision).filter(
            (pl.col("edit_ratio") >= ALIKE) | (pl.lit(decision) != "grouped")
        )
        title = "Alike and kept" if decision == "grouped" else f"`{decision}`"
        print(f"## {title}\n\n{meaning} {pairs.height:,} in all.\n")
        print("| question | other | edit ratio | begins | differs | key |\n|---|---|---:|---|---|---|")
        for pair in pairs.sort("edit_ratio", "raw_id").head(EXAMPLES).iter_rows(named=True):
            print(as_row(pair, rows[pair["raw_id"]], rows[pair["other_raw_id"]]))
        print()


def counts_table(found: pl.DataFrame) -> str:
    """Questions turned away, by reason and source."""
    sources = load_profile("simulated").sources.declared
    lines = [f"| reason | {' | '.join(sources)} | all |", f"|---|{'---:|' * (len(sources) + 1)}"]
    for reason in REASONS:
        counts = [found.filter(decision=reason, source=source).height for source in sources]
        lines.append(f"| {reason} | {' | '.join(map(str, [*counts, sum(counts)]))} |")
    return "\n".join(lines)


def rules_of(found: pl.DataFrame) -> str:
    """How many contaminated questions each rule found."""
    contaminated = found.filter(decision="contaminated")
    alike = pl.col("edit_ratio") >= Rules().contamination_ratio
    counts = {
        "the same text, its options in any order or some left out": contaminated.filter("is_exact").height,
        f"an edit ratio of {Rules().contamination_ratio:g}": contaminated.filter(~pl.col("is_exact") & alike).height,
        "a benchmark's text held in the question's": contaminated.filter(~pl.col("is_exact") & ~alike).height,
    }
    return ", ".join(f"{n:,} by {rule}" for rule, n in counts.items())


def needing_figures(questions: pl.DataFrame) -> int:
    """Questions to build from that point at a picture."""
    return questions.filter(pl.col("needs_figure") & (pl.col("split_role") != "benchmark")).height


def as_row(pair: Mapping[str, Any], question: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """One row of a table of examples."""
    begins = " ".join(question["question"].split()[:FIRST_WORDS])
    keys = list(dict.fromkeys(cut(row["gold_text"]) for row in (question, other)))
    cells = [place(question), place(other), f"{pair['edit_ratio']:.1f}", begins, differing(question, other)]
    return "| " + " | ".join(cell.replace("|", "/") for cell in [*cells, " / ".join(keys)]) + " |"


def place(row: Mapping[str, Any]) -> str:
    """File and row."""
    return f"{row['file']} row {row['row']}"


def differing(question: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The words that only one of two questions has, in stem and options."""
    texts = [words(row) for row in (question, other)]
    changes = [
        (texts[0][a:b], texts[1][c:d])
        for tag, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    if not changes:
        return ""
    return " / ".join(
        cut("; ".join(" ".join(side) for side in sides if side)) or "-" for sides in zip(*changes, strict=True)
    )


def words(row: Mapping[str, Any]) -> list[str]:
    """The words of stem and options, the options in the order of their texts."""
    return re.findall(r"\S+", " ".join([row["question"], *sorted(row["options"])]))


def cut(text: str) -> str:
    """A text on one line, cut short."""
    text = " ".join(text.split())
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS].rstrip()} ..."


if __name__ == "__main__":
    print_page(read_questions(Path(sys.argv[1])))
