"""Writes the picture and the table of docs/start/architecture.md from the layers in pyproject.toml and the docstrings.

`python .ci/architecture.py`; a test keeps the committed files equal.
"""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/images/packages.svg"
PAGE = ROOT / "docs/start/architecture.md"
_BLOCK = re.compile(r"(?<=<!-- packages -->\n).*?(?=<!-- end -->)", re.DOTALL)
_WIDTH, _HEIGHT, _GAP, _MARGIN = 720, 30, 8, 12

Layers = list[list[str]]


def main() -> None:
    """Writes both."""
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(fill_in(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


@cache
def layers() -> dict[str, Layers]:
    """The layers of each package that has a contract on them, the uppermost first, as the names below the package."""
    found: dict[str, Layers] = {}
    for contract in _project()["importlinter"]["contracts"]:
        for package in contract["containers"] if contract["type"] == "layers" else ():
            rows = (re.findall(r"\w+", layer) for layer in contract["layers"])
            there = ([name for name in row if _source(f"{package}.{name}")[0].is_file()] for row in rows)
            found[package] = [row for row in there if row]
    return found


def fill_in(page: str) -> str:
    """The page with its table of packages renewed."""
    lines = ["| package | what belongs there |", "| --- | --- |"]
    for package, rows in layers().items():
        for name in (name for row in rows for name in row):
            source, target = _source(f"{package}.{name}")
            described = (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
            label = f"{package}.{name}".removeprefix("reasonmed_assets.")
            lines.append(f"| [`{label}`](../../{target}) | {' '.join(described.split())} |")
    return _BLOCK.sub(lambda _: "\n".join([*lines, ""]), page)


def picture() -> str:
    """The layers as rows of boxes, as SVG; a package with layers of its own has them inside its box."""
    y, boxes = _MARGIN, []
    for row in layers()["reasonmed_assets"]:
        height = max(_box_height(f"reasonmed_assets.{name}") for name in row)
        boxes += _row(row, "reasonmed_assets", _MARGIN, y, _WIDTH, height)
        y += height + _GAP
    width, height = _WIDTH + 2 * _MARGIN, y - _GAP + _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="14" text-anchor="middle">'
    )
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#ffffff"/>', *boxes, "</svg>", ""])


def _row(names: list[str], parent: str, x: float, y: float, width: float, height: float) -> list[str]:
    each = (width - _GAP * (len(names) - 1)) / len(names)
    found = []
    for number, name in enumerate(names):
        left = x + number * (each + _GAP)
        inner = layers().get(f"{parent}.{name}", [])
        fill = "#eef3f8" if parent == "reasonmed_assets" else "#ffffff"
        label_y = y + (_HEIGHT if inner else height) / 2 + 5
        found += [
            f'<rect x="{left:g}" y="{y:g}" width="{each:g}" height="{height:g}" rx="4" fill="{fill}" stroke="#567"/>',
            f'<text x="{left + each / 2:g}" y="{label_y:g}" fill="#1c2a36">{name}</text>',
        ]
        inside = y + _HEIGHT
        for row in inner:
            found += _row(row, f"{parent}.{name}", left + _GAP, inside, each - 2 * _GAP, _HEIGHT - 4)
            inside += _HEIGHT
    return found


def _box_height(package: str) -> float:
    return _HEIGHT * (1 + len(layers().get(package, []))) + (4 if package in layers() else 0)


def _source(package: str) -> tuple[Path, str]:
    """The file that holds the docstring of a package or module, and what to link to; both below the root."""
    folders = _project()["setuptools"]["package-dir"]
    folder = folders.get(package, package.replace(".", "/"))
    if (ROOT / folder).is_dir():
        return ROOT / folder / "__init__.py", folder
    return ROOT / f"{folder}.py", f"{folder}.py"


@cache
def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


if __name__ == "__main__":
    main()
