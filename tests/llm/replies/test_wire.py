"""Reading chat-completions responses."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.replies.wire import NotAReplyError, read_reply


def response(message: Any, **more: Any) -> bytes:
    return orjson.dumps({"choices": [{"message": message, "finish_reason": "stop"}], **more})


def test_all_fields() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "completion_tokens_details": {"reasoning_tokens": 2}}
    raw = response(
        {"content": "c", "reasoning_content": "r", "refusal": "no"}, usage=usage, model="m", system_fingerprint="f"
    )
    assert read_reply(raw) == Reply("c", "r", "no", "stop", 3, 4, 2, "m", "f", False)


@pytest.mark.parametrize(
    ("message", "content", "reasoning"),
    [
        ({"content": None}, None, None),
        ({}, None, None),
        ({"content": ""}, "", None),
        ({"content": "x", "reasoning": "y"}, "x", "y"),
        ({"content": "x", "reasoning_content": "", "reasoning": "y"}, "x", "y"),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab", None),
        ({"content": [{"type": "image"}]}, None, None),
        ({"content": 5, "reasoning": {"no": "text"}}, None, None),
    ],
)
def test_shapes_of_messages(message: dict, content: str | None, reasoning: str | None) -> None:
    reply = read_reply(response(message))
    assert (reply.content, reply.reasoning) == (content, reasoning)


@pytest.mark.parametrize("usage", [None, 7, {}, {"prompt_tokens": "3"}, {"prompt_tokens": -3}, {"prompt_tokens": True}])
def test_counts_that_are_none_are_left_out(usage: Any) -> None:
    assert read_reply(response({"content": "x"}, usage=usage)).prompt_tokens is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"17",
        b"[]",
        b"{}",
        b'{"choices": null}',
        b'{"choices": []}',
        b'{"choices": [3]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": null}]}',
        b'{"error": {"message": "overloaded"}}',
        b'{"choices": [{"message": {"content": "cut o',
        b'{"choices": [{"message": {"content": "\xff"}}]}',
    ],
)
def test_what_is_no_reply(raw: bytes) -> None:
    with pytest.raises(NotAReplyError):
        read_reply(raw)


def test_simulated_marks() -> None:
    assert read_reply(response({"content": "x"}, simulated=True)).is_simulated
    assert read_reply(response({"content": "x"}), is_marked_simulated=True).is_simulated
    assert not read_reply(response({"content": "x"}, simulated="yes")).is_simulated


@given(st.binary())
def test_any_bytes_are_a_reply_or_named_as_none(raw: bytes) -> None:
    with pytest.raises(NotAReplyError):
        read_reply(raw)
