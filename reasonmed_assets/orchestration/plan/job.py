"""The job `plan` of the UI: the plan of a build, as metadata of its run, before a backfill pays for anything."""

from typing import Any

import dagster as dg

from reasonmed_assets.orchestration.plan.planning import plan
from reasonmed_assets.orchestration.plan.telling import headline, markdown
from reasonmed_assets.orchestration.starting import begin_run

JOB = "plan"
_SOURCES = dg.Field(dg.Array(str), is_required=False, description="Only these sources; none: all that are declared.")


@dg.op(
    name="what_a_build_would_do",
    description="Calls, tokens, dollars, hours and rows of the next build by the recipe; nothing is sent or changed.",
    config_schema={"sources": _SOURCES},
    out=dg.Out(dg.Nothing),
)
def _plan(context: dg.OpExecutionContext) -> None:
    found = plan(begin_run(), sources=context.op_config.get("sources", ()))
    for line in headline(found):
        context.log.info(line)
    metadata: dict[str, Any] = {
        "plan": dg.MetadataValue.md(markdown(found)),
        "calls to make": round(found.to_make.expected),
        "USD, at most": round(found.usd.high, 4),
        "calls without a price": round(found.unpriced),
        "as JSON": dg.MetadataValue.json(found.as_json()),
    }
    context.add_output_metadata(metadata)


def plan_job() -> dg.JobDefinition:
    """The job."""

    @dg.job(name=JOB, description="What the next build would do and cost, before a backfill: it changes nothing.")
    def job() -> None:
        _plan()

    return job
