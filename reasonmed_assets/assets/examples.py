"""Examples: the final rows, those that were expected and failed, their short answers and a scored sample."""

from __future__ import annotations

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import SCORE, SUMMARISE, run_step
from reasonmed_assets.materialisation.materialise import Stage, table_asset

_EXPECTED_FROM = [
    "questions",
    "reasoning_paths",
    "difficulty_tiers",
    "ranked_paths",
    "refined_paths",
]


def reasonmed(stage: Stage) -> None:
    """Easy: the two best paths; Medium: two refined ones; Difficult: one regenerated."""
    with stage.read() as con:
        stage.write(con, sql.query("tables/reasonmed").text)


def dropped_examples(stage: Stage) -> None:
    """What the tiers promise and no path fills: examples and dropped ones make up what was expected."""
    with stage.read() as con:
        stage.write(con, sql.query("tables/dropped_examples").text)


def answer_summaries(stage: Stage) -> None:
    """Asked for every final example; one that fails keeps its row and leaves the example out of the training sets."""
    files = run_step(stage, SUMMARISE)
    with stage.read(files.views) as con:
        stage.write(con, sql.query("tables/answer_summaries").text)


def quality_scores(stage: Stage) -> None:
    """Asked for a seeded sample spread over the tiers; rewritten examples are scored before and after."""
    profile = stage.session.profile
    quota = -(-profile.rules.evaluator_sample // len(profile.sources.declared))
    files = run_step(stage, SCORE, variables={"evaluator_quota": quota})
    with stage.read(files.views) as con:
        stage.write(con, sql.query("tables/quality_scores").text)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset("reasonmed", reasonmed, deps=_EXPECTED_FROM, partitions_def=sources, kinds={"sql"}),
        table_asset(
            "dropped_examples",
            dropped_examples,
            deps=[*_EXPECTED_FROM, "reasonmed"],
            partitions_def=sources,
            kinds={"sql"},
        ),
        table_asset(
            "answer_summaries",
            answer_summaries,
            deps=["questions", "reasonmed"],
            partitions_def=sources,
            kinds={"openai"},
        ),
        table_asset(
            "quality_scores",
            quality_scores,
            deps=["questions", "reasoning_paths", "refined_paths", "reasonmed"],
            partitions_def=sources,
            kinds={"openai"},
        ),
    ]
