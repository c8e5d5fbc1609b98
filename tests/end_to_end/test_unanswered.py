"""Builds of which no call is answered: nothing is published, the exit code says so, and the same command goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from builds import called
from stub import Answer, Stub

PROFILE = """
extends = "simulated"
name = "mine"
[providers.rehearsal]
kind = "simulated"
server = "none"
base_url = "{base_url}"
transport_retries = 1
outage_s = 1
[checks]
model_checks = "warn"
"""

NOT_ANSWERED = {
    "a gateway's wrong key": (400, b'{"error": {"message": "No connected db.", "type": "no_db_connection"}}'),
    "nothing behind a gateway": (500, b'{"error": {"message": "OpenAIException - Connection error."}}'),
    "errors": (500, b"oops"),
}


WHAT = ("--source", "mmlu", "--limit", "1")


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the questions of which models would be asked."""
    folder = tmp_path_factory.mktemp("unanswered") / "warehouse"
    before = "key:raw_questions or key:questions"
    done = called("build", "--profile", "simulated", "--warehouse", str(folder), *WHAT, "--select", before)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("fault", NOT_ANSWERED)
def test_a_step_of_which_no_call_is_answered_publishes_nothing(questions: Path, tmp_path: Path, fault: str) -> None:
    status, body = NOT_ANSWERED[fault]
    folder = Path(shutil.copytree(questions, tmp_path / "warehouse"))
    with Stub(lambda request: Answer(status=status, body=body)) as stub:
        profile = tmp_path / "mine.toml"
        profile.write_text(PROFILE.format(base_url=stub.base_url))
        options = ["--profile", str(profile), "--warehouse", str(folder), *WHAT, "--select", "key:reasoning_paths"]
        done = called("build", *options)
    assert done.returncode == 1
    assert body.decode()[-12:-3] in done.stdout
    assert "run the same command again" in done.stdout
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from publishes where table_name = 'reasoning_paths'").fetchone() == (0,)


@pytest.mark.slow
def test_a_build_of_which_every_prompt_is_rejected_is_no_success(tmp_path: Path) -> None:
    """With checks that only warn, every table is published, and nothing is in them."""
    too_long = b'{"error": {"message": "This model\'s maximum context length is 10 tokens.", "code": "context_length"}}'
    with Stub(lambda request: Answer(status=400, body=too_long)) as stub:
        profile = tmp_path / "mine.toml"
        profile.write_text(PROFILE.format(base_url=stub.base_url))
        options = ["--profile", str(profile), "--warehouse", str(tmp_path / "warehouse"), "--source", "mmlu"]
        done = called("build", *options, "--limit", "1")
        again = called("build", *options, "--limit", "1")
    assert (done.returncode, again.returncode) == (1, 1), done.stdout
    assert "none of the 9 calls that were made was answered" in done.stdout
    assert "none of" not in again.stdout
    assert done.stdout.count("no example was made of mmlu") == again.stdout.count("no example was made of mmlu") == 1
