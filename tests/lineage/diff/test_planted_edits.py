"""The causes that `reasonmed diff` finds for edits of every kind, planted one after the other into one small project.

python -m pytest -m slow tests/lineage/diff/test_planted_edits.py -s
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from builds import TIMEOUT_S, Built, a_shell
from stub import Answer, Request, Stub, reply

from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.servers.simulated import Endpoint, NetworkConditions

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from reasonmed_assets.cli.app import app; app()"
MOST_UNKNOWN = 0.01
PROFILE = """
extends = "simulated"
[sources]
declared = ["mmlu"]
[providers.rehearsal]
server = "none"
base_url = "{base_url}"
[checks]
model_checks = "warn"
"""
PLACES = 'select file, "row" from questions inner join raw_questions using (raw_id) order by 1'


@dataclass
class Project:
    """A copy of the project with its data, a profile, a warehouse, and an endpoint that answers as the rehearsal does.

    Attributes:
        folder: where they are.
        is_filtering: the endpoint filters every score.
    """

    folder: Path
    is_filtering: bool = False
    endpoint: Endpoint | None = None

    def answer(self, request: Request) -> Answer:
        """The endpoint's answer."""
        if self.is_filtering and "Role: evaluator" in request.body["messages"][0]["content"]:
            return reply("", "content_filter")
        assert self.endpoint is not None
        said = self.endpoint._answer(orjson.dumps(request.body))
        return Answer(said.status, said.body, dict(said.headers))

    @property
    def place(self) -> tuple[str, str]:
        return "--warehouse", str(self.folder / "w")

    @property
    def warehouse(self) -> Built:
        return Built(self.folder / "w", "")

    def run(self, *arguments: str) -> str:
        """Run a command of the copy."""
        keys = read_answer_keys(self.folder / "data", ["mmlu"], {})
        self.endpoint = Endpoint(Rehearsal(keys, 1), NetworkConditions(delay_ms=1))
        done = subprocess.run(
            [sys.executable, "-B", "-c", CODE, str(self.folder / "project"), *arguments, *self.place],
            env=a_shell(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def build(self, *options: str) -> None:
        """Build, with options that are kept."""
        self.run("build", *options)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("planted")
    copy = folder / "project"
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "reasonmed_assets", copy / "reasonmed_assets", ignore=skipped)
    for part in ("quality", "sql"):
        shutil.copytree(ROOT / part, copy / "reasonmed_assets" / part, ignore=skipped)
        (copy / part).symlink_to(copy / "reasonmed_assets" / part)
    shutil.copytree(ROOT / "reasonmed_assets" / "sources" / "sample", folder / "data")
    (folder / "decided.toml").write_text("")
    found = Project(folder)
    with Stub(found.answer) as stub:
        (folder / "mine.toml").write_text(PROFILE.format(base_url=stub.base_url))
        found.build("--profile", "mine.toml", "--data-dir", "data", "--overrides", "decided.toml", "--limit", "2")
        yield found


def prompt(project: Project) -> None:
    project.edit("project/reasonmed_assets/llm/prompts/verifier.md", "{% block user %}", "{% block user %}Take care.\n")
    project.build()


def model(project: Project) -> None:
    project.build("--set", "models.small.revision='2'")


def parameter(project: Project) -> None:
    project.build("--set", "roles.evaluator.temperature=0.3")


def new_question(project: Project) -> None:
    project.build("--limit", "3")


def source_file(project: Project) -> None:
    ((file, row),) = project.warehouse.query(f"{PLACES} limit 1")
    path = project.folder / "data" / str(file)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[int(str(row)) - 1] = lines[int(str(row)) - 1].replace("the ", "any ", 1).replace("Which ", "Now which ", 1)
    path.write_text("".join(lines), encoding="utf-8")
    project.build("--allow-shrink", "questions", "--allow-shrink", "reasonmed")


def override(project: Project) -> None:
    ((question_id,),) = project.warehouse.query("select question_id from questions order by 1 limit 1")
    entry = '[[drop]]\nquestion_id = "{}"\nreason = "x"\ndecided_by = "y"\ndecided_on = 2026-11-20\n'
    project.append("decided.toml", entry.format(question_id))
    project.build()


def benchmark(project: Project) -> None:
    ((file, row),) = project.warehouse.query(f"{PLACES} desc limit 1")
    with (project.folder / "data" / str(file)).open(newline="", encoding="utf-8") as opened:
        record = list(csv.reader(opened))[int(str(row)) - 1]
    with (project.folder / "data/mmlu/test/anatomy_test.csv").open("a", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerow(record)
    project.build("--allow-shrink", "questions", "--allow-shrink", "reasonmed")


def threshold(project: Project) -> None:
    project.build("--set", "rules.medium_min_correct=5", "--allow-shrink", "reasonmed")


def schema(project: Project) -> None:
    project.edit(
        "project/quality/tables/dropped_examples.py",
        '    detail: str = column("What exactly.")',
        '    detail: str = column("What exactly.")\n    length: int = column("Of the detail.", nullable=True)',
    )
    project.edit(
        "project/quality/tables/difficulty_tiers.py",
        "    tier: str = column(",
        '    n_all: int = column("All.")\n    tier: str = column(',
    )
    project.edit(
        "project/sql/tables/difficulty_tiers.sql", "    bounded.*,\n", "    bounded.*,\n    bounded.n_paths as n_all,\n"
    )
    project.edit(
        "project/sql/tables/dropped_examples.sql", "    detail\n", "    detail,\n    length(detail) as length\n"
    )
    project.build()


def code(project: Project) -> None:
    project.edit("project/sql/tables/answer_summaries.sql", "content_hash(summary)", "content_hash(summary || ' ')")
    project.build()


def filtered(project: Project) -> None:
    project.is_filtering = True
    project.build("--set", "roles.evaluator.temperature=0.4")


def repaired(project: Project) -> None:
    """The calls are made again, and their new replies are kept."""
    project.is_filtering = False
    project.run("retry", "--table", "quality_scores")


EDITS: list[tuple[str, Callable[[Project], None], set[str]]] = [
    ("prompt", prompt, {"verifications", "verifier_audit"}),
    ("model", model, {"answer_summaries"}),
    ("parameter", parameter, {"quality_scores"}),
    ("new question", new_question, {"questions", "reasoning_paths"}),
    ("source file", source_file, {"raw_questions"}),
    ("override", override, {"overrides", "rejected_questions"}),
    ("benchmark", benchmark, {"benchmark_questions", "question_matches"}),
    ("threshold", threshold, {"difficulty_tiers"}),
    ("schema", schema, {"difficulty_tiers"}),
    ("code", code, {"answer_summaries"}),
    ("parameter", filtered, {"quality_scores"}),
    ("repaired", repaired, {"quality_scores"}),
]
"""Cause, the edit, and tables all of whose rows that differ have that cause."""


def test_every_edit_is_named_as_the_cause(project: Project) -> None:
    total, wrong = Counter[str](), []
    for cause, edit, tables in EDITS:
        before = project.warehouse.value("select max(number) from builds")
        edit(project)
        after = project.warehouse.value("select max(number) from builds")
        found: dict[str, Any] = json.loads(project.run("diff", f"b{before}", f"b{after}", "--json"))
        by_table = {one["table"]: one["causes"] for one in found["tables"] if one["causes"]}
        print(f"{cause}: b{before} -> b{after}: {found['causes']}")
        for table, causes in by_table.items():
            print(f"    {table}: {causes}")
        total.update(found["causes"])
        assert sum(found["causes"].values()) == sum(
            one["added"] + one["removed"] + one["changed"] for one in found["tables"]
        )
        if cause not in found["causes"]:
            wrong.append(f"{cause}: {found['causes']}")
        wrong += [
            f"{cause}: {table}: {by_table.get(table)}" for table in tables if set(by_table.get(table, ())) != {cause}
        ]
    print(f"all: {dict(total)}")
    assert not wrong
    assert total["unknown"] <= MOST_UNKNOWN * sum(total.values())
