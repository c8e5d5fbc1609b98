"""Exports as TRL and LLaMA-Factory themselves render them, under the templates of seven families.

Each trainer is found by the path of its Python: REASONMED_TRL_PYTHON (default: this Python) and
REASONMED_LLAMAFACTORY_PYTHON; docs/guides/training.md says how to make both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import chat_tokenizers
import pyarrow as pa
import pytest
from chat_tokenizers import FAMILIES

from reasonmed_assets.release.files import ExportError
from reasonmed_assets.release.set_forms import index_entries, write_forms
from reasonmed_assets.release.trainers.rendering import REPORT, TrainerOptions, render_export

pytestmark = pytest.mark.slow

COLUMNS = pa.schema(dict.fromkeys(("example_id", "instruction", "input", "output"), pa.string()))
STEMS = ("A man of {n} has a cough since {n} days.", "¿Qué fármaco? 10⁻{n} µg", "急性胰腺炎 {n}", "Drug {n} \\n {{x}}")
PATH = "1. Restating the question\nThe stem gives {n} details.\n\n2. Options\nA fails, since {n} is too few; B fits."
SUMMARY = "B fits what is given best.\n\nFinal answer: B"


@pytest.fixture(params=["trl", "llamafactory"])
def trainer(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def python(trainer: str) -> str:
    variable = f"REASONMED_{trainer.upper()}_PYTHON"
    found = os.environ.get(variable, sys.executable if trainer == "trl" else "")
    if not found or subprocess.run([found, "-c", f"import {trainer}"], capture_output=True, check=False).returncode:
        pytest.skip(f"no {trainer}: set {variable} to a Python that has it (docs/guides/training.md)")
    return found


def rows(form: str) -> list[dict[str, str]]:
    """Records with and without a context, as the rules `template = "plain"` and `"think"` make them."""
    made = []
    for n in range(1, 9):
        path = PATH.format(n=n)
        made.append(
            {
                "example_id": f"e{n}",
                "instruction": f"{STEMS[n % 4].format(n=n)}\n\nA. flu\nB. cold",
                "input": f"Of {n} persons, half had a cold.\n\nMethods: {'none. ' * n}" if n % 2 else "",
                "output": f"{path}\n\n{SUMMARY}" if form == "plain" else f"<think>\n{path}\n</think>\n\n{SUMMARY}",
            }
        )
    return made


@pytest.fixture
def exported(tmp_path: Path) -> Callable[[str], Path]:
    def export(form: str) -> Path:
        folder = tmp_path / f"{form} sets [1]"  # a pattern elsewhere
        folder.mkdir()
        batches = pa.Table.from_pylist(rows(form), COLUMNS).to_batches()
        write_forms(folder, "sft_reasonmed", COLUMNS, batches)
        (folder / "dataset_info.json").write_text(json.dumps(index_entries("sft_reasonmed")))
        return folder

    return export


def options(
    trainer: str, python: str, family: str, tmp_path: Path, form: str, *, end: str = "", **more: object
) -> TrainerOptions:
    folder = tmp_path / "tokenizer"
    texts = json.dumps([text for row in rows(form) for text in row.values()])
    command = [python, chat_tokenizers.__file__, str(folder), family, *filter(None, [end])]
    subprocess.run(command, input=texts, text=True, check=True)
    named = {"template": FAMILIES[family].llamafactory} if trainer == "llamafactory" else {}
    return TrainerOptions(trainer, folder, python=python, **{**named, **more})  # type: ignore[arg-type]


CASES = [
    *(("trl", form, family, "") for form in ("plain", "think") for family in ("qwen2.5", "llama-3", "phi")),
    *(("llamafactory", form, family, "") for form in ("plain", "think") for family in ("qwen2.5", "llama-3", "phi")),
    *((name, "plain", family, "") for name in ("trl", "llamafactory") for family in ("gemma", "mistral")),
    *((name, "plain", "qwen3", "an empty think block") for name in ("trl", "llamafactory")),
    *((name, "think", "qwen3", "") for name in ("trl", "llamafactory")),
    ("trl", "plain", "deepseek-r1", "a prompt that differs"),
    ("trl", "think", "deepseek-r1", "an answer that is not learnt whole"),
    ("llamafactory", "plain", "deepseek-r1", "an empty think block"),
    ("llamafactory", "think", "deepseek-r1", ""),
]


@pytest.mark.parametrize(("trainer", "form", "family", "refused"), CASES, indirect=["trainer"])
def test_templates_of_known_families(
    trainer: str, python: str, form: str, family: str, refused: str, exported: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, chosen = exported(form), options(trainer, python, family, tmp_path, form)
    if refused:
        with pytest.raises(ExportError, match=f"{refused}.*: 8 of 8 records of sft_reasonmed"):
            list(render_export(folder, ["sft_reasonmed"], chosen))
        assert not (folder / REPORT).exists()
        return
    said = list(render_export(folder, ["sft_reasonmed"], chosen))
    assert said[0].startswith(f"{trainer} ")
    told = json.loads((folder / REPORT).read_text())
    figures = told["sets"]["sft_reasonmed"]
    assert (figures["records"], figures["over_cutoff"]) == (8, 0)
    assert 0.2 < figures["loss_share"] < 0.95
    assert set(told["trainer"]) == {trainer, "transformers"}
    assert not [file.name for file in folder.iterdir() if file.name.startswith(".")]


def test_what_the_cut_off_takes_is_refused(
    trainer: str, python: str, exported: Callable[[str], Path], tmp_path: Path
) -> None:
    # The longest question alone fills it, and TRL drops the record.
    chosen = options(trainer, python, "llama-3", tmp_path, "plain", cutoff=60)
    with pytest.raises(ExportError, match=r"a truncated final answer: 8 of 8 .*the longest record has [0-9]+ tokens"):
        list(render_export(exported("plain"), ["sft_reasonmed"], chosen))


def test_an_end_token_that_no_turn_ends_with_is_refused(
    python: str, trainer: str, exported: Callable[[str], Path], tmp_path: Path
) -> None:
    """Qwen's base models stop at <|endoftext|>, while their template ends a turn with <|im_end|>."""
    chosen = options(trainer, python, "qwen2.5", tmp_path, "plain", end="<|endoftext|>")
    folder = exported("plain")
    if trainer == "llamafactory":  # it has the tokenizer stop at the template's
        list(render_export(folder, ["sft_reasonmed"], chosen))
        return
    with pytest.raises(ExportError, match="no end token that is learnt: 8 of 8"):
        list(render_export(folder, ["sft_reasonmed"], chosen))
    (chosen.tokenizer / "generation_config.json").write_text(json.dumps({"eos_token_id": [0, 1, 2]}))
    list(render_export(folder, ["sft_reasonmed"], chosen))


def test_a_template_that_does_not_exist_ends_with_the_trainer_s_own_words(
    exported: Callable[[str], Path], tmp_path: Path
) -> None:
    python = os.environ.get("REASONMED_LLAMAFACTORY_PYTHON")
    if not python:
        pytest.skip("no LLaMA-Factory: set REASONMED_LLAMAFACTORY_PYTHON (docs/guides/training.md)")
    chosen = options("llamafactory", python, "phi", tmp_path, "plain", template="phi9")
    with pytest.raises(ExportError, match=r"(?s)llamafactory 0.*failed with exit status 1.*Template phi9 does not"):
        list(render_export(exported("plain"), ["sft_reasonmed"], chosen))
