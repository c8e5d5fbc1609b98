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

from reasonmed_assets.profiles import load_profile
from reasonmed_assets.profiles.model import Rules
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.session import split_roles
from reasonmed_assets.sources import load_declaration, questions_frame, read_source
from reasonmed_assets.vocabulary import MATCH_DECISIONS

REASONS = tuple(decision for decision in MATCH_DECISIONS if decision != "grouped")
VARIANTS: Mapping[str, Rules] = {
    "ours": Rules(),
    "`reject_contaminated = false`": Rules(reject_contaminated=False),
    "`reject_duplicates = false`": Rules(reject_duplicates=False),
    "`near_duplicate_ratio = 100`": Rules(near_duplicate_ratio=100),
    "paper (both false)": load_profile("paper").rules,
}


def main() -> None:
    """Print the table."""
    profile = load_profile("simulated")
    names = profile.sources.declared
    readings = [read_source(load_declaration(name), Path(sys.argv[1]), split_roles(profile, name)) for name in names]
    frame = pl.concat([questions_frame(reading.questions) for reading in readings])
    is_benchmark = pl.col("split_role") == "benchmark"
    questions, benchmarks = frame.filter(~is_benchmark), frame.filter(is_benchmark)
    print(f"{questions.height:,} questions, {benchmarks.height:,} of benchmarks.\n")
    print(f"| rules | {' | '.join(REASONS)} | kept |")
    print(f"|---|{'---:|' * (len(REASONS) + 1)}")
    for name, rules in VARIANTS.items():
        found = find_matches(questions, benchmarks, set(), rules, names)
        counts = dict(found.group_by("decision").len().iter_rows())
        numbers = [counts.get(reason, 0) for reason in REASONS]
        cells = [f"{number:,}" for number in (*numbers, questions.height - sum(numbers))]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
