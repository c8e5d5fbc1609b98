"""A resolved profile as text, and the schema that editors complete by."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from reasonmed_assets.config import load_profile, shipped_profiles
from reasonmed_assets.config.listing import listing, schema
from reasonmed_assets.config.reading import resolve_profile
from reasonmed_assets.config.toml import read_toml
from reasonmed_assets.errors import ReasonmedError

SHIPPED = Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles"
MINE = """
extends = "paper"
[sources.split_roles]
"medqa.dev" = "unused"
[roles.verifier]
temperature = 0.1
[providers.gpu]
kind = "real"
transport = "vllm"
vllm = { model = "Qwen/Qwen2.5-7B", dtype = "half", limit = { image = 0, "a b" = [1, true, "x # y"] } }
"""


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_listing_is_the_same_profile(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.toml"
    file.write_text("\n".join(listing(resolve_profile(name))), encoding="utf-8")
    assert load_profile(str(file)) == load_profile(name)


def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    lines = [" ".join(line.split()) for line in listing(resolve_profile(str(file), {"roles.generator.1.top_p": 0.5}))]
    verifier = lines[lines.index("[roles.verifier]") + 1 :][:5]
    assert verifier == [
        'model = "qwen" # shipped open.toml',
        f"temperature = 0.1 # {file}",
        "top_p = 0.95 # shipped open.toml",
        "max_tokens = 1024 # shipped open.toml",
        "votes = 1 # default",
    ]
    assert lines[0] == f'name = "mine" # {file}'
    assert f'"medqa.dev" = "unused" # {file}' in lines
    assert [line for line in lines if line.endswith("# set for this run")] == ["top_p = 0.5 # set for this run"]
    assert "# limit is not set" in lines
    again = tmp_path / "again" / "mine.toml"
    again.parent.mkdir()
    again.write_text("\n".join(listing(resolve_profile(str(file)))), encoding="utf-8")
    assert load_profile(str(again)) == load_profile(str(file))


def test_the_schema_accepts_profiles_and_refuses_what_the_model_refuses(tmp_path: Path) -> None:
    checker = jsonschema.Draft202012Validator(schema())
    checker.check_schema(schema())
    for name in shipped_profiles():
        checker.validate(read_toml(SHIPPED / f"{name}.toml", ReasonmedError))
    checker.validate({"extends": "simulated", "unset": ["limit"], "models": {"small": {"revision": "2"}}})
    for wrong in ({"seeds": 1}, {"rules": {"rewrite_rounds": 9}}, {"extends": 3}, {"models": {"x": {"colour": 1}}}):
        assert list(checker.iter_errors(wrong)), wrong


def test_the_schema_describes_keys() -> None:
    described = schema()["$defs"]["Rules"]["properties"]
    assert "judged a second time" in described["audit_share"]["description"]
