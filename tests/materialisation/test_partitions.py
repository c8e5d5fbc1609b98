"""Partitions of another kind than the sources: declared with a table, they need no change of storage, checks or assets.

Two tables are declared as long as the tests run: `topics`, partitioned by source, and `answers`, partitioned by model
and made from all topics.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.checks import JUDGED_AT
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TABLES, Table, column, table

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.factory import PartitionError, table_asset
from reasonmed_assets.materialisation.metadata import example_query, view_rows
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import Stage, StageError
from reasonmed_assets.storage import PublishRecord, WarehouseError

FILES = {
    "tables/topics": """\
-- makes: topics
-- description: One topic per source.
select
    getvariable('source') || ' 1' as topic_id,
    getvariable('source') as source
""",
    "tables/answers": """\
-- makes: answers
-- reads: topics
-- description: What the model says on every topic.
select
    getvariable('model') || ' on ' || topic_id as answer_id,
    getvariable('model') as model,
    source,
    getvariable('source') as source_variable
from topics
""",
    "views/answer_counts": """\
-- makes: answer_counts
-- reads: answers
-- description: How many answers each model gave.
select
    model,
    count(*) as n
from answers
group by model
""",
}
PARTITIONS = {
    "source": dg.StaticPartitionsDefinition(["medqa", "mmlu"]),
    "model": dg.StaticPartitionsDefinition(["large", "small"]),
}


@pytest.fixture(autouse=True)
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Declares the two tables; yields the folder of the queries."""
    folder = tmp_path / "sql"
    shutil.copytree(sql.files.FOLDER, folder)
    for name, text in FILES.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sql.files, "FOLDER", folder)

    @table("topics", group="toys", grain="One row per topic.", key="topic_id", partitioned_by="source")
    class Topics(Table):
        topic_id: str = column("Id.", unique=True)
        source: str = column("Name of the source.")

    @table("answers", group="toys", grain="One row per model and topic.", key="answer_id", partitioned_by="model")
    class Answers(Table):
        answer_id: str = column("Id.", unique=True)
        model: str = column("Name of the model.")
        source: str = column("Source of the topic.")
        source_variable: str = column("The source that is built.", nullable=True)

    yield folder
    del TABLES["topics"], TABLES["answers"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[BuildSession]:
    session = BuildSession(BuildSettings(profile="simulated", warehouse=str(tmp_path / "warehouse")), LogDisplay)
    yield session
    session.close()


def definition(name: str) -> TableDefinition:
    return TableDefinition(name, run_step, views=("answer_counts",) if name == "answers" else ())


def asset(name: str, session: BuildSession) -> dg.AssetsDefinition:
    return table_asset(definition(name), session.profile, PARTITIONS)


def made(name: str, session: BuildSession, partition: str) -> dg.ExecuteInProcessResult:
    assets = [asset("topics", session), asset("answers", session)]
    return dg.materialize(assets, selection=[name], partition_key=partition, resources={"build": session})


def answers(session: BuildSession) -> list[tuple[object, ...]]:
    with session.warehouse.read() as con:
        return con.execute("select model, source, source_variable from answers order by all").fetchall()


def test_partitions_of_two_kinds_are_made_side_by_side(session: BuildSession) -> None:
    for source in ("medqa", "mmlu"):
        assert made("topics", session, source).success
    for model in ("large", "small"):
        result = made("answers", session, model)
    assert answers(session) == [(m, s, None) for m in ("large", "small") for s in ("medqa", "mmlu")]
    shown = result.asset_materializations_for_node("answers")[0].metadata
    assert "from answers where model = 'small' limit 10" in str(shown["query"].value)
    assert [record.data for record in shown["answer_counts"].records] == [{"model": "small", "n": 2}]  # type: ignore[union-attr]
    assert shown["dagster/partition_row_count"].value == 2
    evaluations = result.get_asset_check_evaluations()
    assert {found.check_name for found in evaluations if found.partition is None} == {"up_to_date"}
    assert {found.partition for found in evaluations if found.check_name != "up_to_date"} == {"small"}
    assert {found.check_name for found in evaluations} >= {"schema", "key", "partition"}
    assert all(found.passed for found in evaluations)


def test_an_unchanged_partition_is_not_made_again_and_a_changed_input_of_another_kind_counts(
    session: BuildSession,
) -> None:
    def is_unchanged() -> object:
        result = made("answers", session, "small")
        return result.asset_materializations_for_node("answers")[0].metadata["is_unchanged"].value

    made("topics", session, "medqa")
    assert [is_unchanged(), is_unchanged()] == [False, True]
    made("topics", session, "mmlu")
    assert not is_unchanged()


def test_what_was_audited_is_not_audited_again_unless_its_inputs_changed_or_others_published(
    session: BuildSession, tmp_path: Path
) -> None:
    def judged() -> dict[str, set[object]]:
        """Which publish the results judge, those of this materialisation under "now"."""
        result = made("answers", session, "small")
        shown = result.asset_materializations_for_node("answers")[0].metadata
        assert (shown["publish"].value, shown["dagster/partition_row_count"].value) == (last().seq, last().rows)
        found: dict[str, set[object]] = {}
        for one in result.get_asset_check_evaluations():
            if one.check_name != "up_to_date":
                assert one.passed
                found.setdefault(str(getattr(one.metadata.get(JUDGED_AT), "value", "now")), set()).add(one.check_name)
        assert ("sample" in shown) == (not shown["is_unchanged"].value)
        return found

    def last() -> PublishRecord:
        found = session.warehouse.last_publish("answers", "small")
        assert found is not None
        return found

    every = {check.name for check in check_names("answers")}
    made("topics", session, "medqa")
    assert judged() == {"now": every}
    first = last()
    assert judged() == judged() == {str(first.seq): every}
    # Another program, or a restore, publishes the same rows by its own number.
    file, spec = tmp_path / "rows.parquet", TABLES["answers"]
    session.warehouse.export(spec, "small", file)
    told = {"run_id": "other", "profile": "simulated", "statistics": {}, "parts": first.parts}
    session.warehouse.publish(spec, "small", file, fingerprint="another", **told)  # type: ignore[arg-type]
    session.warehouse.publish(spec, "small", file, fingerprint=first.fingerprint, **told)  # type: ignore[arg-type]
    assert judged() == {"now": every}
    assert judged() == {str(last().seq): every} != {str(first.seq): every}
    session.warehouse.record_failure(spec, "small", "run", "a lightning")
    assert judged() == {"now": every}
    with session.warehouse.read() as con:
        assert con.execute("from failures").fetchall() == []


def test_rows_of_another_partition_stop_at_the_checks_and_go_to_quarantine(session: BuildSession) -> None:
    made("topics", session, "medqa")
    made("answers", session, "large")
    with session.warehouse.read() as con:
        before = con.execute("from answers").fetchall()
    table = replace(definition("answers"), stage_rows=of_another_model)
    failed = dg.materialize(
        [table_asset(table, session.profile, PARTITIONS)],
        partition_key="small",
        resources={"build": session},
        raise_on_error=False,
    )
    checks = {found.check_name: found.passed for found in failed.get_asset_check_evaluations()}
    assert (checks["key"], checks["partition"], checks["up_to_date"]) == (False, False, False)
    with session.warehouse.read() as con:
        assert con.execute("from answers").fetchall() == before
    assert session.warehouse.last_publish("answers", "small") is None
    (kept,) = session.warehouse.quarantined()
    assert (kept.table, kept.partition) == ("answers", "small")
    _assert_that_another_partition_tells(made("answers", session, "large"))


def _assert_that_another_partition_tells(result: dg.ExecuteInProcessResult) -> None:
    """What Dagster shows last, of the partition that was made, says that the last run of the other one failed."""
    checks = {found.check_name: found for found in result.get_asset_check_evaluations()}
    assert not checks["up_to_date"].passed
    assert checks["up_to_date"].severity == dg.AssetCheckSeverity.WARN
    assert str(checks["up_to_date"].description).startswith("- small failed: answers small: 2 blocking checks failed")
    assert checks["key"].passed
    assert str(checks["key"].description).endswith(" Of large alone: the last run of small failed.")
    shown = result.asset_materializations_for_node("answers")[0].metadata
    assert list(shown["last_run_failed_of"].value) == ["small"]  # type: ignore[arg-type]


def of_another_model(stage: Stage) -> None:
    """The rows that are published of the model `large`."""
    with stage.read() as con:
        con.sql("from answers where model = 'large'").write_parquet(str(stage.path))


def test_storage_reads_and_publishes_by_the_declared_column(session: BuildSession, tmp_path: Path) -> None:
    made("topics", session, "medqa")
    for model in ("large", "small"):
        made("answers", session, model)
    warehouse, spec = session.warehouse, TABLES["answers"]
    last = warehouse.last_publish("answers", "small")
    assert last is not None and (last.partition, last.rows) == ("small", 1)
    file = tmp_path / "rows.parquet"
    assert warehouse.export(spec, "small", file) == 1
    with pytest.raises(WarehouseError, match="answers is partitioned by model: name one"):
        warehouse.export(spec, None, file)
    with pytest.raises(WarehouseError, match="belong to another partition"):
        warehouse.publish(spec, "large", file, run_id="r", fingerprint="f", profile="p", statistics={})
    with warehouse.read() as con:
        assert [record.data["model"] for record in view_rows(con, "answers", spec, "large").records] == ["large"]
    assert "where model = 'small' limit 10" in example_query(spec, "small", "warehouse")


def test_a_partition_depends_on_all_partitions_of_another_kind(session: BuildSession) -> None:
    assets = [asset("topics", session), asset("answers", session)]
    graph = dg.Definitions(assets, resources={"build": session}).resolve_asset_graph()
    mapping = graph.get_partition_mapping(dg.AssetKey("answers"), dg.AssetKey("topics"))
    assert isinstance(mapping, dg.AllPartitionMapping)


def test_the_generated_checks_name_the_declared_column() -> None:
    by_model, by_source = (
        {check.name: check.sql or "" for check in check_names(name)} for name in ("answers", "topics")
    )
    assert "getvariable('model')" in by_model["key"] and "getvariable('model')" in by_model["partition"]
    assert "source" not in by_model["key"] + by_model["partition"]
    assert "getvariable('source')" in by_source["partition"]


def test_a_kind_without_partitions_is_an_error_when_definitions_load(session: BuildSession) -> None:
    with pytest.raises(
        PartitionError, match=r"answers is partitioned by model, and the code location has .* by source"
    ):
        table_asset(definition("answers"), session.profile, {"source": PARTITIONS["source"]})


def test_no_partition_of_another_kind_is_taken_for_a_source(session: BuildSession, tmp_path: Path) -> None:
    def stage(name: str, partition: str) -> Stage:
        table = definition(name)
        return Stage(table.spec, table.transform, partition, session, tmp_path / "s", "run", None, table.ask, {})

    assert stage("topics", "mmlu").source == "mmlu"
    with pytest.raises(StageError, match="answers reads one source"):
        _ = stage("answers", "small").source
