"""docs/evidence/promises.md: the tests that it names exist, and its attacks are those of `attacks.py`."""

from __future__ import annotations

import importlib
import os
import re
from math import prod
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, Attack

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evidence" / "promises.md"
_ATTACKS = re.compile(r"(?<=<!-- attacks -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
_COUNT = re.compile(r"(?<=\| )\d+(?=,? (?:any text )?\|)")


def functions(test: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `file::function` names in its module and the module's classes."""
    file, _, name = test.partition("::")
    path = ROOT / "tests" / file
    monkeypatch.syspath_prepend(path.parent)
    module = importlib.import_module(path.stem)
    assert Path(str(module.__file__)) == path
    owners = [module, *(one for one in vars(module).values() if isinstance(one, type))]
    return [vars(owner)[name] for owner in owners if name in vars(owner)]


def cases(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> str:
    """How many cases the tests of an attack have, beside those that are drawn."""
    counted, is_drawn = 0, False
    for test in attack.tests:
        found = functions(test, monkeypatch)
        assert found, f"{test} is no test"
        for function in found:
            marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
            if hasattr(function, "hypothesis"):
                is_drawn = True
            else:
                counted += prod(len(mark.args[1]) for mark in marks)
    return ", ".join([*([str(counted)] if counted else []), *(["any text"] if is_drawn else [])])


def table(monkeypatch: pytest.MonkeyPatch) -> str:
    """The attacks as the page has them."""
    lines = ["| on | attack | what it meets | cases | tests |", "| --- | --- | --- | ---: | --- |"]
    for attack in ATTACKS:
        files = dict.fromkeys(test.partition("::")[0] for test in attack.tests)
        links = ", ".join(f"[{Path(file).stem}](../../tests/{file})" for file in files)
        lines.append(f"| {attack.on} | {attack.what} | {attack.meets} | {cases(attack, monkeypatch)} | {links} |")
    return "\n".join(lines)


def test_the_attacks_are_those_declared_and_no_case_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    declared, page = table(monkeypatch), PAGE.read_text(encoding="utf-8")
    if os.environ.get("REASONMED_WRITE_SNAPSHOT"):
        PAGE.write_text(_ATTACKS.sub(lambda _: declared, page), encoding="utf-8")
        return
    (shown,) = _ATTACKS.findall(page)
    hint = "REASONMED_WRITE_SNAPSHOT=1 pytest tests/faults/test_promises.py writes the table"
    assert _COUNT.sub("n", shown) == _COUNT.sub("n", declared), hint
    lost = [(had, has) for had, has in zip(_COUNT.findall(shown), _COUNT.findall(declared), strict=True)
            if int(has) < int(had)]  # fmt: skip
    assert lost == [], hint


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 15
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists() or (f"def {test}(" if test else "") not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_long_test_belongs_to_a_part_that_has_a_command() -> None:
    page = PAGE.read_text(encoding="utf-8")
    parts = {
        path for command in re.findall(r"`pytest -m slow([^`]+)`", page) for path in re.findall(r"tests/\S+", command)
    }
    assert len(parts) > 8
    assert [path for path in parts if not (ROOT / path).exists()] == []
    long = [file for file in (ROOT / "tests").rglob("test_*.py") if re.search(r"mark\.slow", file.read_text("utf-8"))]
    assert [str(file) for file in long if not any(file.is_relative_to(ROOT / path) for path in parts)] == []
