"""`reasonmed retry`, as a process."""

from __future__ import annotations

from pathlib import Path

from builds import reasonmed


def test_only_rows_that_were_given_up_are_asked_again(tmp_path: Path) -> None:
    options = ["--profile", "simulated", "--warehouse", str(tmp_path / "w")]
    nothing = reasonmed("retry", *options)
    assert (nothing.returncode, "there is no warehouse" in nothing.stderr) == (1, True)
    built = reasonmed("build", *options, "--limit", "1", "--source", "mmlu", "--select", "key:raw_questions")
    assert built.returncode == 0, built.stdout + built.stderr
    unknown = reasonmed("retry", *options, "--table", "questions")
    assert (unknown.returncode, "no model answers rows of questions" in unknown.stderr) == (1, True)
    none = reasonmed("retry", *options, "--table", "reasoning_paths", "--outcome", "refused")
    assert (none.returncode, none.stdout) == (
        0,
        "No row of that kind was given up: there is nothing to ask again.\n",
    ), none.stderr
