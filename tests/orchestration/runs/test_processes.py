"""Several sources of one build at once, each in a process: one build, one record, and nothing lost when one ends."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from builds import TIMEOUT_S, Built, called, start

ARGUMENTS = ("build", "--profile", "simulated", "--parallel", "2", "--source", "mmlu", "--source", "pubmedqa")


def test_two_sources_at_once_are_one_build(tmp_path: Path) -> None:
    done = called(*ARGUMENTS, "--select", "key:raw_questions", "--warehouse", str(tmp_path / "w"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mmlu         raw_questions" in done.stdout and "pubmedqa     raw_questions" in done.stdout
    built = Built(tmp_path / "w", done.stdout)
    assert built.query("select outcome, len(run_ids), len(json_keys(run_outcomes)) from builds") == [("complete", 3, 3)]
    assert built.query("select build, count(distinct run_id) from publishes group by all") == [(1, 3)]
    assert built.query("select distinct source from raw_questions order by all") == [("mmlu",), ("pubmedqa",)]


def test_a_model_that_each_process_would_load_is_refused_in_one_line(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    provider = '[providers.rehearsal]\ntransport = "vllm"\nvllm = { model = "some/model" }\n'
    profile.write_text(f'extends = "simulated"\nunset = ["providers.rehearsal.server"]\n{provider}', encoding="utf-8")
    done = called(*ARGUMENTS, "--profile", str(profile), "--warehouse", str(tmp_path / "w"))
    assert done.returncode == 1
    assert done.stderr == (
        "reasonmed: --parallel 2: each process would load the model of provider rehearsal. Build without --parallel, "
        "or serve the model (`vllm serve`) and declare its base_url\n"
    )


def processes_of(build: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that make its sources, once both make calls."""
    ledger, deadline = Path(build.args[-1]) / "ledger.sqlite", time.monotonic() + TIMEOUT_S  # type: ignore[index]
    asked = "select count(distinct source) from askers"
    while build.poll() is None and time.monotonic() < deadline:
        try:
            with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
                if connection.execute(asked).fetchone() == (2,):
                    break
        except sqlite3.OperationalError:
            pass  # the tables are being made
        time.sleep(0.05)
    children = psutil.Process(build.pid).children()
    return [one for one in children if any("runs.child" in word for word in one.cmdline())]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Ctrl-C", "one is killed", "the build is killed"])
def test_whatever_ends_the_rest_is_made_by_the_next_build_and_no_call_twice(how: str, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    some = (
        "--limit",
        "3",
        "--set",
        "machine.shard_questions=1",
        "--select",
        '+key:"reasoning_paths" or key:"llm_calls" or key:"call_uses"',
    )
    build = start(*ARGUMENTS, *some, "--warehouse", str(folder))
    processes = processes_of(build)
    assert len(processes) == 2
    assert len([one for one in psutil.Process(build.pid).children() if "simulated" in " ".join(one.cmdline())]) == 1
    if how == "one is killed":
        processes[0].kill()
    else:
        build.send_signal(signal.SIGINT if how == "Ctrl-C" else signal.SIGKILL)
    said = build.communicate(timeout=TIMEOUT_S)[0]
    assert psutil.wait_procs(processes, timeout=20)[1] == []
    assert build.returncode == (-signal.SIGKILL if how == "the build is killed" else 1), said
    if how == "Ctrl-C":
        assert ": interrupted" in said and "run the same command again" in said
    if how == "one is killed":
        assert said.count("its process was killed by signal 9") == 1
        assert said.count(" reasoning_paths  ") >= 1, "the other source was made"
    done = called(*ARGUMENTS, *some, "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pubmedqa     reasoning_paths" in done.stdout and "pubmedqa reasoning_paths" not in done.stdout
    built = Built(folder, done.stdout)
    assert built.query("select source, count(*) from reasoning_paths group by all order by all") == [
        ("mmlu", 27),
        ("pubmedqa", 27),
    ]
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        twice = "select call_id from attempts where reply is not null group by call_id having count(*) > 1"
        assert ledger.execute(twice).fetchall() == []
        assert ledger.execute("select count(*) from claims").fetchone() == (0,)
