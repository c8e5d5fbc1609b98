"""What the readers read when all is well: small, and with every part that a reader looks at."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets.llm.ledger.compression import Frames
from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.roles import ROLES

_LEDGERS = Path(__file__).parents[1] / "llm" / "ledger" / "ledgers"

# Endpoints

PATH = b"Urate is made by xanthine oxidase. Allopurinol blocks it.\n\nFinal answer: B. Allopurinol"
TEXTS = {
    "verifier": b'{"verdict": "Correct", "reason": "It blocks the enzyme."}',
    "ranker": b'{"score": 4.5, "justification": "It is complete."}',
    "regenerator": orjson.dumps({"supports_key": True, "path": PATH.decode()}),
    "evaluator": b'{"clinical_accuracy": 9, "logic": 8, "factual_correctness": 9, "completeness": 7, '
    b'"justification": "Sound."}',
}
"""The text of a reply by role; of the other roles it is `PATH`."""
_MESSAGE = {"role": "assistant", "content": PATH.decode(), "reasoning_content": "Urate.", "refusal": None}
_USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 4,
    "total_tokens": 13,
    "completion_tokens_details": {"reasoning_tokens": 2},
    "prompt_tokens_details": {"cached_tokens": 3},
}
RESPONSE = orjson.dumps(
    {"id": "x", "model": "m", "choices": [{"index": 0, "message": _MESSAGE, "finish_reason": "stop"}], "usage": _USAGE}
)
_CHUNKS = (({"role": "assistant", "content": "Urate. "}, None), ({"content": "Final answer: B"}, "stop"))
STREAM = b"".join(
    b"data: " + orjson.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}) + b"\n\n"
    for delta, reason in _CHUNKS
) + b"data: [DONE]\n\n"  # fmt: skip
ERRORS = (
    b'{"error": {"message": "Rate limit reached, try again in 6m0s", "type": "tokens", "code": "rate_limit_exceeded"}}',
    b'{"detail": [{"loc": ["body", "messages", 0], "msg": "context length exceeded", "type": "value_error"}]}',
    b'{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "37.5s"}]}}',
    b"<html><body><h1>502 Bad Gateway</h1></body></html>",
)
HEADERS = b"500\n0\n6m0s\n0\n250ms\nFri, 20 Nov 2026 10:00:00 GMT\n17.5"
BATCH_LINES = (
    b'{"custom_id": "a", "response": {"status_code": 200, "body": ' + RESPONSE + b'}, "error": null}\n'
    b'{"custom_id": "b", "response": null, "error": {"code": "batch_expired", "message": "Expired."}}\n'
    b'{"custom_id": "c", "response": {"status_code": 429, "body": ' + ERRORS[0] + b"}}\n"
)

# Sources

SOURCE = """name = "mine"
title = "Mine"
licence = "CC-BY-4.0"
language = "en"
[layouts.native]
format = "{format}"
question = "stem"
options = ["a", "b", "c"]
context = "context"
explanation = "why"
native_id = {native_id}
subject = "subject"
gold = {{ field = "right", encoding = "index", bases = [1, 0] }}
[splits.train]
role = "train"
alternatives = [{{ files = ["questions"] }}]
except_ids_in = "ids.json"
"""
DECLARATION = SOURCE.format(format="jsonl", native_id='"id"').encode()
_RECORDS = [
    {
        "id": f"q{n}",
        "stem": f"Which drug is right for case {n}?",
        "a": "Colchicine",
        "b": f"Allopurinol {n}",
        "c": "Probenecid",
        "right": "2",
        "context": "Adults with gout.",
        "why": None,
        "subject": "Pharmacology",
    }
    for n in range(3)
]
IDS = b'["q2"]'
JSON_LINES = b"\n".join(map(orjson.dumps, _RECORDS)) + b"\n"
JSON_COLUMNS = orjson.dumps({name: {str(at): row[name] for at, row in enumerate(_RECORDS)} for name in _RECORDS[0]})
JSON = orjson.dumps({record["id"]: record for record in _RECORDS}, option=orjson.OPT_INDENT_2)


def parquet_file() -> bytes:
    """The records in Parquet."""
    data = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_RECORDS), data)
    return data.getvalue()


def csv_file() -> bytes:
    """The records in CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(_RECORDS[0]))
    writer.writeheader()
    writer.writerows(_RECORDS)
    return out.getvalue().encode()


# Settings

PROFILE = b"""extends = "simulated"
name = "mine"
description = "Mine."
limit = 3

[roles.verifier]
temperature = 0.5
votes = 3

[providers.mine]
kind = "real"
base_url = "http://127.0.0.1:9/v1"
max_in_flight = 8
timeout_s = 2.5

[checks.thresholds]
false_accept_share_max = 0.5

[sources]
declared = ["mmlu"]
split_roles = { "mmlu.val" = "unused" }
"""
ASSIGNMENTS = (b"roles.verifier.temperature=0.2", b"limit=3", b"sources.declared = ['mmlu']")
LAUNCH = b'{"roles.verifier.temperature": 0.2, "limit": 3, "rules.rewrite_rounds": 1}'

# People

QUESTIONS = pl.DataFrame(
    {
        "question_id": ["0123456789abcdef", "fedcba9876543210"],
        "source": ["medqa", "pubmedqa"],
        "native_id": [None, "777"],
        "options": [["Insulin", "Metformin"], ["yes", "no", "maybe"]],
        "gold_letter": ["A", "A"],
        "gold_text": ["Insulin", "yes"],
    }
)
OVERRIDES = b"""[[drop]]
question_id = "0123456789abcdef"
reason = "See the guideline."
decided_by = "Dr. A."
decided_on = 2026-11-20

[[correct_key]]
source = "pubmedqa"
native_id = "777"
gold_text = "maybe"
reason = "The authors corrected it."
decided_by = "Dr. B."
decided_on = "2026-11-21"
"""
_COLUMNS = ("example_id", "content_hash", "key_verdict", "reasoning_verdict", "answer_verdict", "comment", "reviewer")
_FILLED_IN = ("0123456789abcdef", "fedcba9876543210", "right", "wrong", "unsure", "The dose is old.", "Dr. A.")
SHEET = f"{','.join(_COLUMNS)}\r\n{','.join(_FILLED_IN)}\r\n{','.join(_FILLED_IN[:2])},,,,,\r\n".encode()
PAGE = orjson.dumps([dict(zip(_COLUMNS, _FILLED_IN, strict=True))] * 2)

# What a warehouse holds

RECIPES = b"""{"format": 1, "warehouse_id": "w", "provider_kind": "real", "data_dir": {"path in the warehouse": "data"},
"versions": [{"number": 1, "set_at": "2026-11-26T09:28:27+00:00", "set_by": "a", "first_build": null, "recipe":
{"profile": "simulated", "kept": {"values": {"seed": 1}, "digest": ""}, "data_dir": null, "ledger": null, "limit": 2,
"limits": {"medqa": 3}, "set": {"rules.audit_share": 0.5}}}]}"""
BINDING = b'{"provider_kind": "real", "data_dir": "/data", "warehouse_id": "w"}'
AUDIT = orjson.dumps(
    {
        "table": "questions",
        "partition": None,
        "run_id": "r",
        "profile": "p",
        "audited_at": "2026-11-20T10:00:00+00:00",
        "rows": 3,
        "thresholds": {"x": 0.5},
        "outcomes": [],
    }
)
MANIFEST = b'{"files": {"sets.json": "%s"}}' % (b"0" * 64)
FRAME = Frames().compress("verifier", [RESPONSE])[0]


def ledgers() -> tuple[bytes, ...]:
    """Ledgers that earlier versions wrote, as files."""
    found = []
    for dump in sorted(_LEDGERS.glob("*.sql")):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.executescript(dump.read_text(encoding="utf-8"))
            found.append(connection.serialize())
    return tuple(found)


# The simulated endpoint

FIELDS: dict[str, Any] = {
    "context": "Adults with gout were followed.",
    "question": "Which drug lowers urate by blocking xanthine oxidase?",
    "options": ["Colchicine", "Allopurinol", "Probenecid"],
    "gold_letter": "B",
    "gold_text": "Allopurinol",
    "path_text": PATH.decode(),
    "verdict": "error",
    "verdict_reason": "It passes over probenecid.",
    "feedback": ["(concludes A) Colchicine does not lower urate."],
}
"""The input row of a call."""
REQUESTS = [
    orjson.dumps({"model": "m", "messages": render(role, FIELDS), "max_tokens": 300, "seed": 1}) for role in ROLES
]
