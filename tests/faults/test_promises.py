"""The page of promises names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evidence" / "promises.md"


def test_every_promise_and_attack_names_tests_that_exist() -> None:
    tables, _, _ = PAGE.read_text(encoding="utf-8").partition("## Run them")
    rows = [line for line in tables.splitlines() if line.startswith("| ") and not line.endswith(("| tests |", "--- |"))]
    assert len(rows) > 10
    missing = []
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row)
        assert named, row
        missing += [
            f"{file}::{test}"
            for file, test in named
            if not (ROOT / file).exists()
            or (f"def {test}(" if test else "") not in (ROOT / file).read_text(encoding="utf-8")
        ]
    assert missing == []
