"""The measured effect of every switch of the method: python benchmarks/departures.py DATA_DIR WAREHOUSE.

Prints the table of docs/evidence/departures.md: what changes when one switch has the published value and all others
have ours.

- Rules on questions: on the real files of DATA_DIR, matched both ways.
- Rules that a letter and a key decide: on the real replies of DATA_DIR/replies, four paths a question.
- Rules that need every role: on WAREHOUSE, built by our rules from DATA_DIR with the profile `simulated`. Its rows hold
  what each rule decided and why, so that the published decision follows without a second build.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from question_rules import count_decisions, read_questions

from reasonmed_assets import sql
from reasonmed_assets.config import load_profile
from reasonmed_assets.config.profile import Rules
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.similarity import edit_ratio
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.vocabulary import LETTERS

PAPER = load_profile("paper").rules
OURS = Rules()
REAL_PATHS = 4


def main() -> None:
    """Print the table."""
    data, warehouse = map(Path, sys.argv[1:3])
    rows = [(key, effect, "real questions") for key, effect in question_effects(read_questions(data))]
    rows += [(key, effect, "real replies") for key, effect in reply_effects(data)]
    with duckdb.connect(str(warehouse / "reasonmed.duckdb"), read_only=True) as con:
        rows += [("validation_share", validation_effect(con), "real questions")]
        rows += [(key, effect, "simulated replies") for key, effect in rehearsed_effects(con)]
    print("| key | published | ours | effect of the published value | on |")
    print("|---|---|---|---|---|")
    order = list(Rules.model_fields)
    for key, effect, basis in sorted(rows, key=lambda row: order.index(row[0])):
        published, ours = (json.dumps(getattr(rules, key)) for rules in (PAPER, OURS))
        print(f"| `{key}` | `{published}` | `{ours}` | {effect} | {basis} |")


def changes(ours: Mapping[str, int], published: Mapping[str, int]) -> str:
    """What differs, as "name ours to published"."""
    names = [name for name in ours if ours[name] != published[name]]
    return ", ".join(f"{name} {ours[name]:,} to {published[name]:,}" for name in names) or "none"


# Rules on questions


def question_effects(questions: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """The switches of the matching, on the rows of `read_questions`."""
    ours = count_decisions(questions, OURS)
    for key in ("reject_contaminated", "reject_duplicates"):
        yield key, changes(ours, count_decisions(questions, OURS.model_copy(update={key: getattr(PAPER, key)})))


def validation_effect(con: duckdb.DuckDBPyConnection) -> str:
    """The split, which needs no reply."""
    n_validation, n = con.sql("select count(*) filter (where fold = 'validation'), count(*) from questions").fetchall()[
        0
    ]
    return f"{n_validation:,} of {n:,} questions are trained on instead of kept for validation"


# Rules that a letter and a key decide


def reply_effects(data: Path) -> Iterator[tuple[str, str]]:
    """The switches that can be measured on real replies, of questions all of whose four replies came."""
    counts: Counter[str] = Counter()
    for paths in real_paths(data):
        n_correct = sum(path["is_correct"] for path in paths)
        ours, published = (tier_of(REAL_PATHS - n_correct, n_correct, rules) for rules in (OURS, PAPER))
        correct = [path["text"] for path in paths if path["is_correct"]]
        counts["questions"] += 1
        counts["lettered"] += sum(path["letter"] is not None for path in paths)
        counts["wrong"] += sum(path["letter"] is not None and not path["is_correct"] for path in paths)
        counts["moved"] += ours != published
        counts["difficult"] += ours == "difficult"
        counts["doubted"] += ours == "difficult" and is_doubted(paths)
        counts["copied"] += any(edit_ratio(*pair) >= OURS.near_copy_ratio for pair in combinations(correct, 2))
    of_all = f"of {counts['questions']:,} questions with four paths each"
    yield (
        "verdict_rule",
        f"{counts['wrong']:,} of {counts['lettered']:,} paths conclude with another option than the key: only the "
        "verifier stands against them",
    )
    yield "medium_min_correct", f"{counts['moved']:,} {of_all} are Medium with one correct path, not Difficult"
    yield "label_doubt", f"{counts['doubted']:,} of {counts['difficult']:,} Difficult questions, {of_all}, are kept"
    yield "near_copy_ratio", f"{counts['copied']:,} {of_all} may yield two correct paths that are nearly equal"


def real_paths(data: Path) -> Iterator[list[dict[str, Any]]]:
    """The paths of each question whose four replies came: model, text, letter, whether it is the key's."""
    for file in sorted((data / "replies").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            options = dict(zip(LETTERS, map(normalise, item["options"].values()), strict=False))
            paths = [
                {"model": path["model"], "text": path["cot"] or "", "letter": letter, "is_correct": is_correct}
                for path in item["paths"].values()
                if path["raw"]
                for letter in [extract_answer(path["raw"][0], list(item["options"].values())).letter]
                for is_correct in [letter is not None and options[letter] == options[item["answer_idx"]]]
            ]
            if len(paths) == REAL_PATHS:
                yield paths


def is_doubted(paths: list[dict[str, Any]]) -> bool:
    """Whether enough paths, and a majority of each model's, agree on one other option than the key."""
    by_letter: dict[str, Counter[str]] = defaultdict(Counter)
    for path in paths:
        if path["letter"] and not path["is_correct"]:
            by_letter[path["letter"]][path["model"]] += 1
    sizes = Counter(path["model"] for path in paths)
    return any(
        agreeing.total() >= OURS.label_doubt_share * len(paths) - 1e-9
        and all(2 * agreeing[model] > sizes[model] for model in sizes)
        for agreeing in by_letter.values()
    )


# Rules that need every role

COUNTS = """
select
    count(*) filter (where {is_correct}) as n_correct,
    count(*) filter (where not {is_correct}) as n_error,
    count(*) filter (where ({is_correct}) is null) as n_missing
from verifications
group by question_id
"""
BY_VERIFIER = """
(case when is_path_missing then null when path_error_kind is not null then false else verdict = 'correct' end)
"""
FIRST_TEXTS = """
select
    count(*) as n,
    count(*) filter (where rejection like 'concludes %') as other_letter,
    count(*) filter (where rejection like 'verifier: %' or rejection like 'no verdict: %') as not_passed,
    count(*) filter (where rejection like 'betrays its source%') as betraying,
    (select count(*) from refined_paths where verifier_outcome is not null) as n_judged
from refined_paths
left join ranked_paths on refined_paths.parent_path_id = ranked_paths.path_id
where refined_paths.round = 1 and coalesce(ranked_paths.selection_rank, 0) <= 2 and refined_paths.path_text is not null
"""
BASES = """
select count(distinct question_id) from refined_paths where stage = 'regenerated' and parent_path_id is not null
"""
ACCEPTED = """
select
    count(*) as n,
    count(*) filter (where refined_paths.round > 1) as later_round,
    count(*) filter (where ranked_paths.selection_rank > 2) as next_path
from refined_paths
left join ranked_paths on refined_paths.parent_path_id = ranked_paths.path_id
where refined_paths.is_accepted
"""
COPIES = """
select
    (select count(*) from ranked_paths where path_rank = 2 and near_copy_of is not null),
    (select count(distinct question_id) from ranked_paths),
    (select count(*) from refined_paths where rejection like 'nearly the same as %')
"""


def rehearsed_effects(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """The switches of judging, tiers and rewriting, from the rows of a build by our rules."""
    ours, alone = tiers(con, "is_correct", OURS), tiers(con, BY_VERIFIER, OURS)
    (passed,) = con.sql(
        "select count(*) from verifications where verdict = 'correct' and not is_answer_match"
    ).fetchall()[0]
    yield (
        "verdict_rule",
        f"{passed:,} more paths count as correct, all with another option than the key; {changes(ours, alone)}",
    )
    yield "medium_min_correct", changes(ours, tiers(con, "is_correct", PAPER))
    doubted, difficult = con.sql(
        "select count(*) filter (where is_label_doubt), count(*) from difficulty_tiers where tier = 'difficult'"
    ).fetchall()[0]
    yield "label_doubt", f"{doubted:,} of {difficult:,} Difficult questions are regenerated towards their doubted keys"
    (based,) = con.sql(BASES).fetchall()[0]
    yield "difficult_base", f"{based:,} more calls: each path is rewritten before it is regenerated"
    n, letter, verifier, betraying, judged = con.sql(FIRST_TEXTS).fetchall()[0]
    yield (
        "verify_rewrites",
        f"of {n:,} first texts {letter + verifier + betraying:,} more are taken: {letter:,} with another letter than "
        f"the key, {verifier:,} that the verifier does not pass, {betraying:,} that betray their source; {judged:,} "
        "judgements less",
    )
    n, later, following = con.sql(ACCEPTED).fetchall()[0]
    yield "rewrite_rounds", f"{later:,} of {n:,} accepted texts, those of later rounds, do not come about"
    yield "fallback_paths", f"{following:,} of {n:,} accepted texts, those from next-ranked paths, do not come about"
    copies, n, rejected = con.sql(COPIES).fetchall()[0]
    yield (
        "near_copy_ratio",
        f"the two best paths of {copies:,} of {n:,} questions are nearly equal; {rejected:,} rewritten texts that "
        "nearly equal the other one are taken",
    )


def tiers(con: duckdb.DuckDBPyConnection, is_correct: str, rules: Rules) -> dict[str, int]:
    """Questions by tier, if `is_correct` (an SQL expression over verifications) says which paths are correct."""
    rows = con.sql(COUNTS.format(is_correct=is_correct)).fetchall()
    found: Counter[str] = Counter()
    for n_correct, n_error, n_missing in rows:
        best, worst = tier_of(n_error, n_correct + n_missing, rules), tier_of(n_error + n_missing, n_correct, rules)
        found[best if best == worst else "unresolved"] += 1
    return {tier.capitalize(): found[tier] for tier in ("easy", "medium", "difficult", "unresolved")}


@cache
def tier_of(n_error: int, n_correct: int, rules: Rules) -> str:
    """The tier of a question all of whose paths are judged, by the macro that a build uses."""
    with duckdb.connect() as con:
        con.execute(sql.macros_text())
        con.execute("set variable rule_medium_min_correct = $1", [rules.medium_min_correct])
        ((tier,),) = con.execute("select tier_of($1, $2, $3)", [n_error, n_correct, n_error + n_correct]).fetchall()
    return str(tier)


if __name__ == "__main__":
    main()
