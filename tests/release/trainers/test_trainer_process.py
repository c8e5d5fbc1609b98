"""The trainer's process: what is said of a program that cannot render, each a real one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reasonmed_assets.release.files import ExportError
from reasonmed_assets.release.trainers.process import running
from reasonmed_assets.release.trainers.rendering import TrainerOptions


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ("/nowhere/python", r"/nowhere/python cannot be run \(No such file or directory\): name a Python"),
        ("/etc/passwd", r"/etc/passwd cannot be run \(Permission denied\)"),
        ("/bin/true", "/bin/true is no Python: name with --trainer-python one that has llamafactory"),
        ("/bin/false", "llamafactory in /bin/false failed with exit status 1; its last words:\nit said nothing"),
        ("/bin/echo", "llamafactory in /bin/echo said .* instead of a record"),
        ("/bin/cat", "(?s)llamafactory in /bin/cat failed with exit status 1; its last words:\n.*invalid option"),
        (sys.executable, "has no llamafactory: install it with `.* -m pip install llamafactory`"),
    ],
)
def test_a_program_without_the_trainer_is_named_with_what_to_do(python: str, expected: str) -> None:
    with pytest.raises(ExportError, match=expected), running("llamafactory", python, {"scratch": ""}):
        pass


def tokenizer(folder: Path) -> Path:
    folder.mkdir()
    (folder / "tokenizer.json").write_text("{}")
    return folder


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    there = tokenizer(tmp_path / "model")
    with pytest.raises(ExportError, match="holds no tokenizer"):
        TrainerOptions("trl", tmp_path).check(["sft_cot"])
    with pytest.raises(ExportError, match="there is no set sft_cots: the sets are sft_cot"):
        TrainerOptions("trl", there, sets=("sft_cot", "sft_cots")).check(["sft_cot"])
    with pytest.raises(ExportError, match="leave --template out"):
        TrainerOptions("trl", there, template="qwen").check(["sft_cot"])
    with pytest.raises(ExportError, match="give its Python with --trainer-python"):
        TrainerOptions("llamafactory", there, template="qwen").check(["sft_cot"])
    TrainerOptions("trl", there).check(["sft_cot"])
    TrainerOptions("llamafactory", there, python="python3").check(["sft_cot"])
