"""Declarations: the shipped ones, and errors that name file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.sources import SourceError, load_declaration, shipped_sources

_MINIMAL = """
name = "mine"
title = "Mine"
licence = "CC0-1.0"
language = "en"

[layouts.native]
format = "jsonl"
question = "stem"
options = "choices"
gold = { field = "key", encoding = "letter" }

[splits.train]
role = "train"
alternatives = [{ files = ["mine/*.jsonl"] }]
"""


def _load(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    load_declaration(str(file))


def test_the_sources_are_shipped_and_named_like_their_files() -> None:
    assert shipped_sources() == ("headqa", "medbullets", "medmcqa", "medqa", "medxpertqa", "mmlu", "pubmedqa")
    assert all(load_declaration(name).name == name for name in shipped_sources())


@pytest.mark.parametrize(
    ("source", "roles"),
    [
        ("medqa", {"train": "train", "dev": "train", "test": "benchmark"}),
        ("medmcqa", {"train": "train", "dev": "benchmark"}),
        ("pubmedqa", {"train": "train", "test": "benchmark", "artificial": "unused", "unlabelled": "unused"}),
        ("mmlu", {"dev": "train", "val": "train", "test": "benchmark"}),
        ("headqa", {"train": "train", "dev": "train", "test": "benchmark"}),
        ("medxpertqa", {"dev": "unused", "test": "benchmark"}),
        ("medbullets", {"test": "benchmark"}),
    ],
)
def test_splits_have_the_published_roles(source: str, roles: dict[str, str]) -> None:
    assert {name: split.role for name, split in load_declaration(source).splits.items()} == roles


def test_only_the_four_sources_of_the_method_are_declared_unless_a_profile_says_so() -> None:
    assert Sources().declared == ("medqa", "medmcqa", "pubmedqa", "mmlu")


def test_every_source_of_the_method_is_pinned_to_a_commit_on_the_hub() -> None:
    for name in Sources().declared:
        hub = load_declaration(name).hub
        assert hub is not None and hub.revision is not None and len(hub.revision) == 40


def test_what_the_hub_section_fetches_is_what_an_alternative_reads() -> None:
    for name in shipped_sources():
        declaration = load_declaration(name)
        assert declaration.hub is not None
        prefix = f"{declaration.hub.folder}/"
        for split in declaration.splits.values():
            read = [pattern for place in split.alternatives for pattern in place.files if pattern.startswith(prefix)]
            fetched = [*declaration.hub.files, *(file for one in declaration.re_uploads.values() for file in one.files)]
            assert any(_is_fetched(pattern.removeprefix(prefix), tuple(fetched)) for pattern in read)


def _is_fetched(pattern: str, fetched: tuple[str, ...]) -> bool:
    example = Path(pattern.replace("*", "00000-of-00001"))
    return any(example.match(wanted) for wanted in fetched)


def test_a_declaration_of_the_user_is_read_by_path(tmp_path: Path) -> None:
    _load(tmp_path, _MINIMAL)


def test_an_unknown_source_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SourceError, match=r"no source 'medq'.*medmcqa, medqa, medxpertqa, mmlu, pubmedqa"):
        load_declaration("medq")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "mine"', 'name = "My Source"', r"mine\.toml: name: .*My Source"),
        ('format = "jsonl"', 'format = "xml"', r"layouts\.native\.format: .*'xml'"),
        ('question = "stem"', 'stem = "stem"', r"layouts\.native\.stem: there is no such key"),
        ('options = "choices"\n', "", r"layouts\.native: give either options .* or fixed_options"),
        ('encoding = "letter"', 'encoding = "index"', r"layouts\.native\.gold: give bases"),
        ('files = ["mine/*.jsonl"]', 'files = ["**x"]', r"'\*\*' stands for folders, alone between slashes"),
        ('files = ["mine/*.jsonl"]', 'files = ["."]', r"must name files"),
        ('files = ["mine/*.jsonl"]', f'files = ["{"x/" * 40}a"]', r"at most 32 names"),
        ('files = ["mine/*.jsonl"]', 'files = ["a"], layout = "hub"', r"layout 'hub', which is not among .* native"),
        (
            'role = "train"',
            'role = "train"\nonly_ids_in = "ids.json"',
            r"picks ids, so layouts\.native needs native_id",
        ),
        ('question = "stem"', 'question = "stem"\nsubject_from_file = "(a)(b)"', r"exactly one group"),
        ('title = "Mine"', "title = Mine", r"not valid TOML"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in _MINIMAL
    with pytest.raises(SourceError, match=message):
        _load(tmp_path, _MINIMAL.replace(old, new))


@pytest.mark.parametrize("path", ["../secret.jsonl", "/etc/passwd", "a/../../b", "..", "a\\..\\b", ""])
@pytest.mark.parametrize("key", ["files = ['{}']", "files = ['a'] }}]\nonly_ids_in = '{}'\nx = [{{"])
def test_a_source_declares_no_file_outside_its_data_directory(tmp_path: Path, key: str, path: str) -> None:
    with pytest.raises(SourceError, match="must be a path below the data directory"):
        _load(tmp_path, _MINIMAL.replace('files = ["mine/*.jsonl"]', key.format(path)))
