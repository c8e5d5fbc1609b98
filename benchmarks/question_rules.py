"""What each rule on questions turns away on real files: python benchmarks/question_rules.py DATA_DIR.

Reads the files of the shipped sources as the profile `simulated` does (MedMCQA dev stands in for train), finds the
matches under our rules, under each switch alone and under the published rules, and prints a Markdown table. No model is
involved.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from reasonmed_assets.config import load_profile
from reasonmed_assets.config.profile import Rules
from reasonmed_assets.materialisation.session import split_roles
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.sources import load_declaration, read_source
from reasonmed_assets.vocabulary import MATCH_DECISIONS

REASONS = tuple(decision for decision in MATCH_DECISIONS if decision != "grouped")
VARIANTS: Mapping[str, Rules] = {
    "ours": Rules(),
    "`reject_contaminated = false`": Rules(reject_contaminated=False),
    "`reject_duplicates = false`": Rules(reject_duplicates=False),
    "`near_duplicate_ratio = 100`": Rules(near_duplicate_ratio=100),
    "paper (both false)": load_profile("paper").rules,
}


def print_table(frame: pl.DataFrame) -> None:
    """The table, from the rows of `read_questions`."""
    roles = frame["split_role"] == "benchmark"
    print(f"{frame.height - roles.sum():,} questions, {roles.sum():,} of benchmarks.\n")
    print(f"| rules | {' | '.join((*REASONS, 'kept'))} |")
    print(f"|---|{'---:|' * (len(REASONS) + 1)}")
    for name, rules in VARIANTS.items():
        cells = [f"{number:,}" for number in count_decisions(frame, rules).values()]
        print(f"| {name} | {' | '.join(cells)} |")


def read_questions(data: Path) -> pl.DataFrame:
    """Every row of the shipped sources, those of benchmarks too, with the split roles of the profile `simulated`."""
    profile = load_profile("simulated")
    readings = [
        read_source(load_declaration(name), data, split_roles(profile, name)) for name in profile.sources.declared
    ]
    return pl.concat([reading.questions.frame() for reading in readings])


def matches(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The matches among the questions of `read_questions`, as in the table question_matches."""
    is_benchmark = pl.col("split_role") == "benchmark"
    priority = load_profile("simulated").sources.declared
    return find_matches(frame.filter(~is_benchmark), frame.filter(is_benchmark), set(), rules, priority)


def count_decisions(frame: pl.DataFrame, rules: Rules) -> dict[str, int]:
    """Questions turned away by each reason, and `kept`."""
    found = dict(matches(frame, rules).group_by("decision").len().iter_rows())
    counts = {reason: found.get(reason, 0) for reason in REASONS}
    n_questions = frame.filter(pl.col("split_role") != "benchmark").height
    return counts | {"kept": n_questions - sum(counts.values())}


if __name__ == "__main__":
    print_table(read_questions(Path(sys.argv[1])))
