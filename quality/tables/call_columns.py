"""The columns of every row that a model call made (or failed to make)."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import Table, column, list_of

from reasonmed_assets.vocabulary import OUTCOMES, PROVIDER_KINDS

_measured = partial(column, origin="call")


class CallColumns(Table):
    """Which calls served the row, by which model, how they ended. Null where the row needed no call."""

    outcome: str = _measured("How the call ended; null where the row needed no call.", nullable=True, isin=OUTCOMES)
    outcome_detail: str = _measured("What went wrong, in words; null when the call completed.", nullable=True)
    call_keys: pl.List = list_of(
        pl.String,
        "Ledger keys of the calls made for this row, the one that was used last; empty where none was needed.",
        origin="call",
    )
    model: str = _measured("Model name as declared.", nullable=True)
    revision: str = _measured("Declared revision: weights, quantisation, chat template.", nullable=True)
    served_model: str = _measured("Model name that the endpoint reported.", nullable=True)
    system_fingerprint: str = _measured("Backend fingerprint that the endpoint reported.", nullable=True)
    provider_kind: str = _measured("Kind of provider behind the model.", nullable=True, isin=PROVIDER_KINDS)
    prompt_hash: str = _measured("Hash of the prompt template.", nullable=True)
    finish_reason: str = _measured("Why the model stopped, as reported.", nullable=True)
    prompt_tokens: int = _measured("Prompt tokens of the last call.", nullable=True, ge=0)
    completion_tokens: int = _measured("Completion tokens of the last call.", nullable=True, ge=0)
    reasoning_tokens: int = _measured("Reasoning tokens of the last call, where reported.", nullable=True, ge=0)
    attempts: int = _measured("Attempts over all calls made for this row, transport retries included.", ge=0)
