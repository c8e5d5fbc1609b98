"""A declared step per use of a model role: the query that yields one row per call, the role that answers, the replies.

Here belongs how rows become calls and results become rows. How calls are made is in `engine.py`, what a reply must
look like in `replies.py`, what a table's rows are in `sql/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call, Reply, Result
from reasonmed_assets.llm.ledger.records import Asker
from reasonmed_assets.llm.outcomes import FINAL_WITHOUT_REPLY
from reasonmed_assets.llm.prompts.rendering import prompt_hash, render
from reasonmed_assets.llm.replies.parsing import parse_reply, response_format, value_of
from reasonmed_assets.llm.replies.relation import REPLIES
from reasonmed_assets.materialisation.stage import Answers, Relation, Stage, StepFiles
from reasonmed_assets.roles import Role, role_named
from reasonmed_assets.roles.declaration import Sampling
from reasonmed_assets.rules.leaks import leak_phrases
from reasonmed_assets.sql import Query, QueryError
from reasonmed_assets.vocabulary import ERROR_KINDS, Outcome

_BATCH_ROWS = 2_000


def run_step(
    stage: Stage,
    step: Query,
    relations: Mapping[str, Relation],
    *,
    role: str | None = None,
    variables: Mapping[str, Any],
    tag: str = "",
) -> StepFiles:
    """Ask about every row of a query in `sql/calls/`, and wait for all replies.

    Args:
        stage: the table that is being made.
        step: yields the rows to ask about: `row_id`, `question_id`, `sample`, `seed` and the fields of the role's
            prompt; where a model has several slots, `generator` too.
        relations: the temporary relations that the query reads.
        role: the role that answers, where the query names several.
        variables: further variables that the query reads.
        tag: tells the files of repeated runs of a step apart.

    Raises:
        EngineError: something that further calls cannot cure; what was received is in the ledger.
    """
    name = step.name.removeprefix("calls/")
    title = name if role is None else f"{name} ({role})"
    answering = _answering(step, role)
    paths = StepFiles(stage.scratch(f"{name}{tag}.calls"), stage.scratch(f"{name}{tag}.replies"))
    with stage.read(relations, variables) as con:
        con.execute(f"create temp table calls as {step.text}")
        (expected,) = con.execute("select count(*) from calls").fetchone() or (0,)
        con.sql("from calls").write_parquet(str(paths.calls))
    profile = stage.session.profile
    source = stage.spec.partition_values(stage.partition).get("source", "")
    stage.session.ledger.asker = Asker(stage.session.warehouse.warehouse_id, stage.spec.name, source)
    calls = _Calls(profile, answering, paths.calls, expected)
    if expected:
        stage.release()
    results = (
        stage.session.engine.run(
            title,
            calls,
            parse=_parser(profile, answering),
            usable_retries=stage.rules.usable_retries,
            retried=stage.session.settings.retried_outcomes(stage.spec.name),
        )
        if expected
        else iter(())
    )
    answers = stage.answers.setdefault(title, Answers())
    answers.n_calls += expected
    asked_again = ""
    with pq.ParquetWriter(str(paths.replies), REPLIES, compression="zstd") as writer:
        for batch in _batches(_reply_row(profile, answering, result) for result in results):
            for row in batch:
                if not row["is_missing"]:
                    answers.n_answered += 1
                elif row["outcome"] not in FINAL_WITHOUT_REPLY:
                    # What is kept without a reply stays as it is: building again would not complete it.
                    asked_again = row["outcome_detail"] or row["outcome"]
            writer.write_table(pa.Table.from_pylist(batch, schema=REPLIES))
    answers.unanswered = asked_again or answers.unanswered
    stage.is_complete &= not asked_again
    return paths


def _answering(step: Query, role: str | None) -> Role:
    """The role that answers a step."""
    if role is None and len(step.roles) != 1:
        raise QueryError(f"{step.name} is answered by {' or '.join(step.roles)}: the code that runs it names which")
    return role_named(role or step.roles[0])


@dataclass(frozen=True)
class _Calls:
    """A step's calls, made as they are asked for; how many there are is known before."""

    profile: Profile
    role: Role
    rows: Path
    n: int

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[Call]:
        return (_call(self.profile, self.role, row) for row in _rows(self.rows))


def _call(profile: Profile, role: Role, row: Mapping[str, Any]) -> Call:
    sampling = _sampling(profile, role, row)
    model = profile.models[sampling.model]
    body: dict[str, Any] = {"model": model.name, "messages": render(role.name, row)}
    if model.parameters == "reasoning":
        body["max_completion_tokens"] = sampling.max_tokens
    else:
        body |= {"temperature": sampling.temperature, "max_tokens": sampling.max_tokens, "seed": row["seed"]}
        if sampling.top_p is not None:
            body["top_p"] = sampling.top_p
    form = response_format(
        role.name,
        profile.providers[model.provider].structured,
        sampling.max_tokens,
        row["options"] if model.writes == "form" else None,
    )
    if form is not None:
        body["response_format"] = form
    return Call(
        row_id=row["row_id"],
        group=row["question_id"],
        role=role.name,
        provider=model.provider,
        model=sampling.model,
        body=profile.whole_body(sampling.model, body),
        sample=row["sample"],
        fields=row,
        headers={name.lower(): value for name, value in model.headers.items()},
    )


def _sampling(profile: Profile, role: Role, row: Mapping[str, Any]) -> Sampling:
    return profile.roles[role.name].sampling(row)


def _parser(profile: Profile, role: Role) -> Callable[[Reply, Mapping[str, Any]], Any]:
    def parse(reply: Reply, fields: Mapping[str, Any]) -> Any:
        return parse_reply(role.name, reply, fields, profile.models[_sampling(profile, role, fields).model])

    return parse


def _reply_row(profile: Profile, role: Role, result: Result) -> dict[str, Any]:
    sampling = _sampling(profile, role, result.fields)
    model = profile.models[sampling.model]
    reply, is_completed = result.reply, result.outcome == Outcome.COMPLETED
    value = {} if result.value is None else value_of(result.value)
    if role.may_leak:
        value["leak_phrases"] = leak_phrases(value.get("path_text") or "")
    return {
        "row_id": result.row_id,
        "value": orjson.dumps(value).decode(),
        "raw_text": reply.content if reply else None,
        "outcome": str(result.outcome),
        "outcome_detail": result.detail,
        "error_kind": str(result.outcome) if result.outcome in ERROR_KINDS else None,
        "is_missing": not is_completed and result.outcome not in ERROR_KINDS,
        "call_keys": result.call_keys,
        "model": model.name,
        "revision": model.revision,
        "served_model": reply.served_model if reply else None,
        "system_fingerprint": reply.system_fingerprint if reply else None,
        "provider_kind": profile.providers[model.provider].kind,
        "prompt_hash": prompt_hash(role.name),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "finish_reason": reply.finish_reason if reply else None,
        "prompt_tokens": reply.prompt_tokens if reply else None,
        "completion_tokens": reply.completion_tokens if reply else None,
        "reasoning_tokens": reply.reasoning_tokens if reply else None,
        "attempts": result.attempts,
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=_BATCH_ROWS):
        yield from batch.to_pylist()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
