"""The measured effect of every switch of the method: python benchmarks/departures.py DATA_DIR WORK_DIR [limit].

Three kinds of evidence, one Markdown table (that of docs/departures.md):

- rules on questions, on the real files: with our rules and with the published value of one switch;
- rules on paths, on the real replies of DATA_DIR/replies (four paths a question) wherever a letter and a key decide;
- rules that need every role, on rehearsals: WORK_DIR/warehouse is built with the profile `simulated`, `limit` questions
  per source (150), by our rules and again by the published value of one switch. The ledger keeps the calls, so a second
  build asks only what the switch adds. Of the tables only those that the switches reach are made.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
from question_rules import count_decisions, read_questions

from reasonmed_assets.profiles import load_profile
from reasonmed_assets.profiles.model import Rules
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.similarity import edit_ratio
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.rules.tiers import tier_of
from reasonmed_assets.vocabulary import LETTERS

PROFILES = Path(__file__).parents[1] / "reasonmed_assets" / "profiles"
PAPER = load_profile("paper").rules
OURS = Rules()
REHEARSED = {
    "label_doubt": "refined_paths",
    "difficult_base": "refined_paths",
    "verify_rewrites": "refined_paths",
    "rewrite_rounds": "refined_paths",
    "fallback_paths": "refined_paths",
    "near_copy_ratio": "ranked_paths",
    "verdict_rule": "verifications",
}
"""The first table that a switch reaches. What is before it stays as our rules made it, so the order matters."""
MEASURED = "(+key:dropped_examples or +key:reasonmed)"
REAL_PATHS = 4

MEASURES = {
    "correct paths": "select count(*) from verifications where is_correct",
    "of them with another letter than the key": """
        select count(*) from verifications where is_correct and not is_answer_match""",
    "Easy": "select count(*) from difficulty_tiers where tier = 'easy'",
    "Medium": "select count(*) from difficulty_tiers where tier = 'medium'",
    "Difficult": "select count(*) from difficulty_tiers where tier = 'difficult'",
    "unresolved": "select count(*) from difficulty_tiers where tier = 'unresolved'",
    "rewritten texts": "select count(*) from refined_paths",
    "judged again": "select count(*) from refined_paths where verifier_outcome is not null",
    "examples": "select count(*) from reasonmed",
    "dropped": "select count(*) from dropped_examples",
    "examples of a doubted key": "select count(*) from reasonmed where is_label_doubt",
    "examples with another letter than the key": """
        select count(*) from reasonmed inner join questions using (question_id)
        where lower(trim(options[ascii(answer_letter) - 64])) is distinct from lower(trim(gold_text))""",
    "examples that betray their source": """
        select count(*) from reasonmed inner join refined_paths using (path_id) where len(leak_phrases) > 0""",
}
PAIRS = "select list(path_text) from reasonmed group by question_id having count(*) = 2"


def main() -> None:
    """Print the table."""
    data, work, limit = Path(sys.argv[1]), Path(sys.argv[2]), int([*sys.argv, "150"][3])
    print("| key | effect of the published value | on |")
    print("|---|---|---|")
    for key, effect in question_effects(data):
        print(f"| `{key}` | {effect} | real questions |")
    for key, effect in reply_effects(data):
        print(f"| `{key}` | {effect} | real replies |")
    for key, effect in rehearsed_effects(data, work, limit):
        print(f"| {key} | {effect} | simulated replies |", flush=True)


def changes(ours: Mapping[str, int], published: Mapping[str, int]) -> str:
    """What differs, as "name ours to published"."""
    differing = [f"{name} {ours[name]:,} to {published[name]:,}" for name in ours if ours[name] != published[name]]
    return "; ".join(differing) or "none"


# Rules on questions


def question_effects(data: Path) -> Iterator[tuple[str, str]]:
    """The switches of the matching."""
    questions = read_questions(data)
    ours = count_decisions(questions, OURS)
    for key in ("reject_contaminated", "reject_duplicates"):
        published = count_decisions(questions, OURS.model_copy(update={key: getattr(PAPER, key)}))
        yield key, changes(ours, published)


# Rules on paths


def real_paths(data: Path) -> Iterator[list[dict[str, Any]]]:
    """The paths of every question whose four replies all have a text: model, text, letter, whether it is the key's."""
    for file in sorted((data / "replies").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            options = list(item["options"].values())
            paths = [
                {
                    "model": path["model"],
                    "text": path["cot"] or "",
                    **_judged(path["raw"][0], options, item["answer_idx"]),
                }
                for path in item["paths"].values()
                if path["raw"]
            ]
            if len(paths) == REAL_PATHS:
                yield paths


def _judged(raw: str, options: list[str], gold: str) -> dict[str, Any]:
    letter = extract_answer(raw, options).letter
    texts = dict(zip(LETTERS, map(normalise, options), strict=False))
    return {"letter": letter, "is_correct": letter is not None and texts[letter] == texts[gold]}


def reply_effects(data: Path) -> Iterator[tuple[str, str]]:
    """The switches that letter and key decide."""
    counts: Counter[str] = Counter()
    for paths in real_paths(data):
        n_correct = sum(path["is_correct"] for path in paths)
        tiers = [
            tier_of(REAL_PATHS - n_correct, n_correct, REAL_PATHS, rules.medium_min_correct) for rules in (OURS, PAPER)
        ]
        correct = [path["text"] for path in paths if path["is_correct"]]
        counts["questions"] += 1
        counts["wrong"] += sum(path["letter"] is not None and not path["is_correct"] for path in paths)
        counts["lettered"] += sum(path["letter"] is not None for path in paths)
        counts["moved"] += tiers[0] != tiers[1]
        counts["difficult"] += tiers[0] == "difficult"
        counts["doubted"] += tiers[0] == "difficult" and _is_doubted(paths)
        counts["copied"] += any(edit_ratio(*pair) >= OURS.near_copy_ratio for pair in combinations(correct, 2))
    of = f"of {counts['questions']:,} questions with four paths"
    yield (
        "verdict_rule",
        f"{counts['wrong']:,} of {counts['lettered']:,} paths conclude with another option than the key: "
        "the verifier alone decides on them",
    )
    yield "medium_min_correct", f"{counts['moved']:,} {of} are Medium with one correct path instead of Difficult"
    yield "label_doubt", f"{counts['doubted']:,} of {counts['difficult']:,} Difficult questions are kept, {of}"
    yield "near_copy_ratio", f"{counts['copied']:,} {of} have two correct paths that are nearly equal"


def _is_doubted(paths: list[dict[str, Any]]) -> bool:
    """Whether enough paths, and a majority of each model's, agree on one wrong option."""
    by_letter: dict[str, Counter[str]] = defaultdict(Counter)
    for path in paths:
        if path["letter"] and not path["is_correct"]:
            by_letter[path["letter"]][path["model"]] += 1
    sizes = Counter(path["model"] for path in paths)
    return any(
        by_model.total() >= OURS.label_doubt_share * len(paths) - 1e-9
        and all(2 * by_model[model] > sizes[model] for model in sizes)
        for by_model in by_letter.values()
    )


# Rules that need every role


def rehearsed_effects(data: Path, work: Path, limit: int) -> Iterator[tuple[str, str]]:
    """The switches of judging and rewriting, one by one and all together."""
    work.mkdir(parents=True, exist_ok=True)
    build = ["--data-dir", str(data), "--warehouse", str(work / "warehouse"), "--limit", str(limit)]
    ours = rehearse(work, "simulated", [*build, "--select", MEASURED])
    yield "our rules", "; ".join(f"{name} {number:,}" for name, number in ours.items())
    for key, first in REHEARSED.items():
        profile = with_rules(work, key, {key: getattr(PAPER, key)})
        published = rehearse(work, profile, [*build, "--select", f"key:{first}+ and {MEASURED}"])
        yield f"`{key}`", changes(ours, published)
    switches = {key: getattr(PAPER, key) for key in Rules.model_fields if getattr(PAPER, key) != getattr(OURS, key)}
    published = rehearse(work, with_rules(work, "paper", switches), [*build, "--select", MEASURED])
    yield "all keys", changes(ours, published)


def with_rules(work: Path, name: str, rules: Mapping[str, Any]) -> str:
    """A profile like `simulated` with other rules; returns its file."""
    file = work / f"{name}.toml"
    lines = [f"{key} = {json.dumps(value)}" for key, value in rules.items()]
    file.write_text("\n".join([(PROFILES / "simulated.toml").read_text(encoding="utf-8"), "[rules]", *lines]))
    return str(file)


def rehearse(work: Path, profile: str, arguments: list[str]) -> dict[str, int]:
    """Build and measure."""
    command = [sys.executable, "-c", "from reasonmed_assets.cli import app; app()", "build", "--profile", profile]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the build by {profile} failed:\n{done.stdout}{done.stderr}")
    return measure(work)


def measure(work: Path) -> dict[str, int]:
    """The measures of the warehouse as it is."""
    with duckdb.connect(str(work / "warehouse" / "reasonmed.duckdb"), read_only=True) as con:
        found = {name: con.sql(query).fetchall()[0][0] for name, query in MEASURES.items()}
        pairs = con.sql(PAIRS).fetchall()
    copied = sum(edit_ratio(*texts) >= OURS.near_copy_ratio for (texts,) in pairs)
    return found | {"questions whose two examples are nearly equal": copied}


if __name__ == "__main__":
    main()
