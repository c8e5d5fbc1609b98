"""The overrides file: what is refused, which question an entry means, and what keeps it from being followed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reasonmed_assets.config import load_profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.people.overrides import SCHEMA, Overrides, OverridesError, match_overrides, read_overrides

ID, OTHER = "0123456789abcdef", "fedcba9876543210"
WHO = {"reason": "See the guideline.", "decided_by": "Dr. A.", "decided_on": "2026-11-20"}
QUESTIONS = pl.DataFrame(
    {
        "question_id": [ID, ID, OTHER],
        "source": ["medqa", "medqa", "pubmedqa"],
        "native_id": [None, None, "777"],
        "options": [["Insulin", "Metformin"]] * 2 + [["yes", "no", "maybe"]],
        "gold_letter": ["A", "A", "A"],
        "gold_text": ["Insulin", "Insulin", "yes"],
    }
)


def matched(**entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    given = {kind: [WHO | entry for entry in listed] for kind, listed in entries.items()}
    return match_overrides(Overrides.model_validate(given), QUESTIONS).to_dicts()


def test_a_key_is_corrected_by_the_text_of_the_right_option() -> None:
    (row,) = matched(correct_key=[{"question_id": ID, "gold_text": " metformin. "}])
    assert (row["gold_letter"], row["gold_text"], row["published_gold_text"]) == ("B", "Metformin", "Insulin")
    assert (row["is_applied"], row["problem"], row["source"]) == (True, None, "medqa")
    assert row["note"] == "key corrected to 'Metformin' by Dr. A. on 2026-11-20: See the guideline."


def test_a_question_is_named_by_the_publishers_id_too() -> None:
    rows = matched(drop=[{"source": "pubmedqa", "native_id": "777"}], mark_doubt=[{"question_id": ID}])
    assert [(row["kind"], row["question_id"], row["is_applied"]) for row in rows] == [
        ("drop", OTHER, True), ("mark_doubt", ID, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"drop": [{"question_id": "0" * 16}]}, ["no record of the sources has this id"]),
        ({"drop": [{"source": "medqa", "native_id": "777"}]}, ["no record of the sources has this id"]),
        (
            {"correct_key": [{"question_id": ID, "gold_text": "Aspirin"}]},
            ["no option says 'Aspirin'; the options are "],
        ),
        ({"correct_key": [{"question_id": ID, "gold_text": "insulin"}]}, ["'insulin' is the key as published"]),
        (
            {"drop": [{"question_id": OTHER}], "mark_doubt": [{"source": "pubmedqa", "native_id": "777"}]},
            [None, "drop, entry 1 has decided on the question"],
        ),
        (
            {"mark_doubt": [{"question_id": OTHER}, {"source": "pubmedqa", "native_id": "777"}]},
            [None, "mark_doubt, entry 1 has decided on the question"],
        ),
    ],
)
def test_an_entry_that_cannot_be_followed_says_why(entries: Any, said: list[str | None]) -> None:
    rows = matched(**entries)
    assert [row["is_applied"] for row in rows] == [one is None for one in said]
    for row, one in zip(rows, said, strict=True):
        assert (row["problem"] or "").startswith(one or "")
    assert len({row["override_id"] for row in rows}) == len(rows)


def test_no_entries_are_no_rows_with_all_columns() -> None:
    assert read_overrides(None) == Overrides()
    assert match_overrides(Overrides(), QUESTIONS).schema == pl.Schema(SCHEMA)


GOOD = f'[[drop]]\nquestion_id = "{ID}"\nreason = "r"\ndecided_by = "d"\ndecided_on = 2026-11-20\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('reason = "r"\n', ""), "drop, entry 1, reason: this key is missing"),
        (GOOD + GOOD.replace(ID, "12"), "drop, entry 2, question_id: String should match pattern"),
        (GOOD.replace('"r"', '" "'), "drop, entry 1, reason: String should have at least 1 character"),
        (GOOD.replace("2026-11-20", '"yesterday"'), "drop, entry 1, decided_on: Input should be a valid date"),
        (GOOD + 'source = "medqa"\n', "drop, entry 1: name the question by question_id, or by source and native_id"),
        (GOOD.replace(f'question_id = "{ID}"\n', 'source = "medqa"\n'), "drop, entry 1: name the question by"),
        (GOOD + GOOD, "drop, entries 1 and 2: they name the same question"),
        (GOOD.replace("[[drop]]", "[[correct_key]]"), "correct_key, entry 1, gold_text: this key is missing"),
        (GOOD.replace("[[drop]]", "[[delete]]"), "delete: there is no such key"),
        ("[[drop]\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_entry_and_key(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "overrides.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OverridesError) as error:
        read_overrides(file)
    assert str(error.value).startswith(f"{file}: ")
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OverridesError, match=r"gone\.toml: there is no such file"):
        read_overrides(tmp_path / "gone.toml")


def test_the_digest_is_that_of_the_entries() -> None:
    first = Overrides.model_validate({"drop": [WHO | {"question_id": ID}]})
    assert first.digest == Overrides.model_validate({"drop": [WHO | {"question_id": ID}], "mark_doubt": []}).digest
    assert first.digest != Overrides.model_validate({"mark_doubt": [WHO | {"question_id": ID}]}).digest


def test_a_profile_names_the_file_from_its_own_folder(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text('extends = "simulated"\n[sources]\noverrides = "decided.toml"\n')
    assert load_profile(str(profile)).sources.overrides == str(tmp_path / "decided.toml")


def test_the_environment_names_the_file_and_the_first_build_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REASONMED_OVERRIDES", "decided.toml")
    settings = BuildSettings.begin({"profile": "simulated"})
    assert settings.loaded_profile.sources.overrides == str(tmp_path / "decided.toml")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.delenv("REASONMED_OVERRIDES")
    assert settings.recipe_to_keep.set == {"sources.overrides": str(tmp_path / "decided.toml")}
    assert BuildSettings.of_recipe(settings.recipe_to_keep, BuildSettings()).loaded_profile == settings.loaded_profile
