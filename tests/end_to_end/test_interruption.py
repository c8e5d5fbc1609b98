"""A build that is stopped goes no further, and the next one pays only for the rest."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from builds import TIMEOUT_S, Built, called
from forked import Forked

COMMAND = Path(__file__).parents[1] / "command.py"


def _stopped_at_its_first_calls(process: Forked, how: signal.Signals, ledger: Path) -> str:
    """What the process said after a signal at a time when it was making calls."""
    deadline = time.monotonic() + TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline and not _attempts(ledger):
        time.sleep(0.02)
    process.send_signal(how)
    return "".join(process.communicate(timeout=TIMEOUT_S))


def _claims(ledger: Path) -> int:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute("select count(*) from claims").fetchone()[0]


def _attempts(ledger: Path) -> int:
    try:
        return Built(ledger.parent, "").attempts() if ledger.exists() else 0
    except sqlite3.OperationalError:
        return 0  # the tables are being made


_TABLES = ("raw_questions", "questions", "reasoning_paths", "llm_calls", "call_uses")
_SELECTION = " or ".join(f"key:{table}" for table in _TABLES)


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_build_stops_when_told_and_at_its_budget_and_the_next_pays_for_the_rest_only(
    tmp_path: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "warehouse"
    arguments = ["build", "--profile", "simulated", "--warehouse", str(folder), "--select", _SELECTION]
    arguments += ["--source", "mmlu", "--source", "mmlu"]
    with Forked(COMMAND, *arguments, "--source", "pubmedqa", "--limit", "2") as process:
        said = _stopped_at_its_first_calls(process, how, folder / "ledger.sqlite")
    assert process.returncode == 1, said
    assert ": interrupted" in said
    assert "run the same command again" in said
    assert "pubmedqa     raw_questions" not in said
    assert _claims(folder / "ledger.sqlite") == 0, "what it claimed is free"
    interrupted = Built(folder, said)
    assert interrupted.value("select count(*) from reasoning_paths") == 0
    assert interrupted.value("select count(*) from llm_calls") == interrupted.attempts() > 0
    spent = interrupted.query("select distinct table_name, source, spent_on from call_costs")
    assert spent == [("reasoning_paths", "mmlu", "unused")]
    before = interrupted.attempts()
    stopped = called(*arguments, "--limit", "3", "--budget-calls", "1")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "the budget of this build is used up: 1 of 1 calls are made" in " ".join(stopped.stdout.split())
    assert interrupted.attempts() == before + 1
    done = called(*arguments, "--limit", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("mmlu         raw_questions") == 1
    builds = interrupted.query("select outcome, calls, attempts from build_calls order by build")
    assert [outcome for outcome, *_ in builds] == ["interrupted", "failed", "complete"]
    assert sum(int(str(sent)) for *_, sent in builds) == interrupted.value("select count(*) from llm_calls")
    per_question = interrupted.query("select count(*) from reasoning_paths group by question_id")
    assert per_question == [(9,)] * 3
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        twice = "select call_id from attempts where reply is not null group by call_id having count(*) > 1"
        assert ledger.execute(twice).fetchall() == []


def test_what_a_test_starts_can_be_interrupted() -> None:
    """Also where SIGINT is ignored when the tests start, as by `nohup pytest &`."""
    code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    arguments = ["build", "--profile", "simulated", "--warehouse"]
    wrong = called(*arguments, str(tmp_path / "w"), REASONMED_LIMIT="many")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "REASONMED_LIMIT" in wrong.stderr


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wrong = called("build", "--profile", "simulated", "--warehouse", str(tmp_path / "file"))
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert str(tmp_path / "file") in wrong.stderr
