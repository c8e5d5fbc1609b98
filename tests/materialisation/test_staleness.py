"""Which tables an edit makes stale: in their fingerprints, and as Dagster shows it by the code versions of the assets.

docs/start/how-it-works.md shows the table of these edits; `REASONMED_WRITE_SNAPSHOT=1` writes it there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reasonmed_assets.materialisation.fingerprint import stale_parts

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("staleness_child.py")
PAGE = ROOT / "docs" / "start" / "how-it-works.md"
TIMEOUT_S = 300


class Edit(NamedTuple):
    """One replacement in one file of the project, and the tables that it makes stale."""

    what: str
    file: str
    old: str
    new: str
    stale: str
    parts: str = ""
    """The parts of the fingerprint that differ; none for an edit that changes nothing."""

    @property
    def changes(self) -> set[tuple[str, str]]:
        """Each table with each part that differs."""
        return set(product(self.stale.split(", "), self.parts.split(", ")))


ASKED = "reasoning_paths, verifications, verifier_audit, ranked_paths, refined_paths, answer_summaries, quality_scores"

EDITS = (
    Edit(
        "the query of a table",
        "sql/tables/difficulty_tiers.sql",
        "- 1e-9",
        "- 2e-9",
        "difficulty_tiers",
        "sql/tables/difficulty_tiers.sql",
    ),
    Edit(
        "a view that tables read",
        "sql/views/expected_examples.sql",
        "fewer different correct paths than examples",
        "too few different correct paths",
        "reasonmed, dropped_examples",
        "sql/views/expected_examples.sql",
    ),
    Edit(
        "a view that no table reads",
        "sql/views/funnel.sql",
        "order by sources.source",
        "order by 1",
        "",
    ),
    Edit(
        "the calls of a step",
        "sql/calls/verify.sql",
        "getvariable('seed') + votes.vote",
        "getvariable('seed') - votes.vote",
        "verifications, refined_paths",
        "sql/calls/verify.sql",
    ),
    Edit(
        "a relation in between",
        "sql/relations/ranked_paths/ranking.sql",
        "desc nulls last",
        "desc nulls first",
        "ranked_paths",
        "sql/relations/ranked_paths/ranking.sql",
    ),
    Edit("a comment in SQL", "sql/tables/difficulty_tiers.sql", "-- The shares are ninths", "-- Ninths", ""),
    Edit("a header's description", "sql/tables/reasonmed.sql", "Easy: the two", "Easy: two", ""),
    Edit(
        "a macro",
        "sql/macros.sql",
        "or supports_key is not distinct from false",
        "or supports_key = false",
        "refined_paths",
        "macro is_settled",
    ),
    Edit("a macro of checks alone", "sql/macros.sql", "round(n * rate, 9)", "round(n * rate, 8)", ""),
    Edit(
        "a prompt",
        "reasonmed_assets/llm/prompts/ranker.md",
        "{% block user %}",
        "{% block user %}Take care.\n",
        "ranked_paths",
        "prompt ranker",
    ),
    Edit(
        "a block that prompts share",
        "reasonmed_assets/llm/prompts/_remarks.md",
        "<feedback>",
        "Remarks:\n<feedback>",
        "refined_paths",
        "prompt refiner, prompt regenerator",
    ),
    Edit(
        "a table's columns",
        "quality/tables/question_matches.py",
        "is_same_facts: bool",
        "is_same_facts: int",
        "question_matches",
        "schema",
    ),
    Edit(
        "a column's description",
        "quality/tables/question_matches.py",
        "Hash of the two rows.",
        "Hash of both rows.",
        "",
    ),
    Edit(
        "a rule of the profile",
        "reasonmed_assets/config/profile.py",
        "near_copy_ratio: float = Field(default=95",
        "near_copy_ratio: float = Field(default=90",
        "ranked_paths, refined_paths",
        "rules.near_copy_ratio",
    ),
    Edit(
        "a threshold of the profile",
        "reasonmed_assets/config/profile.py",
        "truncated_share_max: Share = 0.02",
        "truncated_share_max: Share = 0.03",
        "",
    ),
    Edit(
        "a rule in Python",
        "reasonmed_assets/rules/similarity.py",
        "score_cutoff=ratio) >= ratio",
        "score_cutoff=ratio) > ratio",
        "ranked_paths, refined_paths",
        "code",
    ),
    Edit(
        "a rule's constant",
        "reasonmed_assets/rules/alterations.py",
        "_MOST_PLACES = 20",
        "_MOST_PLACES = 30",
        "verifier_audit",
        "code",
    ),
    Edit(
        "how a reply is read",
        "reasonmed_assets/llm/replies/reply_text.py",
        "_MAX_OBJECTS = ",
        "_MAX_OBJECTS = 1 + ",
        f"{ASKED}, verifier_votes",
        "code",
    ),
    Edit(
        "a function that a table of functions holds",
        "reasonmed_assets/rules/alterations.py",
        "value * 2",
        "value * 3",
        "verifier_audit",
        "code",
    ),
    Edit(
        "the model of a reply",
        "reasonmed_assets/roles/ranker.py",
        "score: ToFive",
        "score: float",
        "ranked_paths",
        "code",
    ),
    Edit("the layout of SQL", "sql/tables/difficulty_tiers.sql", "- 1e-9", "-  1e-9 -- tiny\n", ""),
    Edit("how a rehearsal answers", "reasonmed_assets/roles/ranker.py", "(28, 44", "(29, 43", ""),
    Edit("a share of failing rehearsals", "reasonmed_assets/roles/verifier.py", "0.0015", "0.0025", ""),
    Edit("a docstring of a rule", "reasonmed_assets/rules/similarity.py", "Two empty texts", "Empty texts", ""),
    Edit("a docstring of a command", "reasonmed_assets/cli/summary.py", '"""', '"""A text. ', ""),
    Edit("a docstring of the storage", "reasonmed_assets/storage/duckdb_file/lock.py", '"""', '"""A text. ', ""),
    Edit(
        "a pause of the engine", "reasonmed_assets/llm/engine/fetching.py", "_ASK_AGAIN_S = ", "_ASK_AGAIN_S = 1 + ", ""
    ),
    Edit("a log line", "reasonmed_assets/assets/provenance.py", "is not up to date", "lags behind", ""),
)
HARMLESS = [edit for edit in EDITS if not edit.stale]
HARMFUL = [edit for edit in EDITS if edit.stale]
# Edits whose parts differ are told apart when they are made together.
TOGETHER = [
    [edit for edit in HARMFUL if edit.parts != "code"],
    *([edit] for edit in HARMFUL if edit.parts == "code"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the tables are made from: as they are, after the harmless edits together, after each of the others."""
    project = _copy(tmp_path_factory.mktemp("project"))
    edits = [[], HARMLESS, *TOGETHER]
    done = subprocess.run(
        [sys.executable, str(CHILD), str(project)],
        input=json.dumps([[edit._asdict() for edit in together] for together in edits]),
        env={name: value for name, value in os.environ.items() if not name.startswith("REASONMED_")},
        cwd=project,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _copy(folder: Path) -> Path:
    """The project as a wheel lays it out: `quality` and `sql` within the package."""
    skipped = shutil.ignore_patterns("__pycache__", "sample")
    shutil.copytree(ROOT / "reasonmed_assets", folder / "reasonmed_assets", ignore=skipped)
    for part in ("quality", "sql"):
        shutil.copytree(ROOT / part, folder / "reasonmed_assets" / part, ignore=skipped)
        (folder / part).symlink_to(folder / "reasonmed_assets" / part)
    shutil.copy(ROOT / "definitions.py", folder)
    return folder


def _stale(found: list[dict[str, Any]], at: int) -> tuple[set[tuple[str, str]], set[str]]:
    """The tables with each part that differs after some edits, and those that Dagster shows as stale."""
    before, after = found[0], found[at]
    parts = {
        (table, part)
        for table in before["parts"]
        for part in stale_parts(before["parts"][table], after["parts"][table])
    }
    versions = before["code_versions"]
    return parts, {table for table in versions if versions[table] != after["code_versions"][table]}


@pytest.mark.parametrize("at", range(len(TOGETHER)), ids=lambda at: ", ".join(edit.what for edit in TOGETHER[at]))
def test_an_edit_makes_exactly_what_uses_it_stale(at: int, found: list[dict[str, Any]]) -> None:
    changes = [edit.changes for edit in TOGETHER[at]]
    parts = [part for changed in changes for part in {part for _, part in changed}]
    assert len(set(parts)) == len(parts)
    expected = set().union(*changes)
    assert _stale(found, 2 + at) == (expected, {table for table, _ in expected})


def test_other_edits_make_nothing_stale(found: list[dict[str, Any]]) -> None:
    assert _stale(found, 1) == (set(), set())


def test_the_page_shows_what_each_edit_makes_stale() -> None:
    rows = [f"| {edit.what} | `{edit.file}` | {edit.stale or 'none'} |" for edit in EDITS]
    table = "\n".join(["| edit | for example in | stale tables |", "| --- | --- | --- |", *rows])
    page = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- edits: begin -->\n", "<!-- edits: end -->"
    written = re.sub(f"{begin}.*{end}", lambda _: f"{begin}{table}\n{end}", page, flags=re.DOTALL)
    if os.environ.get("REASONMED_WRITE_SNAPSHOT"):
        PAGE.write_text(written, encoding="utf-8")
    assert begin in page
    assert PAGE.read_text(encoding="utf-8") == written
