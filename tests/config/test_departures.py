"""docs/evidence/departures.md says what the profiles and the code say, and its figures are those measured."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tier_reference import tier_bounds, tier_of

from reasonmed_assets.config import load_profile
from reasonmed_assets.config.profile import Rules
from reasonmed_assets.rules import candidates, matching

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "reasonmed_assets" / "config" / "profiles" / "paper.toml"
PUBLISHED_PATHS = 9


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "evidence" / "departures.md").read_text(encoding="utf-8")


def rows_after(page: str, header: str) -> list[list[str]]:
    """Cells of the rows of the table with this header."""
    _, _, table = page.partition(f"\n{header}\n")
    rows = []
    for line in table.splitlines()[1:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_every_switch_of_the_profile_paper_is_listed_with_both_values(page: str) -> None:
    header = "| rule | published | ours | key | published value | our value | why |"
    listed = {row[3].strip("`"): [cell.strip("`") for cell in row[4:6]] for row in rows_after(page, header)}
    switched = tomllib.loads(PAPER.read_text(encoding="utf-8"))["rules"]
    assert listed.keys() == switched.keys()
    for key, (published, ours) in listed.items():
        assert tomllib.loads(f"value = {published}")["value"] == switched[key], key
        assert tomllib.loads(f"value = {ours}")["value"] == getattr(Rules(), key), key
        assert switched[key] != getattr(Rules(), key), key


def test_every_switch_has_a_measured_effect(page: str) -> None:
    header = "| key | published | ours | effect of the published value | on |"
    rows = rows_after(page, header)
    switched = tomllib.loads(PAPER.read_text(encoding="utf-8"))["rules"]
    assert {row[0].strip("`") for row in rows} == switched.keys()
    for key, published, ours, effect, basis in rows:
        values = [json.loads(value.strip("`")) for value in (published, ours)]
        assert values == [switched[key.strip("`")], getattr(Rules(), key.strip("`"))]
        assert effect
        assert basis in ("real questions", "real replies", "simulated replies")


@pytest.mark.shared_data
def test_the_effects_on_real_replies_are_those_measured(
    page: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    for key, effect in import_module("departures").reply_effects(shared_data):
        assert re.search(rf"^\| `{key}` \|.*\| {re.escape(effect)} \| real replies \|$", page, re.MULTILINE), key


def test_what_is_said_to_be_as_published_is_the_same_in_both(page: str) -> None:
    paper = load_profile("paper")
    assert paper.roles.verifier.votes == 1
    for key in ("shuffle_options", "template", "evaluator_sample"):
        assert f"`{key}`" in page
        assert getattr(paper.rules, key) == getattr(Rules(), key)


def medium_up_to(n: int, min_correct: int) -> str:
    """The most errors of a Medium question with n paths."""
    errors = [e for e in range(n + 1) if tier_of(e, n - e, n, min_correct) == "medium"]
    return str(max(errors)) if errors else "none"


def test_the_table_of_tiers_is_that_of_the_code(page: str) -> None:
    header = "| N | Easy up to | Medium up to, scaled alone | Medium up to, with two correct paths |"
    ours = Rules().medium_min_correct
    assert rows_after(page, header) == [
        [str(n), str(tier_bounds(n)[0]), medium_up_to(n, 0), medium_up_to(n, ours)] for n in range(1, 17)
    ]
    assert all(medium_up_to(n, 0) == medium_up_to(n, ours) for n in range(5, 100))
    assert load_profile("paper").paths_per_question == PUBLISHED_PATHS


@dataclass(frozen=True)
class RealFiles:
    """The questions of the real files, and what is found among them.

    Attributes:
        rules, rejected: the programs of the two pages.
        questions: every one; MedMCQA dev stands in for train.
        matches: under some rules, found once.
    """

    rules: Any
    rejected: Any
    questions: pl.DataFrame
    matches: Callable[[Rules], pl.DataFrame]


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Iterator[RealFiles]:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(ROOT / "benchmarks")
        # The same texts are matched under each variant of the rules, and under ours for both pages.
        for module, rule in (
            (matching, "normalise"), (matching, "negations"), (matching, "numbers"), (candidates, "_runs")
        ):  # fmt: skip
            patched.setattr(module, rule, cache(getattr(module, rule)))
        rules, rejected = import_module("question_rules"), import_module("rejected_questions")
        questions = rules.read_questions(shared_data)
        matches = cache(partial(rules.matches, questions))
        for page_of in (rules, rejected):
            patched.setattr(page_of, "matches", lambda _, decided_by: matches(decided_by))
        yield RealFiles(rules, rejected, questions, matches)


@pytest.mark.shared_data
def test_the_measured_effects_and_the_rejected_questions_are_those_of_the_real_files(
    page: str, real: RealFiles, capsys: pytest.CaptureFixture[str]
) -> None:
    real.rules.print_table(real.questions)
    first, _, table = capsys.readouterr().out.partition("\n\n")
    assert table in page
    assert all(number in page for number in re.findall(r"[\d,]+", first))
    real.rejected.print_page(real.questions)
    assert capsys.readouterr().out == (ROOT / "docs" / "evidence" / "rejected-questions.md").read_text(encoding="utf-8")


@pytest.mark.shared_data
def test_the_real_mmlu_items_of_the_test_split_are_found(real: RealFiles) -> None:
    found = real.matches(Rules())
    mmlu = found.filter((pl.col("source") == "mmlu") & (pl.col("decision") == "contaminated"))
    assert mmlu.filter("is_exact").height == 19
    assert mmlu.filter(pl.col("edit_ratio") >= 90).height == 20
    assert mmlu.height == 21, "and a vignette of the test split under another question"
    by_decision = dict(found.group_by("decision").len().iter_rows())
    assert by_decision == {
        "contaminated": 22,
        "conflicting_gold": 2,
        "duplicate": 6,
        "near_duplicate": 17,
        "grouped": 35,
    }
    assert found.filter(
        (pl.col("decision") == "near_duplicate") & ~(pl.col("is_same_gold") & pl.col("is_same_facts"))
    ).is_empty()
