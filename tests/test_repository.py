"""The repository's own files: what they promise to a newcomer and to the CI."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST_SYSTEM = "x86_64-manylinux_2_34"
"""glibc 2.34, of 2021: Ubuntu 22.04, Debian 12, RHEL 9 and later have at least that."""
NO_REGISTRY = ("error sending request", "Could not connect", "NewConnectionError", "NameResolutionError")
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;@]+)")


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))["project"]


@pytest.fixture(scope="module")
def pins() -> dict[str, Version]:
    lines = [line for line in read("constraints.txt").splitlines() if line and not line.startswith("#")]
    found = [REQUIREMENT.fullmatch(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    names = [canonicalize_name(match["name"]) for match in found if match]
    assert len(set(names)) == len(names)
    return {canonicalize_name(match["name"]): Version(match["version"]) for match in found if match}


def test_constraints_name_no_address() -> None:
    text = read("constraints.txt")
    assert not re.search(r"://|@|\.(?:org|com|io)\b|--", text)


def test_constraints_pin_every_requirement_within_its_bounds(project: dict[str, Any], pins: dict[str, Version]) -> None:
    wanted = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    for requirement in map(Requirement, wanted):
        pinned = pins.get(canonicalize_name(requirement.name))
        assert pinned is not None, f"{requirement.name} is not pinned: refresh constraints.txt (see CONTRIBUTING.md)"
        assert requirement.specifier.contains(pinned), f"{requirement} does not allow {pinned}"
    assert canonicalize_name(project["name"]) not in pins


def test_constraints_pin_what_the_requirements_require(pins: dict[str, Version]) -> None:
    """Whatever is installed here of the pinned packages asks for nothing that is not pinned."""
    for name in pins:
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue
        needed = [r for r in map(Requirement, lines) if r.marker is None or r.marker.evaluate({"extra": ""})]
        missing = [str(r) for r in needed if canonicalize_name(r.name) not in pins]
        assert not missing, f"{name} needs {missing}: refresh constraints.txt (see CONTRIBUTING.md)"


def test_the_supported_pythons_are_named_alike(project: dict[str, Any]) -> None:
    supported = SpecifierSet(project["requires-python"])
    assert [minor for minor in range(30) if supported.contains(f"3.{minor}.0")] == [
        int(python.partition(".")[2]) for python in PYTHONS
    ]
    for file in ("README.md", "CONTRIBUTING.md", "constraints.txt"):
        text = " ".join(read(file).replace("#", "").split())
        assert f"Python {PYTHONS[0]} to {PYTHONS[-1]}" in text, file


@pytest.mark.parametrize("python", PYTHONS)
def test_every_extra_resolves_to_wheels_of_the_pinned_versions(
    python: str, project: dict[str, Any], pins: dict[str, Version], tmp_path: Path
) -> None:
    """All extras together; every version is pinned, so that each of them resolves alone to the same ones."""
    pytest.importorskip("uv", reason="uv is of the extra dev")
    resolved = tmp_path / "resolved.txt"
    options = ["--all-extras", "--only-binary", ":all:", "--no-annotate", "--no-header", "--no-python-downloads"]
    options += ["--python-version", python, "--python-platform", OLDEST_SYSTEM, "-c", "constraints.txt"]
    options += ["--quiet", "--output-file", str(resolved)]
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options],
        cwd=ROOT, env=os.environ | {"UV_HTTP_RETRIES": "0"}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if any(sign in done.stderr for sign in NO_REGISTRY):
        pytest.skip(f"no package registry is reached: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    found = dict(line.split("==") for line in resolved.read_text(encoding="utf-8").splitlines())
    assert {canonicalize_name(name): Version(version) for name, version in found.items()}.items() <= pins.items()
    assert {canonicalize_name(Requirement(line).name) for line in project["optional-dependencies"]["vllm"]} <= set(
        found
    )


@pytest.mark.slow
@pytest.mark.parametrize("extra", ["vllm", "local", "hub", "train", "dev"])
def test_pip_installs_an_extra_by_the_command_of_the_readme(
    extra: str, project: dict[str, Any], tmp_path: Path
) -> None:
    """As a dry run: what pip would install."""
    report = tmp_path / "report.json"
    options = ["--dry-run", "--ignore-installed", "--quiet", "--report", str(report), "-c", "constraints.txt"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "-e", f".[{extra}]"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    if any(sign in done.stderr for sign in NO_REGISTRY):
        pytest.skip("no package registry is reached")
    assert done.returncode == 0, done.stderr
    found = {canonicalize_name(one["metadata"]["name"]) for one in json.loads(report.read_bytes())["install"]}
    wanted = {Requirement(line).name for line in project["optional-dependencies"][extra]}
    assert {canonicalize_name(name) for name in wanted} <= found


def test_the_licence_is_apache_2() -> None:
    text = read("LICENSE")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_versions_and_licences_agree(project: dict[str, Any]) -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["title"] == project["name"]
    assert f"## {project['version']}" in read("CHANGELOG.md")


def hooks() -> list[dict[str, Any]]:
    repos = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    return repos[0]["hooks"]


def test_hooks_run_what_the_dev_extra_installs(project: dict[str, Any]) -> None:
    installed = {Requirement(line).name for line in project["optional-dependencies"]["dev"]} | {"python"}
    for hook in hooks():
        assert hook["language"] == "system"
        assert shlex.split(hook["entry"])[0] in installed, hook["id"]


def test_the_ci_runs_the_hooks_and_the_tests_in_a_fresh_environment() -> None:
    file = ROOT / ".ci/run"
    assert os.access(file, os.X_OK)
    script = file.read_text(encoding="utf-8")
    assert 'pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"' in script
    assert "pre-commit run --all-files" in script
    assert re.search(r"^pytest$", script, re.MULTILINE)
    assert not re.search(r"https?://|index-url", script)
    subprocess.run(["bash", "-n", str(file)], check=True)


def test_contributing_names_only_files_that_exist() -> None:
    named = re.findall(r"`([\w./-]+/[\w.-]*|[\w.-]+\.(?:md|toml|txt|yaml|cff))`", read("CONTRIBUTING.md"))
    absent = [name for name in named if not (ROOT / name).exists() and name not in ("../shared/data", "my_source.toml")]
    assert named
    assert not absent


PLUGIN_CASES = {
    "skipped": "import pytest\n\n@pytest.mark.shared_data\ndef test_x():\n    pytest.skip('no data')\n",
    "by_fixture": "import pytest\n\n@pytest.fixture\ndef shared_data():\n    pytest.skip('no data')\n\n"
    "def test_x(shared_data):\n    pass\n",
    "none": "def test_x():\n    pass\n",
    "ran": "import pytest\n\n@pytest.mark.shared_data\ndef test_x():\n    pass\n\n"
    "def test_y():\n    pytest.skip('for another reason')\n",
}


@pytest.mark.parametrize("processes", ["0", "2"])
@pytest.mark.parametrize(
    ("case", "passes"), [("skipped", False), ("by_fixture", False), ("none", False), ("ran", True)]
)
def test_the_ci_fails_where_a_test_of_the_real_files_did_not_run(
    case: str, passes: bool, processes: str, tmp_path: Path
) -> None:
    (tmp_path / "test_case.py").write_text(PLUGIN_CASES[case], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = shared_data: real files\n", encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")},
        "PYTEST_PLUGINS": "require_shared_data",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT / ".ci"),
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "xdist",
        "-n",
        processes,
        str(tmp_path),
    ]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert (run.returncode == 0) is passes, run.stdout


def test_every_package_of_the_repository_is_installed() -> None:
    setuptools = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]
    found = set()
    for package, folder in setuptools["package-dir"].items():
        for file in (ROOT / folder).rglob("__init__.py"):
            found.add(".".join([package, *file.parent.relative_to(ROOT / folder).parts]))
    assert set(setuptools["packages"]) == found
    assert "py-modules" not in setuptools, "a module at the top level would collide with those of other projects"


def _bare_debian(*what: str, **environment: str) -> str:
    """What `.ci/bare_debian` says."""
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "REASONMED_"))}
    done = subprocess.run(
        [shutil.which("bash") or "bash", ".ci/bare_debian", *what],
        cwd=ROOT,
        env=shell | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_where_no_debian_can_be_made_the_ci_goes_on(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to(shutil.which("dirname") or "")
    assert _bare_debian(PATH=str(tmp_path)).startswith("bare Debian: skipped, ")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["build", "tests"])
def test_the_commands_of_the_readme_work_in_a_bare_debian(what: str) -> None:
    said = _bare_debian(what, BARE_DEBIAN_SECONDS="7200")
    if "skipped" in said:
        pytest.skip(said)
