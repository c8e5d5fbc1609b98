"""`reasonmed release`: what it writes, what it refuses, what it leaves out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml
from builds import Built, called

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.columns import ROW, arrow_schema
from reasonmed_assets.release.dataset.folder import files_in
from reasonmed_assets.release.dataset.record import as_text
from reasonmed_assets.release.dataset.verifying import verified
from reasonmed_assets.release.dataset.writing import write_release

ALLOWED = ["--allow", "simulated", "--allow", "stand-in"]


def written(warehouse: Path, folder: Path, **options: object) -> list[str]:
    settings = BuildSettings.begin({"warehouse": str(warehouse)})
    return list(write_release(settings, folder, allowed={"simulated", "stand-in"}, **options))  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def test_twice_gives_the_same_bytes_and_a_target_is_not_overwritten(
    rehearsal: Built, released: Path, tmp_path: Path
) -> None:
    shutil.copytree(released, tmp_path / "again")
    command = ["release", str(tmp_path / "again"), "--warehouse", str(rehearsal.folder), *ALLOWED]
    there = called(*command)
    assert (there.returncode, "--force replaces it" in there.stderr) == (1, True)
    (tmp_path / "again" / "notes.txt").write_text("mine")
    foreign = called(*command, "--force")
    assert (foreign.returncode, "no release as it was written" in foreign.stderr) == (1, True)
    (tmp_path / "again" / "notes.txt").unlink()
    before = (tmp_path / "again").stat().st_ino
    assert called(*command, "--force").returncode == 0
    assert (tmp_path / "again").stat().st_ino != before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["again"]
    assert contents(tmp_path / "again") == contents(released)


def test_what_an_export_refuses_is_refused_and_nothing_is_left(rehearsal: Built, tmp_path: Path) -> None:
    done = called("release", str(tmp_path / "r"), "--warehouse", str(rehearsal.folder), "--allow", "stand-in")
    assert done.returncode == 1
    assert "allow them with --allow simulated" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_checksums_are_those_of_sha256sum(released: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=released, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert next(iter(verified(released))).endswith("as they were released")


def test_every_reader_finds_the_declared_columns_and_the_rows_of_the_warehouse(
    rehearsal: Built, released: Path
) -> None:
    expected = rehearsal.query("select example_id, output from sft_reasonmed order by 1")
    files = sorted((released / "data" / "sft_reasonmed").glob("*.parquet"))
    for file in files:
        assert pq.read_schema(file).remove_metadata().equals(arrow_schema(ROW))
    columns = ["example_id", "output"]
    assert sorted(pl.read_parquet(files, columns=columns).rows()) == expected
    assert sorted(pd.concat(map(pd.read_parquet, files))[columns].itertuples(index=False, name=None)) == expected
    glob = str(released / "data" / "sft_reasonmed" / "*.parquet").replace("[", "[[]")
    assert duckdb.execute("select example_id, output from read_parquet($1) order by 1", [glob]).fetchall() == expected
    rows = rehearsal.query("select raw_id, file, row from raw_questions")
    found = pl.read_parquet(files).select("raw_id", "file", "row").unique().rows()
    assert set(found) <= set(rows)


def test_the_models_and_verdicts_of_a_row_are_those_of_its_paths(rehearsal: Built, released: Path) -> None:
    rows = pl.concat([pl.read_parquet(file) for file in sorted(released.glob("data/sft_cot/*.parquet"))])
    told = ["path_id", "path_model", "verdict", "verdict_reason", "rank_score"]
    expected = rehearsal.query(
        "select path_id, p.model, v.verdict, v.reason, r.score from reasoning_paths p join verifications v "
        "using (path_id) join ranked_paths r using (path_id) "
        "where path_id in (select path_id from reasonmed semi join sft_cot using (example_id)) order by 1"
    )
    assert sorted(rows.filter(stage="generated").select(told).rows()) == expected
    rewritten = rehearsal.query(
        "select path_id, model, verdict, verdict_reason from refined_paths "
        "where path_id in (select path_id from reasonmed semi join sft_cot using (example_id)) order by 1"
    )
    others = rows.filter(pl.col("stage") != "generated")
    assert sorted(others.select(told[:-1]).rows()) == rewritten
    assert others["verifier_model"].null_count() == 0


def test_small_shards_hold_the_same_rows(rehearsal: Built, released: Path, tmp_path: Path) -> None:
    written(rehearsal.folder, tmp_path / "r", shard_rows=25)
    whole = pl.read_parquet(released / "data" / "sft_cot" / "train-*.parquet")
    files = sorted((tmp_path / "r" / "data" / "sft_cot").glob("train-*.parquet"))
    assert [pl.read_parquet(file).height for file in files[:-1]] == [25] * (len(files) - 1)
    assert len(files) > 2
    assert files[-1].name == f"train-{len(files) - 1:05d}-of-{len(files):05d}.parquet"
    assert pl.concat([pl.read_parquet(file) for file in files]).equals(whole)
    assert (tmp_path / "r" / "sft_cot.json").read_bytes() == (released / "sft_cot.json").read_bytes()
    assert list(verified(tmp_path / "r"))


def test_a_licence_selects_rows_and_what_is_unknown_is_said(rehearsal: Built, tmp_path: Path) -> None:
    done = called(
        "release", str(tmp_path / "r"), "--warehouse", str(rehearsal.folder), *ALLOWED, "--licence", "Apache-2.0"
    )
    assert done.returncode == 1
    assert "here they are Apache-2.0, MIT, unknown (unknown: the profile declares no terms of a model)" in done.stderr
    written(rehearsal.folder, tmp_path / "r", licences=["Apache-2.0", "unknown"])
    rows = pl.read_parquet(tmp_path / "r" / "data" / "sft_cot" / "*.parquet")
    assert set(rows["licence"]) == {"Apache-2.0"}
    assert rows["model_terms"].to_list() == [["unknown"]] * rows.height
    card = (tmp_path / "r" / layout.CARD).read_text()
    assert "**Unknown**" in card
    assert "This release mixes terms" not in card
    assert list(verified(tmp_path / "r"))


def test_terms_of_models_are_those_that_the_profile_declares(rehearsal: Built, tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    models = ("qwen", "deepseek", "huatuo", "small", "large")
    profile.write_text('extends = "simulated"\n' + "".join(f'[models.{name}]\nterms = "CC0-1.0"\n' for name in models))
    command = ["release", str(tmp_path / "r"), "--warehouse", str(rehearsal.folder), *ALLOWED]
    done = called(*command, "--profile", str(profile), "--licence", "CC0-1.0", "--licence", "MIT")
    assert done.returncode == 0, done.stderr
    rows = pl.read_parquet(tmp_path / "r" / "data" / "sft_cot" / "*.parquet")
    assert set(rows["licence"]) == {"MIT"}
    assert rows["model_terms"].to_list() == [["CC0-1.0"]] * rows.height
    assert "**Unknown**" not in (tmp_path / "r" / layout.CARD).read_text()


def test_names_addresses_and_paths_are_left_out(rehearsal: Built, released: Path) -> None:
    """Of the record of builds, where they are; the texts of models are theirs."""
    (build,) = rehearsal.query("select started_by, process, profile_values from builds order by number desc limit 1")
    row = pl.read_parquet(released / "lineage" / "builds.parquet").row(-1, named=True)
    assert (row["started_by"], row["process"]) == (None, None)
    assert "base_url" in str(build[2])
    for name in (layout.RECORD, layout.CARD, layout.CROISSANT):
        assert str(rehearsal.folder.parent) not in (released / name).read_text()
    everything = json.dumps(row, default=str) + (released / layout.RECORD).read_text()
    assert not re.search(r'[" ](/[\w.-]+){2,}', everything)
    assert "base_url" not in everything


def test_the_head_of_the_card_names_what_is_there(released: Path) -> None:
    card = (released / layout.CARD).read_text()
    head = yaml.safe_load(card.split("---\n")[1])
    named = [file for config in head["configs"] for split in config["data_files"] for file in split["path"]]
    assert len(set(named)) == len(named)
    assert {name for name in files_in(released) if name.endswith(".parquet")} == set(named)
    assert [config["config_name"] for config in head["configs"] if config.get("default")] == ["sft_reasonmed"]
    for info in head["dataset_info"]:
        (config,) = [one for one in head["configs"] if one["config_name"] == info["config_name"]]
        for split, files in zip(info["splits"], config["data_files"], strict=True):
            assert split["num_examples"] == sum(pq.read_metadata(released / file).num_rows for file in files["path"])
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", card)
    assert pictures
    assert all((released / picture).is_file() for picture in pictures)
    assert "simulated: no model wrote these texts" in card


def test_every_row_goes_back_to_its_raw_record_and_calls(rehearsal: Built, released: Path) -> None:
    edges = pl.read_parquet(released / "lineage" / "edges.parquet")
    known = rehearsal.query("select child_table, child_id, parent_table, parent_id, kind from row_lineage")
    assert set(edges.rows()) <= set(known)
    assert edges.n_unique() == edges.height
    raw = set(edges.filter(parent_table="raw_questions")["parent_id"])
    rows = pl.read_parquet(released / "data" / "sft_cot" / "*.parquet")
    assert raw == set(rows["raw_id"])


def test_a_folder_that_holds_no_release_is_said_to(tmp_path: Path, released: Path) -> None:
    done = called("release", "--verify", str(tmp_path))
    assert (done.returncode, "holds no release" in done.stderr) == (1, True)
    folder = Path(shutil.copytree(released, tmp_path / "r"))
    record = (folder / layout.RECORD).read_text()
    (folder / layout.RECORD).write_text(record.replace('"project": "', '"project": "9.', 1))
    done = called("release", "--verify", str(folder))
    assert (done.returncode, "verify it with that one" in done.stderr) == (1, True)


def test_a_release_of_others_makes_the_verification_write_nowhere_else(tmp_path: Path, released: Path) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "r"))
    record = json.loads((folder / layout.RECORD).read_text())
    record["shards"]["../../out"] = record["shards"].pop("sft_cot")
    (folder / layout.RECORD).write_text(as_text(record))
    done = called("release", "--verify", str(folder))
    assert (done.returncode, "names other sets or folds" in done.stderr) == (1, True)


@pytest.mark.slow
def test_datasets_and_mlcroissant_load_every_configuration(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `pip install datasets mlcroissant`, which are 300 MB with what they need."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    mlcroissant = pytest.importorskip("mlcroissant")
    head = yaml.safe_load((released / layout.CARD).read_text().split("---\n")[1])
    for info in head["dataset_info"]:
        loaded = datasets.load_dataset(str(released), info["config_name"], cache_dir=str(tmp_path))
        assert {split: rows.num_rows for split, rows in loaded.items()} == {
            split["name"]: split["num_examples"] for split in info["splits"]
        }
        assert [one["name"] for one in info["features"]] == next(iter(loaded.values())).column_names
    described = mlcroissant.Dataset(jsonld=str(released / layout.CROISSANT))
    assert not described.metadata.ctx.issues.errors
    assert not described.metadata.ctx.issues.warnings
    for record_set in described.metadata.record_sets:
        assert sum(1 for _ in described.records(record_set.id))
