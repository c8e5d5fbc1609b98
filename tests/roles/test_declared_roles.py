"""A role that is declared in part only is an error when the definitions load, and the error says what to add."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from pydantic import BaseModel
from reasonmed_assets.quality.derived.served_rows import check_served
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import roles
from reasonmed_assets.config import ProfileError, load_profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.prompts import rendering
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.roles import ROLES, Role, RoleError
from reasonmed_assets.roles.declaration import find_roles
from reasonmed_assets.roles.replies import PathReply

DECLARED = """
from reasonmed_assets.roles.declaration import Role
from reasonmed_assets.roles.replies import Text

ROLE = Role(name="{name}", fields=("question", "options"), reply=Text(), rehearse=lambda draft: "", serves="none")
"""
PROMPT = (
    "{% block system %}\nRole: critic\n{% endblock %}\n{% block user %}\n{{ question }} {{ options }}\n{% endblock %}\n"
)


def found(folder: Path, **modules: str) -> tuple[dict[str, Role], list[str]]:
    """The roles of a package with these modules."""
    package = folder / "some_roles"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        return find_roles("some_roles", [str(package)])
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.startswith("some_roles")]:
            del sys.modules[name]


def test_a_module_in_the_folder_is_a_role(tmp_path: Path) -> None:
    declared, problems = found(tmp_path, critic=DECLARED.format(name="critic"), judge=DECLARED.format(name="judge"))
    assert (list(declared), problems) == (["critic", "judge"], [])


def test_a_module_without_a_role_and_a_name_that_is_taken_are_named(tmp_path: Path) -> None:
    declared, problems = found(
        tmp_path, critic=DECLARED.format(name="judge"), empty="", judge=DECLARED.format(name="judge")
    )
    assert list(declared) == ["judge"]
    assert problems == [
        "roles/critic.py: the name 'judge' is taken or wrong: name the role 'critic'",
        "roles/empty.py: there is no role in it: declare `ROLE = Role(name='empty', ...)`",
    ]


def test_a_role_is_sampled_as_one_that_there_is(tmp_path: Path) -> None:
    text = DECLARED.format(name="critic").replace("serves=", 'sampled_as="judge", serves=')
    _, problems = found(tmp_path, critic=text)
    assert problems == ["roles/critic.py: sampled_as is 'judge', which is no role: name one of critic"]


def test_what_a_declaration_lacks_is_said_at_once() -> None:
    assert [problem.partition(":")[0] for problem in Role(name="critic").problems()] == [
        "fields is missing", "reply is missing", "rehearse is missing", "serves is missing",
    ]  # fmt: skip

    class Pathless(PathReply):
        supports_key: bool

    whole = dataclasses.replace(ROLES["ranker"], name="Critic 2", reply=Pathless)
    assert whole.problems() == [
        "the name 'Critic 2' must consist of small letters and underscores",
        "Pathless is a PathReply: give it a field `path`",
        "Pathless is a PathReply: give it a method `written_path`",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fields": "path_text"}, "fields is not the fields that its prompt reads"),
        ({"reply": BaseModel}, "reply is not Text(), or the pydantic model"),
        ({"reply": 3}, "reply is not Text(), or the pydantic model"),
        ({"rehearse": "_rehearse"}, "rehearse is not the function"),
        ({"serves": "questions"}, "serves is not 'example', 'question' or 'none'"),
        ({"section": 3}, "section is 3: give a pydantic model"),
    ],
)
def test_a_value_that_a_role_cannot_have_is_named(changes: dict[str, Any], said: str) -> None:
    (problem,) = dataclasses.replace(ROLES["ranker"], **changes).problems()
    assert problem.startswith(said)


def test_a_module_that_cannot_be_imported_and_a_wrong_section_are_named(tmp_path: Path) -> None:
    wrong = DECLARED.format(name="critic").replace("serves=", "section=3, serves=")
    declared, problems = found(tmp_path, broken="raise ValueError('no file')", critic=wrong)
    assert declared == {}
    assert problems[0] == "roles/broken.py cannot be imported: ValueError: no file"
    assert problems[1].startswith("roles/critic.py: section is 3")


def test_the_shipped_roles_are_whole() -> None:
    assert roles.PROBLEMS == []
    rendering.check_roles()


@pytest.mark.parametrize(
    ("changes", "prompt", "said"),
    [
        ({}, None, "there is no prompt: add llm/prompts/critic.md"),
        ({}, PROMPT.replace("block user", "block users"), "must have the blocks `system` and `user`"),
        ({}, PROMPT.replace("critic", "ranker"), "must be `Role: critic`"),
        ({}, PROMPT.replace("{{ question }}", "{{ question }} {{ verdict }}"), "not declared.*'verdict'"),
        ({"optional": ("context",)}, PROMPT, "does not read context"),
        ({"rehearse": None}, PROMPT, "rehearse is missing: give the function"),
    ],
)  # fmt: skip
def test_definitions_do_not_load_with_a_half_declared_role(
    changes: dict[str, Any], prompt: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in Path(rendering.__file__).parent.glob("*.md"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if prompt is not None:
        (tmp_path / "critic.md").write_text(prompt, encoding="utf-8")
    shipped = dataclasses.replace(ROLES["ranker"], name="critic", fields=("question", "options"), optional=())
    critic = dataclasses.replace(shipped, **changes)
    monkeypatch.setattr(rendering, "_FOLDER", tmp_path)
    monkeypatch.setitem(roles.ROLES, "critic", critic)
    monkeypatch.setattr(rendering, "PROBLEMS", [f"roles/critic.py: {problem}" for problem in critic.problems()])
    caches = (rendering._environment, rendering._template, rendering._system, rendering._written)
    for cached in caches:
        cached.cache_clear()
    try:
        with pytest.raises(RoleError, match=f"critic.py: .*{said}"):
            build_defs(settings=BuildSettings(profile="simulated"))
    finally:
        for cached in caches:
            cached.cache_clear()


def test_what_a_roles_calls_serve_is_what_its_tables_rows_can_name() -> None:
    tables = {**TABLES, "refined_paths": dataclasses.replace(TABLES["refined_paths"], example=None)}
    with pytest.raises(RoleError, match=r"^table refined_paths: its columns name question .* example: give the table"):
        check_served(tables.values())
    del tables["refined_paths"]
    with pytest.raises(
        RoleError, match=r"^roles/refiner.py: no table has its replies.*\n?roles/regenerator.py"
    ) as error:
        check_served(spec for name, spec in tables.items())
    assert "summariser" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("\n[roles.critic]\nmodel = 'small'\n", r"roles.critic: there is no such key"),
        ("\n[budget.roles.critic]\ncalls = 3\n", r"budget.roles.critic.*there is no role 'critic': the roles are"),
    ],
)
def test_a_profile_names_no_role_that_there_is_not(change: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"extends = 'simulated'\n{change}", encoding="utf-8")
    with pytest.raises(ProfileError, match=rf"mine.toml: {said}"):
        load_profile(str(file))


def test_a_profile_has_a_section_for_every_role(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("extends = 'simulated'\nunset = ['roles.ranker']\n", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"\.toml: roles.ranker: this key is missing"):
        load_profile(str(file))


def test_a_prompt_without_a_role_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ["critic", *ROLES]:
        (tmp_path / f"{name}.md").write_text("", encoding="utf-8")
    monkeypatch.setattr(rendering, "_FOLDER", tmp_path)
    monkeypatch.setattr(rendering, "_problems", lambda role: [])
    with pytest.raises(RoleError, match=r"critic.md: no role has this prompt: add roles/critic.py"):
        rendering.check_roles()
