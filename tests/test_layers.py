"""Packages import downwards only: the contracts of pyproject.toml hold, and their check finds planted breaches."""

from __future__ import annotations

import ast
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    file for folder in ("reasonmed_assets", "quality", "sql") for file in (ROOT / folder).rglob("__init__.py")
)


def check(root: Path) -> tuple[int, str]:
    """Exit status and output of the check in this checkout."""
    done = subprocess.run(
        [sys.executable, ".ci/layers.py"], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The modules of this checkout, to plant breaches into."""
    for folder in ("reasonmed_assets", "quality", "sql"):
        for file in (ROOT / folder).rglob("*.py"):
            place = tmp_path / file.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/layers.py", tmp_path / ".ci")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    status, output = check(ROOT)
    assert status == 0, output


@pytest.mark.parametrize(
    ("module", "imported", "named"),
    [
        ("reasonmed_assets/rules/text.py", "reasonmed_assets.config.profile", "reasonmed_assets.rules.text ->"),
        ("quality/schema.py", "reasonmed_assets.storage.warehouse", "reasonmed_assets.quality.schema ->"),
        ("sql/__init__.py", "reasonmed_assets.quality.schema", "reasonmed_assets.sql ->"),
        ("reasonmed_assets/llm/ledger/store.py", "reasonmed_assets.llm.engine.engine", "llm.ledger.store ->"),
        ("reasonmed_assets/sources/fields.py", "reasonmed_assets.sources.reading", "reasonmed_assets.sources"),
    ],
)
def test_a_planted_import_is_found(checkout: Path, module: str, imported: str, named: str) -> None:
    file = checkout / module
    package, _, name = imported.rpartition(".")
    with file.open("a", encoding="utf-8") as text:
        text.write(f"\n\ndef planted() -> None:\n    from {package} import {name}  # noqa: F401\n")
    status, output = check(checkout)
    assert status == 1
    assert named in output.replace("\n  ", " "), output


def test_an_import_for_type_checking_alone_is_allowed(checkout: Path) -> None:
    with (checkout / "reasonmed_assets/rules/text.py").open("a", encoding="utf-8") as text:
        text.write(
            "\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import reasonmed_assets.config.profile\n"
        )
    assert check(checkout)[0] == 0


@pytest.mark.parametrize(
    ("folder", "allowed"), [("reasonmed_assets", 5), ("quality", 12), ("reasonmed_assets/rules", 12)]
)
def test_a_folder_of_too_many_modules_is_found(checkout: Path, folder: str, allowed: int) -> None:
    for number in range(allowed + 1):
        (checkout / folder / f"planted_{number}.py").write_text("", encoding="utf-8")
    status, output = check(checkout)
    assert status == 1
    assert f"{folder}/ has " in output


def test_a_package_outside_the_layers_is_found(checkout: Path) -> None:
    (checkout / "reasonmed_assets/extras").mkdir()
    (checkout / "reasonmed_assets/extras/__init__.py").write_text("", encoding="utf-8")
    status, output = check(checkout)
    assert status == 1
    assert "extras" in output


def test_the_architecture_page_shows_the_layers_that_hold() -> None:
    script = runpy.run_path(str(ROOT / ".ci/architecture.py"))
    page = script["PAGE"].read_text(encoding="utf-8")
    told = "run `python .ci/architecture.py` and commit what it writes"
    assert script["PICTURE"].read_text(encoding="utf-8") == script["picture"](), told
    assert page == script["fill_in"](page), told
    assert "[`quality`](../../quality)" in page


@pytest.mark.parametrize("package", PACKAGES, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_a_package_says_what_belongs_there_and_what_does_not(package: Path) -> None:
    docstring = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
    first, _, rest = docstring.partition("\n\n")
    assert first and rest, f"{package.relative_to(ROOT)}: first what belongs there, then what does not"
