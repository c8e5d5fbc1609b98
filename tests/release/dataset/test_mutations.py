"""A release that was changed is found out, whatever was made to fit after the change.

Each mutation changes one thing. `resealed` then does what somebody would who has this program: counts and hashes in the
record, the forms for trainers, card, Croissant, index and checksums are made again from the changed rows. `rechecked`
makes the checksums fit alone, those in the Croissant description too.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.description.rendering import rendered
from reasonmed_assets.release.dataset.folder import digest_of, write_checksums
from reasonmed_assets.release.dataset.record import as_text, counted, plain
from reasonmed_assets.release.dataset.trainers import write_for_trainers
from reasonmed_assets.release.dataset.verifying import VerificationError, verified

Row = dict[str, Any]


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


EDGES, BUILDS, CONTENTS = (f"lineage/{name}.parquet" for name in ("edges", "builds", "build_contents"))
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
    # What nothing but the hash of the rows in the record says.
    "score": Mutation(in_sets(0, put("quality_score", 9.75)), "its rows are others than those", is_resealed=False),
    "reason": Mutation(in_sets(1, put("verdict_reason", "Fine.")), "its rows are others than those", is_resealed=False),
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
    "revision of the build": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(revision="0" * 40)), "builds: build"
    ),
    "digest of a source file": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(source_files='{"other.json": "0"}')), "builds: the source files"
    ),
    "build dropped": Mutation(in_file(BUILDS, lambda rows: [rows[0] | {"number": 99}]), "builds: they are"),
    "outcome of the build": Mutation(
        in_file(BUILDS, lambda rows: rows[-1].update(outcome="failed")),
        "builds: its rows are others",
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
    "file removed": Mutation(
        lambda folder: (folder / layout.INDEX).unlink(), "it belongs to the release and is not there", False
    ),
    "file added": Mutation(
        lambda folder: (folder / "notes.txt").write_text("mine") and None, "it does not belong to the release"
    ),
}
"""At least forty ways to change a release."""

TOGETHER = (
    [name for name, one in MUTATIONS.items() if one.is_resealed and one.said.startswith("check")],
    [name for name, one in MUTATIONS.items() if not one.is_resealed and one.said.endswith((": line", ": ", FORMS))],
    ["order of rows"],
)


def rechecked(folder: Path) -> None:
    """Make the checksums fit, those of Croissant too."""
    file, record = folder / layout.CROISSANT, json.loads((folder / layout.RECORD).read_text())
    described, digests = json.loads(file.read_text()), layout.digests(folder, record["shards"])
    for one in described["distribution"]:
        if one["@id"] in digests:
            size, one["sha256"] = digests[one["@id"]]
            one["contentSize"] = f"{size} B"
    file.write_text(as_text(described))
    write_checksums(folder)


def resealed(folder: Path) -> None:
    """Make everything again that follows from the rows and from the record, where the rows still can be read."""
    file = folder / layout.RECORD
    record = json.loads(file.read_text())
    try:
        with duckdb.connect() as con:
            layout.show(con, folder, record["shards"])
            record["counts"], record["content"] = plain(counted(con)), plain(layout.content(con))
        record["bytes"] = layout.uncompressed(folder, record["shards"])
        record["attached"] = {name: digest_of(folder / name) for name in record["attached"]}
        file.write_text(as_text(record))
        write_for_trainers(folder, folder, record["shards"])
        for name, text in rendered(record, layout.digests(folder, record["shards"])).items():
            (folder / name).write_text(text)
    except (duckdb.Error, KeyError, TypeError):
        rechecked(folder)
    write_checksums(folder)


def found_in(folder: Path) -> str:
    with pytest.raises(VerificationError) as error:
        list(verified(folder))
    said = str(error.value)
    assert "SHA256SUMS" not in said, said
    return said


def test_there_are_forty_mutations() -> None:
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize("names", TOGETHER, ids=("resealed", "rechecked", "order"))
def test_mutations_are_found_side_by_side(released: Path, tmp_path: Path, names: list[str]) -> None:
    """Many at once cost one verification; `pytest -m slow` has each by itself."""
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    for name in names:
        MUTATIONS[name].change(folder)
    (resealed if MUTATIONS[names[0]].is_resealed else rechecked)(folder)
    said = found_in(folder)
    missed = [name for name in names if MUTATIONS[name].said not in said]
    assert not missed, said


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_found(released: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    MUTATIONS[name].change(folder)
    (resealed if MUTATIONS[name].is_resealed else rechecked)(folder)
    assert MUTATIONS[name].said in found_in(folder)


def test_what_was_only_sealed_again_is_as_it_was(released: Path, tmp_path: Path) -> None:
    """So that the mutations, not what follows them, are found."""
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    resealed(folder)
    assert list(verified(folder))


def test_checksums_that_do_not_fit_are_found(released: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    (folder / layout.CARD).write_text("mine")
    with pytest.raises(VerificationError, match=r"SHA256SUMS: README\.md has another SHA-256"):
        list(verified(folder))
