"""The relation `replies`, by which a query reads what became of a step's calls: one row per call."""

import pyarrow as pa

REPLIES = pa.schema(
    [
        ("row_id", pa.string()),
        ("value", pa.string()),
        ("raw_text", pa.string()),
        ("outcome", pa.string()),
        ("outcome_detail", pa.string()),
        ("error_kind", pa.string()),
        ("is_missing", pa.bool_()),
        ("call_keys", pa.list_(pa.string())),
        ("model", pa.string()),
        ("revision", pa.string()),
        ("served_model", pa.string()),
        ("system_fingerprint", pa.string()),
        ("provider_kind", pa.string()),
        ("prompt_hash", pa.string()),
        ("temperature", pa.float64()),
        ("top_p", pa.float64()),
        ("max_tokens", pa.int64()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("reasoning_tokens", pa.int64()),
        ("attempts", pa.int64()),
    ]
)

WRITTEN = ("value", "raw_text")
"""The columns that a model wrote: the parsed reply as JSON, and its text. The others describe the call."""
