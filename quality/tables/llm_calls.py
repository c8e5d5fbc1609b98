"""Table `llm_calls`."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import CALL, Table, column, table

from reasonmed_assets.vocabulary import OUTCOMES, PROVIDER_KINDS

_measured = partial(column, origin="call")


@table(
    "llm_calls",
    group="provenance",
    grain="One row per attempt of a model call that this warehouse made or used.",
    key="attempt_id",
    partitioned_by=None,
    shown=("role", "model", "outcome", "cost_usd"),
    unit=CALL,
)
class LlmCalls(Table):
    """One row per attempt of a model call that this warehouse made or used."""

    attempt_id: str = _measured("Ledger key and attempt number.", unique=True)
    call_key: str = _measured("Ledger key: hash of provider, model, revision, body and sample.")
    attempt: int = _measured("Attempt number of the call, from 1.", ge=1)
    role: str = _measured("Model role.")
    provider: str = _measured("Provider as declared.")
    provider_kind: str = _measured("Kind of provider.", isin=PROVIDER_KINDS)
    model: str = _measured("Model name as declared.")
    revision: str = _measured("Declared revision.")
    served_model: str = _measured("Model name that the endpoint reported.", nullable=True)
    outcome: str = _measured("How the attempt ended.", isin=OUTCOMES)
    detail: str = _measured("What went wrong, in words.", nullable=True)
    http_status: int = _measured("Status of the response.", nullable=True)
    finish_reason: str = _measured("Why the model stopped.", nullable=True)
    prompt_tokens: int = _measured(
        "Tokens of the input, those from a cache included; null where the endpoint did not tell.", nullable=True, ge=0
    )
    completion_tokens: int = _measured(
        "Tokens of the output, reasoning included; null where the endpoint did not tell.", nullable=True, ge=0
    )
    reasoning_tokens: int = _measured("Of the output, where told.", nullable=True, ge=0)
    cached_tokens: int = _measured("Of the input, read from a cache, where told.", nullable=True, ge=0)
    cache_write_tokens: int = _measured("Of the input, written to a cache, where told.", nullable=True, ge=0)
    is_declined: bool = _measured(
        "The endpoint turned the request away, or it did not arrive: it cost nothing.", nullable=True
    )
    reserved_usd: float = _measured(
        "What was set aside for it, in US dollars; null where the model had no price, and before this was kept.",
        nullable=True,
        ge=0,
    )
    cost_usd: float = _measured(
        "Cost in US dollars at the profile's prices of that day; null where it is unknown: the endpoint did not tell "
        "what it used, or the model has no price.",
        nullable=True,
        ge=0,
    )
    latency_ms: float = _measured(
        "From sending to the end of the reply or of its batch, in milliseconds.", nullable=True, ge=0
    )
    started_at: pl.Datetime = _measured("When it was sent (UTC).")
    is_accepted: bool = _measured("The attempt whose reply the call keeps.")
    made_for: str = _measured(
        "Table of this warehouse that it was made for; null when another warehouse made it.", nullable=True
    )
    made_for_source: str = _measured(
        "Source of that table's rows; null when it is not partitioned by source.", nullable=True
    )
    batch_id: str = _measured("Batch that the attempt went with; null when it was sent alone.", nullable=True)
