"""Table `llm_calls`."""

import polars as pl
from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import OUTCOMES, PROVIDER_KINDS


@table(
    "llm_calls",
    group="provenance",
    grain="One row per attempt of a model call that this warehouse made or used.",
    key="attempt_id",
    partitioned=False,
)
class LlmCalls(Table):
    """One row per attempt of a model call that this warehouse made or used."""

    attempt_id: str = column("Ledger key and attempt number.", unique=True)
    call_key: str = column("Ledger key: hash of provider, model, revision, body and sample.")
    attempt: int = column("Attempt number of the call, from 1.", ge=1)
    role: str = column("Model role.")
    provider: str = column("Provider as declared.")
    provider_kind: str = column("Kind of provider.", isin=PROVIDER_KINDS)
    model: str = column("Model name as declared.")
    revision: str = column("Declared revision.")
    served_model: str = column("Model name that the endpoint reported.", nullable=True)
    outcome: str = column("How the attempt ended.", isin=OUTCOMES)
    detail: str = column("What went wrong, in words.", nullable=True)
    http_status: int = column("Status of the response.", nullable=True)
    finish_reason: str = column("Why the model stopped.", nullable=True)
    prompt_tokens: int = column("Prompt tokens.", nullable=True, ge=0)
    completion_tokens: int = column("Completion tokens.", nullable=True, ge=0)
    cost_usd: float = column("Cost in US dollars at the profile's prices.", nullable=True, ge=0)
    latency_ms: float = column(
        "From sending to the end of the reply or of its batch, in milliseconds.", nullable=True, ge=0
    )
    started_at: pl.Datetime = column("When it was sent (UTC).")
    is_accepted: bool = column("The attempt whose reply the call keeps.")
    made_for: str = column(
        "Table of this warehouse that it was made for; null when another warehouse made it.", nullable=True
    )
    made_for_source: str = column("Source of that table.", nullable=True)
    batch_id: str = column("Batch that the attempt went with; null when it was sent alone.", nullable=True)
