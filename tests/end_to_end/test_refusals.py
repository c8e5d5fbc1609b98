"""Builds that must not publish: failing audits, other kinds of models, wrong files, wrong options."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builds import Built, called, reasonmed
from reasonmed_assets.quality.records import AuditRecord

from reasonmed_assets.sources import SAMPLE_DIR
from reasonmed_assets.storage import make_or_open_warehouse

PROFILES = Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles"


@pytest.fixture
def copy(rehearsal: Built, tmp_path: Path) -> Built:
    """A warehouse of one's own, as the rehearsal left it."""
    return Built(Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse")), "")


def test_a_failing_audit_keeps_the_published_rows_and_quarantines_the_new_ones(
    copy: Built, tmp_path: Path, forked: Path
) -> None:
    profile = tmp_path / "strict.toml"
    profile.write_text(
        (PROFILES / "simulated.toml").read_text()
        + "\n[rules]\nverdict_rule = 'answer'\n"
        + "[checks.thresholds]\nmin_rows_for_rates = 1\none_verdict_share_max = 0.01\n"
    )
    before = copy.query("from verifications where source = 'mmlu' order by path_id")
    arguments = ["--warehouse", str(copy.folder), "--source", "mmlu", "--select", "key:verifications"]
    done = called("build", "--profile", str(profile), *arguments)
    assert done.returncode == 1
    assert "verifications" in done.stdout.splitlines()[-2] or "verifications" in done.stdout
    assert "run the same command again" in done.stdout
    assert "To let them pass: another checks.thresholds.one_verdict_share_max than 0.01" in done.stdout
    assert copy.query("from verifications where source = 'mmlu' order by path_id") == before
    assert list((copy.folder / "quarantine" / "verifications" / "mmlu").glob("*.parquet"))
    allowed = ["--allow", "simulated", "--allow", "stand-in"]
    export = ["export", str(tmp_path / "sets"), "--warehouse", str(copy.folder), *allowed]
    for zone in ("America/New_York", "Asia/Kolkata"):
        refused = reasonmed(*export, command=[forked], TZ=zone)
        assert refused.returncode == 1, zone
        assert "failed its checks (verifications/mmlu) (allow them with --allow failing)" in refused.stderr, zone
    records = [AuditRecord.from_json(found) for found in make_or_open_warehouse(copy.folder).audits()]
    (blocked,) = [record for record in records if record.is_blocked]
    assert (blocked.table, blocked.partition, blocked.failures[0].name) == ("verifications", "mmlu", "one_verdict")
    assert (copy.folder / "quarantine" / "verifications" / "mmlu" / f"{blocked.run_id}.parquet").is_file()
    # The quarantine stays, and whatever the file's time is, the next audit decides.
    assert called("build", "--profile", "simulated", *arguments).returncode == 0
    (copy.folder / "quarantine" / "verifications" / "mmlu" / f"{blocked.run_id}.parquet").touch()
    assert reasonmed(*export, command=[forked], TZ="America/New_York").returncode == 0


def test_questions_go_by_a_limit_of_the_command_line_alone(copy: Built, tmp_path: Path) -> None:
    published = copy.value("select count(*) from questions where source = 'mmlu'")
    options = ["--profile", "simulated", "--warehouse", str(copy.folder)]
    select = ["--source", "mmlu", "--select", "key:questions"]
    refused = called("build", *options, *select, REASONMED_LIMIT="1")
    assert refused.returncode == 1
    assert "shrink: No more rows than the allowed share go without a reason" in refused.stdout
    assert "To let them go in one run: reasonmed build --limit 1 --once --source mmlu" in refused.stdout
    assert copy.value("select count(*) from questions where source = 'mmlu'") == published
    unknown = called("build", *options, *select, "--allow-shrink", "ranked_paths")
    assert (unknown.returncode, "no such table is guarded" in unknown.stderr) == (1, True)
    done = called("build", *options, *select, "--limit", "1")
    assert done.returncode == 0, done.stdout
    assert f"removed {published - 1} (beyond the limit: " in done.stdout
    assert copy.value("select count(*) from questions where source = 'mmlu'") == 1
    export = ["export", str(tmp_path / "sets"), "--warehouse", str(copy.folder), "--allow", "simulated"]
    behind = called(*export, "--allow", "stand-in")
    assert behind.returncode == 1
    assert "sft_cot: answer_summaries is behind; questions: publish " in behind.stderr
    assert "(allow them with --allow behind)" in behind.stderr
    assert "marked: behind, simulated, stand-in" in called(*export, "--allow", "stand-in", "--allow", "behind").stdout
    folder = str(tmp_path / "release")
    release = ["release", folder, *export[2:], "--allow", "stand-in"]
    assert called(*release).stderr.endswith(behind.stderr)
    assert "marked: behind, simulated, stand-in" in called(*release, "--allow", "behind").stdout
    assert "as they were released" in called("release", "--verify", folder).stdout


@pytest.mark.parametrize("budget", [[], ["--budget-calls", "5"]])
def test_a_missing_file_of_overrides_is_refused(budget: list[str], copy: Built) -> None:
    options = ["--select", "key:overrides", "--overrides", "nowhere.toml", *budget]
    done = called("build", "--profile", "simulated", "--warehouse", str(copy.folder), *options)
    assert done.returncode == 1
    assert "nowhere.toml" in done.stdout + done.stderr


def test_a_ledger_of_a_newer_version_is_refused_before_the_first_table(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger:
        ledger.execute("pragma user_version = 999")
    done = called("build", "--profile", "simulated", "--warehouse", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("its version is 999, this program knows versions up to") == 1
    assert not (tmp_path / "build.duckdb").exists()


@pytest.mark.parametrize("name", ["what?", "100%41", "\udcff", "a" * 256, "a/" * 300, "a/" * 2500])
def test_a_path_that_a_library_would_read_otherwise_is_refused(name: str, tmp_path: Path) -> None:
    done = called("build", "--profile", "simulated", "--warehouse", str(tmp_path / name))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert re.search("choose (a|another) folder .*with --warehouse|name too long", done.stderr)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a" * 256, "a/" * 300, "."])
def test_a_ledger_that_cannot_be_is_refused_before_the_first_table(name: str, tmp_path: Path) -> None:
    places = ["--warehouse", str(tmp_path / "w"), "--ledger", str(tmp_path / name)]
    done = called("build", "--profile", "simulated", *places)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "a/" * 300 not in name or "the path has" in done.stderr
    assert not (tmp_path / "w" / "build.duckdb").exists()


def test_another_kind_of_model_is_refused(copy: Built) -> None:
    attempts = copy.attempts()
    done = called("build", "--profile", "embedded", "--warehouse", str(copy.folder))
    assert done.returncode == 1
    assert "simulated" in done.stderr
    assert "demonstration" in done.stderr
    assert "--replace" in done.stderr
    assert copy.attempts() == attempts


def test_another_data_directory_is_refused(copy: Built, tmp_path: Path) -> None:
    data = shutil.copytree(SAMPLE_DIR, tmp_path / "data")
    done = called("build", "--profile", "simulated", "--warehouse", str(copy.folder), "--data-dir", str(data))
    assert done.returncode == 1
    assert str(data) in done.stderr


def test_replace_sets_the_old_files_aside(copy: Built, tmp_path: Path) -> None:
    data = shutil.copytree(SAMPLE_DIR, tmp_path / "data")
    examples = copy.value("select count(*) from reasonmed")
    done = called(
        "build", "--profile", "simulated", "--warehouse", str(copy.folder), "--data-dir", str(data), "--replace",
        "--select", "key:raw_questions", "--source", "mmlu",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert copy.value("select count(*) from reasonmed") == 0
    (aside,) = copy.folder.glob("replaced-*")
    shutil.copy(copy.folder / "ledger.sqlite", aside)
    assert Built(aside, "").value("select count(*) from reasonmed") == examples


def test_a_missing_file_stops_its_source_and_no_other(tmp_path: Path) -> None:
    data = Path(shutil.copytree(SAMPLE_DIR, tmp_path / "data"))
    broken = data / "pubmedqa" / "ori_pqal.json"
    broken.write_text("{ this is no JSON", encoding="utf-8")
    done = called(
        "build", "--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--data-dir", str(data),
        "--select", "key:raw_questions", "--set", "sources.declared=['mmlu', 'pubmedqa']",
    )  # fmt: skip
    assert done.returncode == 1
    assert "ori_pqal.json" in done.stdout + done.stderr
    sources = Built(tmp_path / "w", "").query("select distinct source from raw_questions order by source")
    assert sources == [("mmlu",)]


def test_bad_rows_are_kept_with_their_reason(tmp_path: Path) -> None:
    data = Path(shutil.copytree(SAMPLE_DIR, tmp_path / "data"))
    file = data / "medmcqa" / "dev.json"
    good = file.read_text(encoding="utf-8").count("\n")
    with file.open("ab") as lines:
        lines.write(b'{"question": "cut off\n')
        lines.write(b'{"question": "caf\xe9", "cop": 1}\n')
    done = called(
        "build", "--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--data-dir", str(data),
        "--source", "medmcqa", "--select", "key:raw_questions or key:rejected_questions",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(tmp_path / "w", done.stdout)
    rows = built.query("select row, detail, raw_text from rejected_questions where reason = 'malformed' order by row")
    assert [row for row, _, _ in rows] == [good + 1, good + 2]
    assert all(detail for _, detail, _ in rows)
    assert "\\xe9" in rows[1][2]
    assert rows[0][2].startswith('{"question": "cut off')


def test_an_unknown_source_and_a_wrong_selection_are_named(tmp_path: Path) -> None:
    unknown = called("build", "--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--source", "medqq")
    assert unknown.returncode == 1
    assert "medqq" in unknown.stderr
    assert "medqa" in unknown.stderr
    nothing = called(
        "build", "--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--select", "key:no_such_table"
    )
    assert nothing.returncode == 1
    assert "no_such_table" in nothing.stderr
