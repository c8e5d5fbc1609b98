"""What of a definition counts as code that makes rows."""

from __future__ import annotations

import ast
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
