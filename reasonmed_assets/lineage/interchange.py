"""OpenLineage events of a run, for catalogues of other tools: which tables it made, from which, column by column.

A table is a dataset and its making a job of the same name; each partition that a run made is a run of that job, whose
parent is the run itself. What the checks found is an event of the job `<table>.checks`, since OpenLineage has
assertions on inputs only. Needs the extra `openlineage`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    DatasetFacet,
    JobFacet,
    OutputDatasetFacet,
    RunFacet,
    column_lineage_dataset,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    documentation_job,
    error_message_run,
    output_statistics_output_dataset,
    parent_run,
    schema_dataset,
    tags_run,
)

from reasonmed_assets.lineage.edges import Edge, edges_of
from reasonmed_assets.quality.schema import TABLES, TableSpec

_PRODUCER = "urn:reasonmed-assets"
_SUBJECT = "reasonmed"


@dataclass(frozen=True)
class CheckResult:
    """What a check of a table found."""

    name: str
    is_passed: bool
    is_blocking: bool
    description: str


@dataclass(frozen=True)
class MadeTable:
    """A partition that a run made, or was to make.

    Attributes:
        table: the table.
        partition: the partition; None: the whole table.
        inputs: the tables that it is made from.
        began, ended: seconds since 1970.
        n_rows: the rows that it has now; None where it was not made.
        publish: the publish that they belong to.
        failure: why it was not made.
        checks: what its checks found.
    """

    table: str
    partition: str | None
    inputs: Sequence[str]
    began: float
    ended: float
    n_rows: int | None = None
    publish: int | None = None
    failure: str | None = None
    checks: Sequence[CheckResult] = ()


@dataclass(frozen=True)
class EndedRun:
    """A run of Dagster that has ended.

    Attributes:
        run_id: its UUID.
        job: the name of its job.
        began, ended: seconds since 1970.
        outcome: how it ended.
        failure: why it failed.
        tables: what it made, or was to make.
    """

    run_id: str
    job: str
    began: float
    ended: float
    outcome: RunState
    failure: str | None = None
    tables: Sequence[MadeTable] = field(default_factory=tuple)


def events(run: EndedRun, namespace: str) -> Iterator[RunEvent]:
    """The events of a run, the run's own first and last.

    The same run yields the same ids, so that events that are sent twice say the same thing twice.

    Args:
        run: the run.
        namespace: the namespace of its jobs and tables.
    """
    job = Job(namespace=namespace, name=run.job)
    yield _event(run.began, Run(runId=run.run_id), job, RunState.START)
    for made in run.tables:
        yield from _events_of(made, run, namespace)
    yield _event(run.ended, Run(runId=run.run_id, facets=_error(run.failure)), job, run.outcome)


def _events_of(made: MadeTable, run: EndedRun, namespace: str) -> Iterator[RunEvent]:
    spec = TABLES[made.table]
    tags = {"partition": made.partition, "publish": made.publish}
    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(runId=run.run_id), job=parent_run.Job(namespace=namespace, name=run.job)
    )
    tagged = tags_run.TagsRunFacet(
        tags=[
            tags_run.TagsRunFacetFields(key=key, value=str(value), source=_SUBJECT)
            for key, value in tags.items()
            if value is not None
        ]
    )
    told: dict[str, RunFacet] = {"parent": parent, "tags": tagged}
    inputs = [InputDataset(namespace=namespace, name=name) for name in made.inputs]
    outputs = [_output(spec, made, namespace)]
    documented: dict[str, JobFacet] = {"documentation": documentation_job.DocumentationJobFacet(description=spec.grain)}
    job, run_id = Job(namespace=namespace, name=made.table, facets=documented), _id(run, made, "made")
    yield _event(made.began, Run(runId=run_id, facets=told), job, RunState.START, inputs, outputs)
    state = RunState.COMPLETE if made.failure is None else RunState.FAIL
    ended = Run(runId=run_id, facets=told | _error(made.failure))
    yield _event(made.ended, ended, job, state, inputs, outputs)
    if made.checks:
        checked = Job(namespace=namespace, name=f"{made.table}.checks")
        checks_run = Run(runId=_id(run, made, "checks"), facets=told)
        judged = InputDataset(
            namespace=namespace, name=made.table, inputFacets={"dataQualityAssertions": _assertions(made.checks)}
        )
        yield _event(made.ended, checks_run, checked, RunState.COMPLETE, [judged])


def _output(spec: TableSpec, made: MadeTable, namespace: str) -> OutputDataset:
    types = spec.duckdb_types()
    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=types[name], description=column.description)
        for name, column in spec.columns.items()
    ]
    facets: dict[str, DatasetFacet] = {
        "schema": schema_dataset.SchemaDatasetFacet(fields=fields),
        "columnLineage": _columns(spec, namespace),
        "documentation": documentation_dataset.DocumentationDatasetFacet(description=spec.grain),
    }
    if made.publish is not None:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=str(made.publish))
    counted: dict[str, OutputDatasetFacet] = {}
    if made.n_rows is not None:
        statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=made.n_rows)
        counted["outputStatistics"] = statistics
    return OutputDataset(namespace=namespace, name=spec.name, facets=facets, outputFacets=counted)


def _columns(spec: TableSpec, namespace: str) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """The columns that each column is made from, as the build before left them too."""
    fields = {
        name: column_lineage_dataset.Fields(inputFields=[_input_field(edge, namespace) for edge in edges])
        for name, edges in edges_of(spec.name).items()
        if edges
    }
    return column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields)


def _input_field(edge: Edge, namespace: str) -> column_lineage_dataset.InputField:
    said = f"in the prompt of {', '.join(edge.roles)}" if edge.roles else ""
    how = column_lineage_dataset.Transformation(type="DIRECT", subtype="TRANSFORMATION", description=said)
    return column_lineage_dataset.InputField(
        namespace=namespace, name=edge.table, field=edge.column, transformations=[how]
    )


def _assertions(checks: Sequence[CheckResult]) -> data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet:
    return data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
        assertions=[
            data_quality_assertions_dataset.Assertion(
                assertion=check.name,
                success=check.is_passed,
                severity="error" if check.is_blocking else "warn",
                description=check.description,
            )
            for check in checks
        ]
    )


def _error(failure: str | None) -> dict[str, RunFacet]:
    if failure is None:
        return {}
    return {"errorMessage": error_message_run.ErrorMessageRunFacet(message=failure, programmingLanguage="Python")}


def _id(run: EndedRun, made: MadeTable, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(run.run_id), "/".join((what, made.table, made.partition or ""))))


def _event(
    seconds: float,
    run: Run,
    job: Job,
    state: RunState,
    inputs: Sequence[InputDataset] = (),
    outputs: Sequence[OutputDataset] = (),
) -> RunEvent:
    at = datetime.fromtimestamp(seconds, UTC).isoformat()
    return RunEvent(
        eventTime=at, run=run, job=job, eventType=state, inputs=list(inputs), outputs=list(outputs), producer=_PRODUCER
    )
