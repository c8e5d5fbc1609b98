"""The whole build on the shipped sample, as a user starts it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from builds import COMMAND, Built, a_shell, called
from reasonmed_assets.quality import tables as _tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.storage import make_or_open_warehouse


def test_every_table_has_rows(rehearsal: Built) -> None:
    empty = [name for name in TABLES if rehearsal.value(f"select count(*) from {name}") == 0]
    # A sample this small may have no dropped example, people have decided nothing, and nothing has failed.
    assert set(empty) <= {"dropped_examples", "overrides", "reviews", "failures"}


def test_every_source_reaches_the_training_sets(rehearsal: Built) -> None:
    rows = rehearsal.query("select source, count(*) from sft_reasonmed group by source order by source")
    assert [source for source, _ in rows] == ["medmcqa", "medqa", "mmlu", "pubmedqa"]


def test_the_three_sets_hold_the_same_examples(rehearsal: Built) -> None:
    ids = [
        set(rehearsal.query(f"select example_id from {name}")) for name in ("sft_cot", "sft_response", "sft_reasonmed")
    ]
    assert ids[0] == ids[1] == ids[2] != set()


def test_a_training_record_is_question_path_and_summary(rehearsal: Built) -> None:
    rows = rehearsal.query(
        "select s.instruction, s.output, c.output, r.output, e.question, e.options from sft_reasonmed s"
        " join sft_cot c using (example_id) join sft_response r using (example_id) join example e using (example_id)"
    )
    for instruction, output, path, summary, question, options in rows:
        assert instruction.startswith(question)
        assert instruction.endswith("\n".join(options))
        assert output == f"{path}\n\n{summary}"


def test_expected_examples_are_final_or_dropped(rehearsal: Built) -> None:
    promised = rehearsal.value(
        "select sum(case tier when 'easy' then 2 when 'medium' then 2 when 'difficult' then 1 else 0 end)"
        " from difficulty_tiers"
    )
    final = rehearsal.value("select count(*) from reasonmed")
    dropped = rehearsal.value("select count(*) from dropped_examples")
    assert final + dropped == promised


def test_no_explanation_reaches_a_prompt(rehearsal: Built) -> None:
    """LONG_ANSWER and `exp` give the key away: no request body may hold one."""
    from reasonmed_assets.llm.ledger.opening import open_store

    explanations = rehearsal.query("select question_id, explanation from questions where length(explanation) > 40")
    assert explanations
    with open_store(rehearsal.folder / "ledger.sqlite") as ledger:
        for question_id, explanation in explanations:
            keys = rehearsal.query(
                f"select unnest(call_keys) from reasoning_paths where question_id = '{question_id}'"
                f" union select unnest(call_keys) from verifications where question_id = '{question_id}'"
            )
            for (key,) in keys:
                assert explanation not in json.dumps(ledger.body_of(key), ensure_ascii=False)


def test_the_audit_of_the_verifier_makes_calls_of_its_own(rehearsal: Built) -> None:
    shared = "verifier_audit a join verifications v on list_has_any(a.call_keys, v.call_keys)"
    assert rehearsal.value(f"select count(*) from {shared}") == 0
    kinds = dict(rehearsal.query("select kind, count(*) from verifier_audit where source = 'mmlu' group by kind"))
    assert kinds == {"repeat": 9, "answer_swapped": 3, "negation_changed": 3, "number_changed": 3}
    accepted = "select share from verifier_trust where source = 'all' and kind = 'any planted error'"
    assert rehearsal.value(accepted) < 0.3


def test_every_used_call_is_accounted_for(rehearsal: Built) -> None:
    assert rehearsal.value("select count(*) from call_uses anti join llm_calls using (call_key)") == 0
    assert rehearsal.value("select count(*) from llm_calls") == rehearsal.attempts()
    shares = rehearsal.query("select call_key from call_uses group by call_key having abs(sum(cost_share) - 1) > 1e-9")
    assert shares == []


def test_every_usable_vote_has_its_reason_and_every_role_its_prompt(rehearsal: Built) -> None:
    unequal = (
        "select path_id from verifications v left join verifier_votes w on w.row_id = v.path_id"
        " and w.used_by = 'verifications' group by path_id, n_votes, n_votes_correct"
        " having count(w.vote) != n_votes or count(*) filter (w.verdict = 'correct') != n_votes_correct"
    )
    assert rehearsal.query(unequal) == []
    assert rehearsal.value("select min(length(reason)) from verifier_votes") > 10
    asked = rehearsal.query("select distinct role from llm_calls order by 1")
    assert rehearsal.query("select role from prompts where template like '%Role: ' || role || '%' order by 1") == asked


def test_views_answer(rehearsal: Built) -> None:
    funnel = rehearsal.query("select * from funnel")
    assert len(funnel) == 4
    assert rehearsal.value("select sum(paths) from model_agreement") == rehearsal.value(
        "select count(*) from verifications"
    )
    assert rehearsal.value("select count(*) from example") == rehearsal.value("select count(*) from reasonmed")
    assert rehearsal.value("select sum(calls) from cost") == pytest.approx(
        rehearsal.value("select count(distinct call_key) from llm_calls"), abs=2
    )


def test_the_snapshot_is_read_only_and_complete(rehearsal: Built) -> None:
    snapshot = rehearsal.folder / "reasonmed.duckdb"
    assert snapshot.stat().st_mode & 0o222 == 0
    with duckdb.connect(str(snapshot), read_only=True) as con:
        comments = dict(con.execute("select table_name, comment from duckdb_tables()").fetchall())
    assert comments["questions"].startswith("One row per question")


def test_the_report_names_tables_tiers_calls_and_a_query(rehearsal: Built) -> None:
    for expected in ("reasoning_paths", "unresolved", "generator", "reasonmed sql", str(rehearsal.folder)):
        assert expected in rehearsal.output


def test_a_second_build_makes_no_call_and_publishes_nothing(rehearsal: Built, tmp_path: Path) -> None:
    copy = Built(Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse")), "")
    publishes, attempts = copy.value("select count(*) from publishes"), copy.attempts()
    audits = make_or_open_warehouse(copy.folder).audits()
    done = called("build", "--profile", "simulated", "--warehouse", str(copy.folder), "--source", "mmlu")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "! left out: not asked for: medqa, medmcqa, pubmedqa\n" in done.stdout
    assert copy.attempts() == attempts
    assert copy.value("select count(*) from publishes") == publishes
    # Of an audit that holds, nothing is made again; what reads the account of publishes may change with it.
    again = make_or_open_warehouse(copy.folder).audits()
    differ = {now["table"] for before, now in zip(audits, again, strict=True) if now["run_id"] != before["run_id"]}
    assert differ == {"rejected_questions", "recipes"}
    assert {outcome["passed"] for audit in again if audit["table"] in differ for outcome in audit["outcomes"]} == {True}


def test_a_new_warehouse_on_the_same_ledger_gets_the_same_rows_for_nothing(rehearsal: Built, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    shutil.copy(rehearsal.folder / "ledger.sqlite", ledger)
    done = called(
        "build", "--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--ledger", str(ledger),
        "--source", "mmlu", "--select", '+key:"reasonmed"',
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(ledger, tmp_path / "w" / "ledger.sqlite")
    again = Built(tmp_path / "w", done.stdout)
    assert again.attempts() == rehearsal.attempts()
    query = "select example_id, content_hash, row_hash from reasonmed where source = 'mmlu' order by all"
    assert again.query(query) == rehearsal.query(query) != []


@pytest.mark.parametrize("output_format", ["table", "csv", "json", "parquet"])
def test_sql_prints_rows(rehearsal: Built, tmp_path: Path, output_format: str) -> None:
    query = "select source, options from questions order by question_id limit 3"
    arguments = ["sql", query, "--warehouse", str(rehearsal.folder), "--format", output_format]
    expected = [source for source, _ in rehearsal.query(query)]
    if output_format == "parquet":
        rows = tmp_path / "rows.parquet"
        rows.write_bytes(subprocess.run([*COMMAND, *arguments], env=a_shell(), capture_output=True, check=True).stdout)
        assert pl.read_parquet(rows)["source"].to_list() == expected
        return
    done = called(*arguments)
    assert done.returncode == 0, done.stderr
    if output_format == "json":
        assert [row["source"] for row in json.loads(done.stdout)] == expected
    elif output_format == "csv":
        read = pl.read_csv(done.stdout.encode())
        assert read["source"].to_list() == expected
        assert [json.loads(options) for options in read["options"]] == [
            options for _, options in rehearsal.query(query)
        ]
    else:
        assert "3 rows" in done.stdout


def test_sql_cannot_write(rehearsal: Built) -> None:
    done = called("sql", "delete from questions", "--warehouse", str(rehearsal.folder))
    assert done.returncode == 1
    assert "open for reading" in done.stderr


def test_export_refuses_simulated_rows_and_marks_them_when_allowed(rehearsal: Built, tmp_path: Path) -> None:
    arguments = ["export", str(tmp_path / "sets"), "--warehouse", str(rehearsal.folder)]
    refused = called(*arguments)
    assert refused.returncode == 1
    assert "--allow simulated" in refused.stderr
    assert not (tmp_path / "sets").exists()
    done = called(*arguments, "--allow", "simulated", "--allow", "stand-in")
    assert done.returncode == 0, done.stderr
    index = json.loads((tmp_path / "sets" / "dataset_info.json").read_text())
    alpaca = json.loads((tmp_path / "sets" / index["sft_reasonmed"]["file_name"]).read_text())
    assert set(alpaca[0]) == set(index["sft_reasonmed"]["columns"].values())
    parquet = pl.read_parquet(tmp_path / "sets" / "sft_reasonmed.parquet")
    assert parquet["output"].to_list() == [record["output"] for record in alpaca]
    messages = json.loads((tmp_path / "sets" / "sft_reasonmed_messages.json").read_text())
    # One prompt in every form: LLaMA-Factory joins instruction and input by one line break.
    assert [record["messages"][0]["content"] for record in messages] == [
        "\n".join(filter(None, (record["instruction"], record["input"]))) for record in alpaca
    ]
    prompts = pl.read_parquet(tmp_path / "sets" / "sft_reasonmed_prompts.parquet")
    assert prompts["example_id"].to_list() == parquet["example_id"].to_list()
    assert [[*row["prompt"], *row["completion"]] for row in prompts.to_dicts()] == [
        record["messages"] for record in messages
    ]
    card = (tmp_path / "sets" / "README.md").read_text()
    assert "Not for release" in card
    head = yaml.safe_load(card.split("---\n")[1])
    assert (head["license"], head["license_name"]) == ("other", "Apache-2.0 and MIT")
    loaded = {file["path"] for config in head["configs"] for file in config["data_files"]}
    there = {file.name for file in (tmp_path / "sets").iterdir()}
    assert loaded == {name for name in there if name.endswith(".parquet")}
    assert all(entry["file_name"] in there for entry in index.values())
    assert all(json.loads((tmp_path / "sets" / name).read_text()) for name in there if name.endswith(".json"))


def test_nothing_is_exported_where_the_trainer_does_not_render(rehearsal: Built, tmp_path: Path) -> None:
    arguments = ["export", str(tmp_path / "s"), "--warehouse", str(rehearsal.folder)]
    allowed = ["--allow", "simulated", "--allow", "stand-in"]
    alone = called(*arguments, *allowed, "--cutoff", "100")
    assert (alone.returncode, "needs both --for and --tokenizer" in alone.stderr) == (2, True)
    model = tmp_path / "model"
    none = called(*arguments, *allowed, "--for", "trl", "--tokenizer", str(model))
    assert (none.returncode, "holds no tokenizer" in none.stderr) == (1, True)
    model.mkdir()
    (model / "tokenizer.json").write_text("{}")
    failed = called(
        *arguments, *allowed, "--for", "llamafactory", "--tokenizer", str(model), "--trainer-python", "/bin/false"
    )
    assert (failed.returncode, "llamafactory in /bin/false failed" in failed.stderr) == (1, True)
    assert not (tmp_path / "s").exists()


def test_a_fold_without_examples_is_no_file(rehearsal: Built, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(rehearsal.folder, tmp_path / "copy"))
    with duckdb.connect(str(copy / "reasonmed.duckdb")) as con:
        for name in ("sft_cot", "sft_response", "sft_reasonmed"):
            con.execute(f"delete from {name} where fold = 'validation'")
    done = called(
        "export", str(tmp_path / "s"), "--warehouse", str(copy), "--allow", "simulated", "--allow", "stand-in"
    )
    assert done.returncode == 0, done.stderr
    index = json.loads((tmp_path / "s" / "dataset_info.json").read_text())
    assert not [name for name in (*index, *(file.name for file in (tmp_path / "s").iterdir())) if "validation" in name]
    assert "validation" not in (tmp_path / "s" / "README.md").read_text().split("---\n")[1]


def test_doctor_finds_what_is_wrong(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fine = called("doctor", "--profile", "simulated", "--warehouse", str(tmp_path / "w"))
    assert fine.returncode == 0, fine.stdout
    shipped = (Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles" / "open.toml").read_text()
    profile = tmp_path / "mine.toml"
    profile.write_text(shipped.replace("127.0.0.1:8001", f"127.0.0.1:{port}"))
    wrong = called("doctor", "--profile", str(profile), "--warehouse", str(tmp_path / "w"))
    assert wrong.returncode == 1
    assert f"127.0.0.1:{port}" in wrong.stdout
