"""Code in README and docs works: blocks marked `test` run, those marked `file=NAME` are written before, TOML is TOML,
and every `reasonmed` command has the options that it is shown with."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from builds import Built, reasonmed
from typer.testing import CliRunner

from reasonmed_assets.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|`|&& )reasonmed ((?:(?:profile|review|recipe) )?[a-z-]+)([^\n|;`#)]*)", re.MULTILINE)


def _blocks(page: Path) -> list[tuple[str, str, str]]:
    return [(kind, info.strip(), text) for kind, info, text in BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any("test" in info.split() for _, info, _ in _blocks(page))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_blocks_run(page: Path, rehearsal: Built, forked: Path, tmp_path: Path) -> None:
    for _, info, text in _blocks(page):
        for name in re.findall(r"file=(\S+)", info):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if "test" in info.split():
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                cwd=tmp_path,
                env={
                    "PATH": f"{forked.parent}:/usr/bin:/bin",
                    "HOME": str(tmp_path),
                    "REASONMED_WAREHOUSE": str(rehearsal.folder),
                },
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_toml_blocks_are_toml(page: Path) -> None:
    for kind, _, text in _blocks(page):
        if kind == "toml":
            tomllib.loads(text)


def _help(command: str) -> str:
    if command in ("simulate", "serve-model"):  # these become another program
        return reasonmed(command, "--help").stdout
    told = CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=200)
    return told.output if told.exit_code == 0 else ""


def test_commands_have_the_options_that_they_are_shown_with() -> None:
    helps: dict[str, str] = {}
    for page in PAGES:
        for command, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
            if command not in helps:
                helps[command] = _help(command)
                assert helps[command], f"{page.name}: there is no command {command!r}"
            for option in re.findall(r"(?<=\s)--[a-z][a-z-]*", rest):
                assert option in helps[command], f"{page.name}: reasonmed {command} has no option {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
