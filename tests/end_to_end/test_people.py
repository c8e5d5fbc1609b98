"""What people decide and say reaches the tables: overrides from questions to examples, reviews as they stand."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from pathlib import Path

import pytest
from builds import Built, called

from reasonmed_assets.people.reviews import EXAMPLE, FILLED_IN
from reasonmed_assets.storage import make_or_open_warehouse

SOURCE = "medmcqa"
REACHED = ("overrides", "questions", "rejected_questions", "reasoning_paths", "verifications", "difficulty_tiers",
           "ranked_paths", "refined_paths", "reasonmed", "reviews")  # fmt: skip
WHO = 'reason = "See the guideline."\ndecided_by = "Dr. A."\ndecided_on = 2026-11-20\n'


@pytest.fixture
def copy(rehearsal: Built, tmp_path: Path) -> Built:
    """A warehouse of one's own, as the rehearsal left it."""
    return Built(Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse")), "")


def test_decisions_and_reviews_reach_every_table(copy: Built, tmp_path: Path) -> None:
    rows = copy.query(f"select question_id, options from questions where source = '{SOURCE}' order by question_id")
    (dropped, _), (corrected, options), (doubted, _) = rows[:3]
    key = copy.value(f"select gold_text from questions where question_id = '{corrected}'")
    other = next(option for option in options if option != key)
    file = tmp_path / "overrides.toml"
    file.write_text(
        f'[[drop]]\nquestion_id = "{dropped}"\n{WHO}\n[[drop]]\nquestion_id = "{"0" * 16}"\n{WHO}\n'
        f'[[correct_key]]\nquestion_id = "{corrected}"\ngold_text = "{other}"\n{WHO}\n'
        f'[[mark_doubt]]\nquestion_id = "{doubted}"\n{WHO}'
    )
    sheet = tmp_path / "filled in.csv"
    write_reviews(copy, sheet, dropped)
    others = f"where source != '{SOURCE}'"
    generated, examples = generator_calls(copy), copy.query(f"from reasonmed {others} order by example_id")

    taken = called("review", "import", str(sheet), "--warehouse", str(copy.folder))
    assert taken.returncode == 0, taken.stderr
    assert "reviews, 1 rows with a problem, 0 not filled in" in taken.stdout
    done = called(
        "build", "--profile", "simulated", "--warehouse", str(copy.folder), "--source", SOURCE,
        "--overrides", str(file), "--select", " or ".join(f"key:{table}" for table in REACHED),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning: followed" in " ".join(done.stdout.split()), done.stdout

    rejected = copy.query(f"select reason, detail from rejected_questions where source = '{SOURCE}'")
    assert ("override", "dropped by Dr. A. on 2026-11-20: See the guideline.") in rejected
    assert copy.query(
        "select gold_text, override_note is not null from questions where override_note like 'key corr%'"
    ) == [(other, True)]
    assert copy.value(f"select is_label_doubt from difficulty_tiers where question_id = '{doubted}'") is True
    notes = copy.query(f"select distinct override_note from example where question_id = '{doubted}'")
    assert notes == [("key marked as doubtful by Dr. A. on 2026-11-20: See the guideline.",)]
    assert copy.query("select entry, problem from overrides where not is_applied") == [
        (2, "no record of the sources has this id")
    ]
    # No path was asked for again, and no other source was touched.
    assert generator_calls(copy) == generated
    assert copy.query(f"from reasonmed {others} order by example_id") == examples

    stale = "select question_id is null, is_stale, is_current from reviews where problem is null order by row"
    assert (True, True, True) in copy.query(stale)
    assert (False, False, True) in copy.query(stale)
    assert copy.value("select count(*) from reviews where problem is not null") == 1
    aside = make_or_open_warehouse(copy.folder).replace("simulated", ledger_holds_real_calls=False)
    assert aside is not None
    assert [kept.suffix for kept in (Path(aside) / "reviews").iterdir()] == [".csv"]


def generator_calls(built: Built) -> int:
    """Requests for paths that the ledger has seen."""
    with sqlite3.connect(built.folder / "ledger.sqlite") as ledger:
        return ledger.execute("select count(*) from attempts where role = 'generator'").fetchone()[0]


def write_reviews(built: Built, file: Path, dropped: str) -> None:
    """One review of every example of the source, and a row without a reviewer."""
    examples = built.query(f"select example_id, content_hash from reasonmed where source = '{SOURCE}' order by all")
    assert built.value(f"select count(*) from reasonmed where question_id = '{dropped}'") > 0
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*EXAMPLE, *FILLED_IN])
        writer.writerows([*example, "right", "right", "wrong", "", "Dr. B."] for example in examples)
        writer.writerow([*examples[0], "wrong", "", "", "", ""])
