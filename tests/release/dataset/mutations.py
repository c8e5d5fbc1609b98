"""Ways to change a release, each with what the verification says of it (`test_mutations.py`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.record import as_text

Row = dict[str, Any]
EDGES, BUILDS, CONTENTS = (f"lineage/{name}.parquet" for name in ("edges", "builds", "build_contents"))


class Mutation(NamedTuple):
    """What is changed in a folder, and what the verification says of it.

    Attributes:
        change: makes the change.
        said: a part of the line that names it.
        is_resealed: everything that follows from the rows is made again; else the checksums alone.
    """

    change: Callable[[Path], None]
    said: str
    is_resealed: bool = True


def rows_of(file: Path, edit: Callable[[list[Row]], list[Row] | None]) -> None:
    """Write a Parquet file again with changed rows."""
    table = pq.read_table(file)
    rows = table.to_pylist()
    pq.write_table(pa.Table.from_pylist(edit(rows) or rows, table.schema), file)


def shards(folder: Path, table: str = "*", fold: str = "train") -> list[Path]:
    return sorted(folder.glob(f"data/{table}/{fold}-*.parquet"))


def in_sets(at: int, edit: Callable[[Row], object]) -> Callable[[Path], None]:
    """Change the same row of every set."""

    def change(folder: Path) -> None:
        for file in shards(folder):
            rows_of(file, lambda rows: edit(rows[at]) and None)

    return change


def in_one(table: str, at: int, edit: Callable[[Row], object]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        rows_of(shards(folder, table)[0], lambda rows: edit(rows[at]) and None)

    return change


def in_file(name: str, edit: Callable[[list[Row]], list[Row] | None]) -> Callable[[Path], None]:
    return lambda folder: rows_of(folder / name, edit)


def in_json(name: str, edit: Callable[[Any], object]) -> Callable[[Path], None]:
    """Change a file of JSON, written again as it was."""

    def change(folder: Path) -> None:
        file = folder / name
        content = json.loads(file.read_text())
        edit(content)
        text = as_text(content) if name in (layout.RECORD, layout.CROISSANT) else json.dumps(content, indent=2)
        file.write_text(text)

    return change


def in_text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


def columns_of(edit: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = shards(folder, "sft_cot")[0]
        pq.write_table(edit(pq.read_table(file)), file)

    return change


def put(name: str, value: Any) -> Callable[[Row], object]:
    return lambda row: row.update({name: value})


def add(name: str, text: str) -> Callable[[Row], object]:
    return lambda row: row.update({name: row[name] + text})


def of_first(kind: str, parent: str, edit: Callable[[Row], object]) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        edit(next(row for row in rows if (row["kind"], row["parent_table"]) == (kind, parent)))

    return change


def with_metadata(folder: Path) -> None:
    for file in (*shards(folder), folder / "sft_cot_prompts.parquet"):
        table = pq.read_table(file)
        pq.write_table(table.replace_schema_metadata({"author": "Dr. A"}), file)


def named_as_sql(record: Any) -> None:
    """What the verification would run, were the names of rules not known."""
    written = "copy (select 42) to 'written by the release.csv'"
    record["rules"].append({"rule": f"x = 1; {written}; set variable rule_y", "published": 1, "here": 1})


def forge_without_the_hash(folder: Path) -> None:
    rewrite_everywhere(folder)
    rows_of(folder / CONTENTS, lambda rows: [row for row in rows if not row["table_name"].startswith("sft_")])


def forge_a_selection(folder: Path) -> None:
    """What is called a selection by terms is all that there was, so that the hash still holds."""
    rewrite_everywhere(folder)

    def with_all_terms(record: Any) -> None:
        terms = record["counts"]["terms"]
        record["licences"] = sorted({one for row in terms for one in (row["licence"], *row["model_terms"])})

    in_json(layout.RECORD, with_all_terms)(folder)


def with_line_ends(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b"\r\n")) and None


def in_record(edit: Callable[[Any], object], said: str, *, is_resealed: bool = True) -> Mutation:
    return Mutation(in_json(layout.RECORD, edit), said, is_resealed)


def without_one(child: str, parent: str) -> Callable[[Path], None]:
    def change(rows: list[Row]) -> list[Row]:
        gone = next(row for row in rows if (row["child_table"], row["parent_table"]) == (child, parent))
        return [row for row in rows if row != gone]

    return in_file(EDGES, change)


def of_first_row(is_chosen: Callable[[Row], bool], edit: Callable[[Row], object]) -> Callable[[Path], None]:
    """Change the first row of this kind in every set."""

    def change(folder: Path) -> None:
        for file in shards(folder):
            rows_of(file, lambda rows: edit(next(filter(is_chosen, rows))) and None)

    return change


def swap_a_model(folder: Path) -> None:
    """Of a generator that wrote several examples of a source."""
    rows = pq.read_table(shards(folder)[0]).to_pylist()
    of = [(row["source"], row["generator"]) for row in rows]
    at = next(at for at, one in enumerate(of) if of.count(one) > 1)
    in_sets(at, lambda row: row.update(base_model="simulated/none", path_model="simulated/none"))(folder)


def is_generated(row: Row) -> bool:
    return row["stage"] == "generated"


def is_rewritten(row: Row) -> bool:
    return row["stage"] != "generated"


def with_another_seed(rows: list[Row]) -> None:
    values = json.loads(rows[-1]["profile_values"])
    rows[-1]["profile_values"] = json.dumps(values | {"seed": values["seed"] + 1})


def _second_question(rows: list[Row]) -> Row:
    first, *others = [
        row for row in rows if (row["child_table"], row["parent_table"]) == ("verifications", "questions")
    ]
    return first | {"parent_id": next(row["parent_id"] for row in others if row["parent_id"] != first["parent_id"])}


def without_first(rows: list[Row]) -> list[Row]:
    return rows[1:]


def move_a_question_into_both_folds(folder: Path) -> None:
    for table in layout.SETS:
        (train,), (validation,) = shards(folder, table), shards(folder, table, "validation")
        moved = pq.read_table(validation).to_pylist()[0] | {"fold": "train"}
        rows_of(train, lambda rows, moved=moved: sorted([*rows, moved], key=lambda row: row["example_id"]))


def leave_out_an_example(folder: Path) -> None:
    for file in shards(folder):
        rows_of(file, without_first)


def repeat_an_example(folder: Path) -> None:
    for file in shards(folder):
        rows_of(file, lambda rows: [rows[0], *rows])


def rewrite_everywhere(folder: Path) -> None:
    """A path with its hash, in all outputs: what a careful forger changes."""
    with duckdb.connect() as con:
        for file in shards(folder):
            rows = pq.read_table(file).to_pylist()
            row = rows[2]
            changed = row["path_text"].replace("and", "or", 1)
            (digest,) = con.execute("select substr(sha256($1), 1, 16)", [changed]).fetchone() or ("",)
            row["output"] = row["output"].replace(row["path_text"], changed)
            row |= {"path_text": changed, "path_hash": digest}
            pq.write_table(pa.Table.from_pylist(rows, pq.read_schema(file)), file)


def swap_rows(folder: Path) -> None:
    for file in shards(folder):
        rows_of(file, lambda rows: [rows[1], rows[0], *rows[2:]])


IDS = "check ids"
FORMS = "it does not say what the Parquet files of its set say"
MUTATIONS = {
    # Rows, in all sets alike.
    "question": Mutation(in_sets(0, add("question", "?")), IDS),
    "option": Mutation(in_sets(1, lambda row: row["options"].__setitem__(0, "none")), IDS),
    "options in another order": Mutation(in_sets(2, lambda row: row["options"].reverse()), "check keys"),
    "context": Mutation(in_sets(3, put("context", "An abstract.")), IDS),
    "source": Mutation(in_sets(4, put("source", "other")), "check sources"),
    "file": Mutation(in_sets(5, put("file", "other.json")), "check sources"),
    "row of the file": Mutation(in_sets(6, put("row", 999_999)), IDS),
    "key": Mutation(
        in_sets(7, lambda row: row.update(gold_letter="B" if row["gold_letter"] == "A" else "A")), "check keys"
    ),
    "text of the key": Mutation(in_sets(8, add("gold_text", ".")), "check keys"),
    "slot": Mutation(in_sets(9, lambda row: row.update(slot=3 - row["slot"])), IDS),
    "path": Mutation(in_sets(10, add("path_text", " So.")), IDS),
    "summary": Mutation(in_sets(11, add("summary", " So.")), IDS),
    "output": Mutation(in_sets(12, add("output", " So.")), "instruction, input and output are what the texts"),
    "instruction": Mutation(in_sets(13, add("instruction", " ")), "instruction, input and output are what the texts"),
    "tier": Mutation(
        in_sets(14, lambda row: row.update(tier="medium" if row["tier"] == "easy" else "easy")), "check tiers"
    ),
    "errors counted": Mutation(in_sets(15, lambda row: row.update(n_error=row["n_error"] + 1)), "check tiers"),
    "verdict": Mutation(in_sets(16, put("verdict", "error")), "check verdicts"),
    "match": Mutation(in_sets(17, put("is_answer_match", False)), "check keys"),
    "score off its scale": Mutation(in_sets(18, put("rank_score", 7.0)), "check verdicts"),
    "negative cost": Mutation(in_sets(19, put("cost_usd", -1.0)), "check verdicts"),
    "licence": Mutation(in_sets(20, put("licence", "CC0-1.0")), "check sources"),
    "licence dropped": Mutation(in_sets(21, put("licence", None)), "check sources"),
    "model": Mutation(in_sets(22, put("summary_model", "gpt-5")), "check models"),
    "terms of the models": Mutation(in_sets(23, put("model_terms", ["MIT"])), "check models"),
    "call dropped": Mutation(in_sets(24, lambda row: row["call_keys"].pop()), "check lineage_reached"),
    "foreign call": Mutation(in_sets(25, lambda row: row["call_keys"].append("f" * 32)), "check lineage_complete"),
    "base of the path": Mutation(in_sets(26, put("base_path_id", "0" * 16)), "check origins"),
    "mark hidden": Mutation(in_sets(27, put("provider_kind", "real")), "not those that the last build left"),
    "stand-in hidden": Mutation(
        lambda folder: (
            [
                rows_of(file, lambda rows: [row | {"split_role": "train"} for row in rows])
                for folds in ("train", "validation")
                for file in shards(folder, fold=folds)
            ]
            and None
        ),
        "not those that the last build left",
    ),
    "path, hash and outputs": Mutation(rewrite_everywhere, "not those that the last build left"),
    "example left out": Mutation(leave_out_an_example, "not those that the last build left"),
    "example twice": Mutation(repeat_an_example, "check unique_ids"),
    "fold": Mutation(in_sets(0, put("fold", "validation")), "it holds rows of fold validation"),
    "folds overlap": Mutation(move_a_question_into_both_folds, "check folds"),
    "order of rows": Mutation(swap_rows, "its rows are not in the order of their ids"),
    "null of a column": Mutation(in_sets(0, put("unknown_cost_calls", None)), "is null only where it is declared"),
    "counts of paths dropped": Mutation(
        in_sets(1, lambda row: row.update(dict.fromkeys(("n_paths", "n_correct", "n_error", "n_missing")))),
        "is null only where it is declared",
    ),
    "verifier dropped": Mutation(of_first_row(is_generated, put("verifier_model", None)), "check lineage_reached"),
    "published key": Mutation(
        in_sets(3, lambda row: row.update(published_gold_letter="B" if row["gold_letter"] == "A" else "A")),
        "check keys",
    ),
    "generator": Mutation(in_sets(4, put("generator", "nobody")), "check generators"),
    "model of another generator": Mutation(swap_a_model, "check generators"),
    "cost": Mutation(in_sets(6, put("cost_usd", 12.5)), "check costs"),
    "calls": Mutation(in_sets(7, put("calls", 999.0)), "check costs"),
    "parent of the path": Mutation(
        of_first_row(is_rewritten, put("parent_path_id", "0" * 16)), "check lineage_complete"
    ),
    "path and outputs, hash of the build dropped": Mutation(
        forge_without_the_hash, "not those that the last build left"
    ),
    "path and outputs, called a selection": Mutation(forge_a_selection, "not those that the last build left"),
    # One set alone, and the columns.
    "subject in one set": Mutation(
        in_one("sft_response", 0, put("subject", "none")), "apart from its output a row is as in"
    ),
    "column dropped": Mutation(columns_of(lambda table: table.drop_columns(["licence"])), "column licence is absent"),
    "column added": Mutation(
        columns_of(lambda table: table.append_column("note", pa.nulls(table.num_rows, pa.string()))),
        "column note is string, declared absent",
        is_resealed=False,
    ),
    "type of a column": Mutation(
        columns_of(
            lambda table: table.set_column(table.schema.get_field_index("row"), "row", table["row"].cast("int32"))
        ),
        "column row is int32, declared int64",
    ),
    "metadata": Mutation(with_metadata, "it has metadata author"),
    # What nothing but the hash of the rows in the record says.
    "score": Mutation(in_sets(0, put("quality_score", 9.75)), "its content of sft_cot is", is_resealed=False),
    "reason": Mutation(in_sets(1, put("verdict_reason", "Fine.")), "its content of sft_cot is", is_resealed=False),
    # Lineage.
    "edge dropped": Mutation(in_file(EDGES, without_first), "check lineage_"),
    "edge to a call dropped": Mutation(
        in_file(EDGES, lambda rows: [row for row in rows if row != next(r for r in rows if r["kind"] == "call")]),
        "check lineage_",
    ),
    "edge to another raw record": Mutation(
        in_file(EDGES, of_first("made_from", "raw_questions", put("parent_id", "0" * 16))), "check lineage_complete"
    ),
    "edge of another kind": Mutation(
        in_file(EDGES, of_first("call", "llm_calls", put("kind", "made_from"))), "check lineage_"
    ),
    "edge from nowhere": Mutation(
        in_file(EDGES, lambda rows: [*rows, rows[0] | {"child_id": "0" * 16}]), "check lineage_reached"
    ),
    "edge twice": Mutation(in_file(EDGES, lambda rows: [*rows, rows[-1]]), "check unique_edges"),
    **{
        f"edge dropped, {child} to {parent}": Mutation(without_one(child, parent), "check lineage_complete")
        for child, parent in (
            ("quality_scores", "questions"),
            ("quality_scores", "refined_paths"),
            ("ranked_paths", "reasoning_paths"),
            ("refined_paths", "reasoning_paths"),
            ("reasoning_paths", "questions"),
            ("answer_summaries", "questions"),
        )
    },
    "edge to a second question": Mutation(
        in_file(EDGES, lambda rows: [*rows, _second_question(rows)]), "check lineage_complete"
    ),
    "name of a person": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(started_by="Dr. A")), "builds: they name people"
    ),
    "seed of the build": Mutation(in_file(BUILDS, with_another_seed), "its seed is"),
    "revision of the build": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(revision="0" * 40)), "builds: build"
    ),
    "digest of a source file": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(source_files='{"other.json": "0"}')), "builds: the source files"
    ),
    "build dropped": Mutation(in_file(BUILDS, lambda rows: [rows[0] | {"number": 99}]), "builds: they are"),
    "outcome of the build": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(outcome="failed")),
        "its content of builds is",
        is_resealed=False,
    ),
    "hash that the build left": Mutation(
        in_file(CONTENTS, lambda rows: [row | {"content_hash": "0" * 32} for row in rows]),
        "not those that the last build left",
    ),
    # Forms for trainers, and what is rendered.
    "alpaca record": Mutation(
        in_json("sft_cot.json", lambda records: records[0].update(output="A")), f"sft_cot.json: {FORMS}", False
    ),
    "message": Mutation(
        in_json("sft_response_messages.json", lambda records: records.pop()),
        f"sft_response_messages.json: {FORMS}",
        False,
    ),
    "completion": Mutation(
        in_file("sft_reasonmed_prompts.parquet", lambda rows: rows[0]["completion"][0].update(content="A")),
        f"sft_reasonmed_prompts.parquet: {FORMS}",
        False,
    ),
    "index of LLaMA-Factory": Mutation(
        in_json(layout.INDEX, lambda index: index.pop("sft_cot")), f"{layout.INDEX}: line", False
    ),
    "count in the card": Mutation(
        in_text(layout.CARD, "num_examples: ", "num_examples: 1"), f"{layout.CARD}: line", False
    ),
    "feature of the card": Mutation(
        in_text(layout.CARD, '"name": "tier", "dtype": "string"', '"name": "tier", "dtype": "int64"'),
        f"{layout.CARD}: line",
        False,
    ),
    "mark of the card": Mutation(
        in_text(layout.CARD, "Not for training", "For training"), f"{layout.CARD}: line", False
    ),
    "record set of Croissant": Mutation(
        in_json(layout.CROISSANT, lambda described: described["recordSet"].pop()), f"{layout.CROISSANT}: ", False
    ),
    "derivation in Croissant": Mutation(
        in_json(layout.CROISSANT, lambda described: described["prov:wasDerivedFrom"].pop()),
        f"{layout.CROISSANT}: line",
        False,
    ),
    "picture": Mutation(
        in_text("pictures/tiers-builds.svg", "width=", "width ="), "pictures/tiers-builds.svg: line", False
    ),
    "text on the page": Mutation(in_text(layout.PAGE, '"summary":"', '"summary":"So '), "check page"),
    "page": Mutation(
        in_text(layout.PAGE, "</body>", "<p>So.</p></body>"), "browse.html: it is not the one that was", False
    ),
    "marks of the record": Mutation(in_json(layout.RECORD, put("marks", [])), "and is not marked so"),
    "funnel of the record": Mutation(
        in_json(layout.RECORD, lambda record: record["funnel"][0].update(questions=10**6)),
        f"{layout.CARD}: line",
        False,
    ),
    "check of the record": Mutation(
        in_json(layout.RECORD, lambda record: record["checks"][0]["passed"].pop()), f"{layout.CARD}: line", False
    ),
    "licence of a source": Mutation(
        in_json(layout.RECORD, lambda record: record["sources"][0].update(licence="CC0-1.0")), "check sources"
    ),
    "terms of a model": Mutation(
        in_json(layout.RECORD, lambda record: record["models"][0].update(terms="MIT")), "check models"
    ),
    "code among the rules": in_record(named_as_sql, "its rules is"),
    "rule": in_record(lambda record: record["rules"][3].update(here=False), "its rules is"),
    "published rule": in_record(lambda record: record["rules"][0].update(published=1), "its rules is"),
    "seed": in_record(put("seed", 5), "its seed is"),
    "limits": in_record(put("limits", {"": 1}), "its limits is"),
    "name of the profile": in_record(lambda record: record["profile"].update(name="paper"), "its profile is"),
    "questions of a source": in_record(
        lambda record: record["sources"][0].update(questions=10**6), "its counts of sources is"
    ),
    "questions of the funnel": in_record(lambda record: record["funnel"][0].update(questions=10**6), "check funnel"),
    "training records of the funnel": in_record(
        lambda record: record["funnel"][1].update(training_records=10**6), "check funnel"
    ),
    "audits dropped": in_record(lambda record: record["checks"].__delitem__(slice(5)), "check audits"),
    "costs of the record": in_record(lambda record: [row.update(calls=0.0) for row in record["costs"]], "check costs"),
    "name of a check": in_record(
        lambda record: record["checks"][0]["passed"].__setitem__(0, "none"),
        f"{layout.CROISSANT}: line",
        is_resealed=False,
    ),
    "count added": in_record(
        lambda record: record["counts"].update(none=[]), "its counts of none is", is_resealed=False
    ),
    "line ends of the card": Mutation(with_line_ends(layout.CARD), f"{layout.CARD}: its length", False),
    "line ends of a picture": Mutation(
        with_line_ends("pictures/cost-calls.svg"), "pictures/cost-calls.svg: its length", False
    ),
    "file removed": Mutation(
        lambda folder: (folder / layout.INDEX).unlink(), "it belongs to the release and is not there", False
    ),
    "file added": Mutation(
        lambda folder: (folder / "notes.txt").write_text("mine") and None, "it does not belong to the release"
    ),
}
"""Ways to change a release, by name."""
