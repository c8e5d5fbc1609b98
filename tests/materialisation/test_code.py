"""What of a definition counts as code that makes rows."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reasonmed_assets.materialisation.code import _Rows

CODE = """
def share(part, whole):
    if not whole:
        return None
    return part / whole
"""


def rows_of(text: str) -> str:
    cleaned: Any = _Rows().visit(ast.parse(text))
    return ast.unparse(cleaned)


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("    if", '    """How much of it."""\n    if'),
        CODE.replace("(part, whole)", "(part: int, whole: int) -> float | None"),
        CODE.replace("    return part", "    # Of one.\n    return part"),
        CODE.replace("    if", '    log.info("%d of %d", part, whole)\n    if'),
        CODE.replace("    if", "    other: int\n    if"),
    ],
)
def test_docstrings_annotations_comments_and_log_lines_do_not_count(same: str) -> None:
    assert rows_of(same) == rows_of(CODE)


@pytest.mark.parametrize(
    "different",
    [
        CODE.replace("part / whole", "whole / part"),
        CODE.replace("None", "0"),
        CODE.replace("    if", "    log.append(part)\n    if"),
        CODE.replace("    if", "    other: int = 1\n    if"),
    ],
)
def test_what_a_function_does_counts(different: str) -> None:
    assert rows_of(different) != rows_of(CODE)


def test_the_annotations_of_a_class_count_but_not_those_of_its_methods() -> None:
    model = 'class Reply:\n    score: int\n    """From 1."""\n\n    def half(self) -> int:\n        return 1\n'
    assert rows_of(model) == rows_of(model.replace('    """From 1."""\n', "").replace(" -> int", ""))
    assert rows_of(model) != rows_of(model.replace("score: int", "score: float"))


def test_a_body_that_only_logs_stays_a_body() -> None:
    assert rows_of("for x in y:\n    log.info(x)\n") == "for x in y:\n    pass"
    assert rows_of('try:\n    f()\nexcept E:\n    _log.warning("no")\n').endswith("except E:\n    pass")
    assert rows_of('def f():\n    """Nothing."""\n') == "def f():\n    pass"


def test_how_a_rehearsal_answers_is_no_part_of_a_role() -> None:
    assert rows_of("ROLE = Role(name='x', rehearse=_one)") == rows_of("ROLE = Role(name='x', rehearse=_two)")


RULE = """
from reasonmed_assets.storage.texts import stored

KINDS = {}

def one(stage):
    from reasonmed_assets.rules import texts
    return texts.shortened(stage)

def two(stage):
    from .texts import lengthened as long
    return long(stage)

def three(stage):
    return KINDS["of"](stored(stage))

def four(stage):
    return translated(stage)

try:
    import absent
except ImportError:
    def translated(stage):
        from reasonmed_assets.translation import words
        return words.of(stage)

def _of(stage):
    return stage

for name in ("of",):
    KINDS.update({name: _of})
"""
TEXTS = "def shortened(text):\n    return text[:1]\n\ndef lengthened(text):\n    return text * 2\n"
FILES = {
    "rules/rule.py": RULE,
    "rules/texts.py": TEXTS,
    "storage/texts.py": "def stored(text):\n    return text\n",
    "translation/words.py": "def of(text):\n    return text\n",
}


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The definitions that each function of RULE reaches, in a package of the same name."""
    folder = tmp_path_factory.mktemp("package")
    for file, text in FILES.items():
        path = folder / "reasonmed_assets" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    code = Path(__file__).parents[2] / "reasonmed_assets" / "materialisation" / "code.py"
    (folder / "code_of_rows.py").write_text(code.read_text(encoding="utf-8"), encoding="utf-8")
    asked = (
        "import code_of_rows, json\n"
        "from reasonmed_assets.rules import rule\n"
        "names = ('one', 'two', 'three', 'four')\n"
        "print(json.dumps({name: code_of_rows.code_of((getattr(rule, name),)).names for name in names}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("function", "definition"),
    [
        ("one", "rules.texts.shortened"),
        ("two", "rules.texts.lengthened"),
        ("three", "rules.rule._of"),
        ("four", "translation.words.of"),
    ],
)
def test_code_is_followed_wherever_it_is_imported_and_registered(
    function: str, definition: str, reached: dict[str, list[str]]
) -> None:
    assert f"reasonmed_assets.{definition}" in reached[function]


def test_what_is_not_named_and_what_carries_rows_is_not_followed(reached: dict[str, list[str]]) -> None:
    assert "reasonmed_assets.rules.texts.lengthened" not in reached["one"]
    assert not [name for names in reached.values() for name in names if "storage" in name]
