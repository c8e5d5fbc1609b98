"""What a release leaves out, and what it does not touch."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from quality_world import connect

from reasonmed_assets.config.reading import load_profile
from reasonmed_assets.pages.browse.page import write_page
from reasonmed_assets.release.dataset.leaving_out import Scrubber
from reasonmed_assets.release.dataset.record import gathered
from reasonmed_assets.release.dataset.writing import _make_facts

SCRUB, WHOLE = Scrubber(with_names=False), Scrubber(with_names=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("profile /home/ann/mine.toml, limit 4", "profile (left out), limit 4"),
        ("at http://10.0.0.7:8000/v1 it failed", "at (left out) it failed"),
        ("ask ann.b@clinic.example", "ask (left out)"),
        ("medqa/US/dev.jsonl", "medqa/US/dev.jsonl"),
        ("data (1)/dev/x.json", "data (1)/dev/x.json"),
        ("and/or 1/2 of 120/80 mm Hg", "and/or 1/2 of 120/80 mm Hg"),
        (r"C:\Users\ann\x.toml", "(left out)"),
        ("in C:/Users/ann/x", "in (left out)"),
        ("error:/home/ann/x", "error:(left out)"),
        ("from gpu1.clinic.local:8000 and 10.0.0.7:8000", "from (left out) and (left out)"),
        ("of ~ann/secret/x", "of (left out)"),
        (r"at \\server\ann\x", "at (left out)"),
        ("/home/Ann Smith/x.toml", "(left out)"),
        ("~/mine.toml", "(left out)"),
        ("/ann.toml", "(left out)"),
        ("simulated/qwen2.5-72b-instruct", "simulated/qwen2.5-72b-instruct"),
    ],
)
def test_what_looks_like_a_path_or_an_address_is_left_out(text: str, expected: str) -> None:
    assert SCRUB.text(text) == expected
    assert WHOLE.text(text) == text


@pytest.mark.parametrize("name", ["data (1)/dev/x.json", "usmle@2024.zip/a.jsonl", "llama3.1:70", "Qwen/Qwen2.5-72B"])
def test_names_that_are_relative_stay_as_the_rows_have_them(name: str) -> None:
    assert SCRUB.name(name) == name


def test_a_model_that_is_a_folder_keeps_its_last_name_and_stays_another_than_others() -> None:
    places = ["/mnt/ann/qwen/8b", "/mnt/ann/llama/8b", r"D:\ann\8b", "s3://ann-bucket/8b", "~ann/8b"]
    names = [SCRUB.name(place) for place in places]
    assert len(set(names)) == len(places)
    assert all(name.startswith("8b-") and "ann" not in name for name in names)
    assert [WHOLE.name(place) for place in places] == places


@pytest.mark.parametrize("problem", ["[Errno 28] No space left on device", "{", "gpu1:8000 refused /home/Ann Smith/x"])
def test_a_build_loses_its_problems_and_what_its_endpoints_are_told(problem: str) -> None:
    profile = {
        "name": "/home/Ann Smith/x.toml",
        "data_dir": "/home/ann",
        "models": {"qwen": {"name": "/mnt/ann/qwen", "terms": "MIT", "extra_body": {"user": "ann"}}},
        "providers": {"p": {"base_url": "http://gpu1", "vllm": {"model": "/mnt/ann/qwen"}, "extra_body": {"a": "b"}}},
        "sources": {"declared": ["medqa", "/home/Ann Smith/mine.toml"]},
    }
    files = {"data (1)/dev.json": "0a", "/home/ann/x.json": "0b"}
    row = {
        "number": 1,
        "problems": problem,
        "started_by": "ann",
        "profile": "/home/Ann Smith/x.toml",
        "profile_values": json.dumps(profile),
        "models": json.dumps({"verifier": [{"provider": "p", "name": "/mnt/ann/qwen"}]}),
        "source_files": json.dumps(files),
        "run_ids": ["a"],
        "revision": None,
    }
    made = SCRUB.build(row)
    assert (made["problems"], made["started_by"], made["profile"]) == (None, None, "(left out)")
    assert (made["number"], made["run_ids"], made["revision"]) == (1, ["a"], None)
    assert json.loads(made["profile_values"]) == {
        "name": "(left out)",
        "models": {"qwen": {"name": SCRUB.name("/mnt/ann/qwen"), "terms": "MIT"}},
        "providers": {"p": {}},
        "sources": {"declared": ["medqa", "(left out)"]},
    }
    assert json.loads(made["models"]) == {"verifier": [{"provider": "p", "name": SCRUB.name("/mnt/ann/qwen")}]}
    assert json.loads(made["source_files"]) == {SCRUB.name(name): digest for name, digest in files.items()}
    assert "ann" not in json.dumps(made).lower()
    assert WHOLE.build(row) == row


def test_the_terms_of_every_writer_count_and_no_model_is_named_by_its_place(tmp_path: Path) -> None:
    """Where a refined text that is no good is written anew, and models are folders."""
    con = connect()
    for table in ("reasoning_paths", "refined_paths", "verifications", "answer_summaries", "llm_calls", "reasonmed"):
        con.execute(f"update {table} set model = '/mnt/ann/models/' || model where model is not null")
    con.execute("create temp table parent as from refined_paths where question_id = 'difficult' limit 1")
    con.execute("update parent set path_id = 'difficult/between', model = '/mnt/ann/between', stage = 'refined'")
    con.execute("insert into refined_paths from parent")
    con.execute(
        "update refined_paths set parent_path_id = 'difficult/between' "
        "where question_id = 'difficult' and path_id != 'difficult/between'"
    )
    revision = con.execute("select revision from parent").fetchall()[0][0]
    profile = load_profile("simulated")
    declared = {"name": "/mnt/ann/between", "revision": revision, "terms": "CC-BY-4.0"}
    between_them = profile.models["qwen"].model_copy(update=declared)
    profile = profile.model_copy(update={"models": {**profile.models, "between": between_them}})
    _make_facts(con, profile, [], SCRUB)
    rows = con.sql("select * from facts").pl()
    between = rows.filter(question_id="difficult").row(0, named=True)
    assert between["parent_model"] == SCRUB.name("/mnt/ann/between")
    assert between["base_model"] != between["parent_model"]
    assert between["model_terms"] == ["CC-BY-4.0", "unknown"]
    assert rows.filter(stage="generated")["parent_model"].null_count() == rows.filter(stage="generated").height
    assert rows.filter(stage="refined").select(pl.col("parent_model").eq_missing(pl.col("base_model")).all()).item()
    record = gathered(con, profile, [], SCRUB)
    write_page(con, tmp_path / "page.html", among="facts", called=SCRUB.name)
    told = [(tmp_path / "page.html").read_text(), *(json.dumps(one, default=str) for one in (rows.to_dicts(), record))]
    assert not [one for one in told if "/mnt/ann" in one]
    assert {row["model"] for row in record["models"]} <= {SCRUB.name(row["model"]) for row in record["models"]}
