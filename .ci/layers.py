"""Checks the contracts of pyproject.toml on imports, and that no folder of modules is too long; exits 1 on a breach.

Import Linter reads the packages below one folder, while `quality` and `sql` lie beside the package (setuptools'
`package-dir`): it reads a temporary tree of links that is laid out as an installed package.
"""

import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
ROOT_MODULES = 5
FOLDER_MODULES = 12
ONE_PER_TABLE = ("quality/tables", "quality/expectations")
"""Folders with one module per table."""


def main() -> int:
    """Prints what is wrong; 1 if anything is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = project["tool"]["setuptools"]["package-dir"]
    long = [line for folder in folders.values() for line in _too_long(folder)]
    print("".join(f"{line}\n" for line in long), end="")
    with tempfile.TemporaryDirectory() as tree:
        _lay_out(folders, Path(tree))
        os.chdir(tree)
        broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
        os.chdir(ROOT)
    return 1 if broken or long else 0


def _too_long(folder: str) -> Iterator[str]:
    for path in [ROOT / folder, *(ROOT / folder).rglob("*/")]:
        name = path.relative_to(ROOT).as_posix()
        limit = ROOT_MODULES if name == "reasonmed_assets" else FOLDER_MODULES
        n = len([file for file in path.glob("*.py") if file.stem != "__init__"])
        if n > limit and name not in ONE_PER_TABLE:
            yield f"{name}/ has {n} modules, {limit} are allowed: move some into a package of their own"


def _lay_out(folders: dict[str, str], tree: Path) -> None:
    for package, folder in sorted(folders.items()):
        place = tree / package.replace(".", "/")
        place.mkdir()
        for entry in (ROOT / folder).iterdir():
            (place / entry.name).symlink_to(entry)


if __name__ == "__main__":
    sys.exit(main())
