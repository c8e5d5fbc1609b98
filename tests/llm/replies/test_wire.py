"""Reading chat-completions responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.replies import wire
from reasonmed_assets.llm.replies.wire import BrokenOffError, NotAReplyError, read_reply


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


@pytest.mark.parametrize(
    "usage", [None, 7, {}, {"prompt_tokens": "few"}, {"prompt_tokens": -3}, {"prompt_tokens": True}]
)
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
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV*H",
        b"data: [DONE]\n\n",
        b'data: {"choices": [{"delta": {"content": "cut o',
        b": OPENROUTER PROCESSING\n\n",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_reply(raw: bytes) -> None:
    with pytest.raises(NotAReplyError):
        read_reply(raw)


ANSWER = "Heparin acts at once. Final answer: B. Heparin"


def chunk(delta: Any = None, finish_reason: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """A chunk of a streamed reply."""
    choice = {"index": index, "delta": delta, "finish_reason": finish_reason}
    return {"object": "chat.completion.chunk", "choices": [choice], **more}


def events(*chunks: Any, last: bytes = b"data: [DONE]\n\n", line: bytes = b"\n") -> bytes:
    """Server-sent events."""
    return (b"".join(b"data: " + orjson.dumps(part) + b"\n\n" for part in chunks) + last).replace(b"\n", line)


WHOLE = response({"content": ANSWER})
USAGE = {"prompt_tokens": 9, "completion_tokens": 4}

UNTIDY = {
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "UTF-16": WHOLE.decode().encode("utf-16"),
    "comment lines before it": b": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" + WHOLE,
    "blank lines before it": b"\n\n\r\n  " + WHOLE,
    "[DONE] behind it": WHOLE + b"\n\n[DONE]",
    "an event's [DONE] behind it": WHOLE + b"\ndata: [DONE]\n\n",
    "a comment behind it": WHOLE + b"\n<!-- served by cache-7 -->",
    "another beginning behind it": WHOLE + b'\n{"choices": [{"mess',
    "NaN": WHOLE[:-1] + b', "score": NaN, "low": -Infinity}',
    "a long number": WHOLE[:-1] + b', "id": ' + b"9" * 5_000 + b"}",
    "a line feed in a string": WHOLE.replace(b"once. ", b"once.\n"),
    "a key twice": b'{"choices": [],' + WHOLE[1:-1] + b', "choices": null}',
    "a lone surrogate elsewhere": WHOLE[:-1] + b', "id": "\\ud83d"}',
    "half a character elsewhere": WHOLE[:-1] + b', "id": "\xf0\x9f"}',
    "within a list": b"[" + WHOLE + b"]",
    "an error that says nothing": WHOLE[:-1] + b', "error": {"code": null, "message": "", "details": []}}',
    "no error": WHOLE[:-1] + b', "error": null, "errors": []}',
    "one event": events({"choices": [{"message": {"content": ANSWER}, "finish_reason": "stop"}]}),
    "events": events(chunk({"role": "assistant", "content": ""}), chunk({"content": ANSWER[:9]}),
                     chunk({"content": ANSWER[9:]}), chunk({}, "stop"), {"choices": [], "usage": USAGE}),
    "events with carriage returns": events(chunk({"content": ANSWER}), chunk({}, "stop"), line=b"\r\n"),
    "events without [DONE]": events(chunk({"content": ANSWER}), chunk(None, "stop"), last=b""),
    "events whose last one is cut": events(chunk({"content": ANSWER}), chunk({}, "stop"), last=b'data: {"usage": {'),
    "events with names and comments": b"event: message\nid: 1\nretry: 5\n" + events(chunk({"content": ANSWER}))[:-14]
    + b": ping\n\nevent: end\n" + events(chunk({"content": None}, "stop")),
    "events in lines": b'data:{"choices": [{"index": 0,\ndata: "delta": {"content": "' + ANSWER.encode()
    + b'"},\ndata: "finish_reason": "stop"}]}\n\n',
    "chunks without events": b"\n".join(map(orjson.dumps, (chunk({"content": ANSWER}), chunk({}, "stop")))),
    "chunks, then the message": events(chunk({"content": "Hepar"}), {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}]}),
    "chunks, then an empty message": events(chunk({"content": ANSWER}), {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}]}),
    "one chunk": orjson.dumps(chunk({"content": ANSWER}, "stop")),
    "an older completion": orjson.dumps({"choices": [{"text": ANSWER, "finish_reason": "stop"}]}),
}  # fmt: skip


@pytest.mark.parametrize("raw", UNTIDY.values(), ids=UNTIDY)
def test_an_untidy_response_is_read(raw: bytes) -> None:
    reply = read_reply(raw)
    assert " ".join((reply.content or "").split()) == ANSWER
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize("half", [b"\\ud83d", b"\\uDC4D", b"\xf0\x9f\x98", b"\xff", b"\xed\xa0\xbd"])
def test_half_a_character_is_replaced(half: bytes) -> None:
    content = read_reply(WHOLE.replace(b"Heparin acts", b"\\ud83d\\ude00 " + half)).content
    assert content is not None
    assert content.replace("\ufffd", "") == f"😀  at once.{ANSWER.partition('once.')[2]}"
    assert "\ufffd" in content
    content.encode()


def test_a_character_that_two_chunks_share_is_whole() -> None:
    raw = events(chunk({"content": "A"}), chunk({"content": "B"}, "stop"))
    assert read_reply(raw.replace(b"A", b"\\ud83d").replace(b"B", b"\\ude00")).content == "😀"


def test_everything_in_a_stream_is_put_together() -> None:
    raw = events(
        chunk({"role": "assistant", "reasoning_content": "Think", "content": None}, model="m", system_fingerprint="f"),
        chunk({"content": "second"}, index=1),
        chunk({"reasoning_content": "ing", "tool_calls": [{"index": 0, "id": "t", "function": {"name": "x"}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}], "refusal": "no"}),
        chunk({"content": [{"type": "text", "text": "a"}]}),
        chunk({"content": [{"type": "text", "text": "b"}]}, "stop"),
        {"choices": [], "usage": USAGE},
        {"choices": [], "usage": None},
    )
    assert read_reply(raw) == Reply("ab", "Thinking", "no", "stop", 9, 4, None, "m", "f", tool_arguments='{"a": 1}')


CUT = "The options are A. Aspirin, which would be"


def broken(finish_reason: Any = "error", content: Any = CUT, **more: Any) -> bytes:
    """A response that was broken off."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    return orjson.dumps({"choices": [choice | more.pop("choice", {})], "usage": USAGE, **more})


BROKEN = {
    "error": broken(),
    "abort": broken("abort"),
    "deepseek": broken("insufficient_system_resource"),
    "a word that names a failure": broken("upstream_fetch_failed"),
    "gemini": broken("MALFORMED_FUNCTION_CALL"),
    "vertex": broken("FINISH_REASON_OTHER"),
    "anthropic": broken("pause_turn"),
    "the router hides it": broken("stop", choice={"native_finish_reason": "error"}),
    "no word, no text": broken(None, ""),
    "no word, null": broken(None, None),
    "the word null": broken("null", None),
    "an error beside the choices": broken(None, "", error={"code": 502, "message": "bad gateway"}),
    "an error in the choice": broken("stop", choice={"error": {"code": 502, "message": "bad gateway"}}),
    "an error beside a text": broken("stop", error={"message": "the connection to the provider was lost"}),
    "a text as error": broken("stop", error="overloaded"),
    "errors": broken("stop", errors=[{"message": "overloaded"}]),
    "a stream that stops": events(chunk({"content": CUT}), last=b""),
    "a stream that stops in an event": events(chunk({"content": CUT}), last=b'data: {"choices": [{"delta": {"con'),
    "a stream with an error": events(chunk({"content": CUT}), {"error": {"code": 502}}),
    "a stream with an error event": events(chunk({"content": CUT})) + b'event: error\ndata: {"message": "lost"}\n\n',
    "a stream with an error in its choice": events(chunk({"content": CUT}), chunk({}, "error")),
    "a stream with garbage in it": events(chunk({"content": CUT}), last=b"data: lost\n\n")
    + events(chunk({"content": "!"})),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_what_the_endpoint_broke_off_is_no_reply(raw: bytes) -> None:
    with pytest.raises(BrokenOffError) as raised:
        read_reply(raw)
    assert raised.value.partial is not None
    assert raw.startswith(b"data") or raised.value.partial.completion_tokens == 4


@pytest.mark.parametrize(
    ("raw", "report"),
    [
        (b'{"error": {"code": 429}}', {"code": 429}),
        (b'[{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}]', {"code": 400, "status": "INVALID_ARGUMENT"}),
        (b'{"error": "overloaded", "choices": null}', "overloaded"),
        (b'{"error": ["slow", "down"], "choices": []}', ["slow", "down"]),
        (b'{"object": "error", "message": "m", "code": 503}', {"object": "error", "message": "m", "code": 503}),
        (b'{"choices": null, "base_resp": {"status_code": 1002}}', {"base_resp": {"status_code": 1002}}),
        (b'data: {"error": {"code": 503}}\n\n', {"code": 503}),
        (b'event: error\ndata: {"code": 503}\n\n', {"code": 503}),
    ],
)
def test_what_an_error_says_is_handed_on(raw: bytes, report: Any) -> None:
    with pytest.raises(BrokenOffError) as raised:
        read_reply(raw)
    assert raised.value.report == report


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (broken("stop", choice={"native_finish_reason": "MAX_TOKENS"}), "MAX_TOKENS"),
        (broken("stop", choice={"native_finish_reason": "completed"}), "stop"),
        (broken("length", choice={"native_finish_reason": "stop"}), "length"),
        (broken("stop", choice={"stop_reason": "</s>"}), "stop"),
        (broken("stop", choice={"stop_reason": 128009}), "stop"),
        (broken(None, choice={"stop_reason": "max_tokens"}), "max_tokens"),
        (broken(None, done_reason="length"), "length"),
        (broken(None, choice={"finish_details": {"type": "max_tokens"}}), "max_tokens"),
        (broken("stop", choice={"content_filter_results": {"hate": {"filtered": True}}}), "content_filter"),
        (broken("stop", choice={"content_filter_results": {"hate": {"filtered": False}}}), "stop"),
        (broken("stop", choice={"safety_ratings": [{"category": "x", "blocked": True}]}), "content_filter"),
        (broken("length", choice={"content_filter_results": {"hate": {"filtered": True}}}), "length"),
        (broken(None), None),
        (broken(""), None),
        (broken("whatever"), "whatever"),
        (b'{"choices": [], "promptFeedback": {"blockReason": "SAFETY"}}', "content_filter: SAFETY"),
        (b'{"prompt_feedback": {"block_reason": "OTHER"}}', "content_filter: OTHER"),
        (
            b'{"choices": [], "prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": true}}}]}',
            "content_filter",
        ),
    ],
)
def test_the_word_that_decides(raw: bytes, reason: str | None) -> None:
    assert read_reply(raw).finish_reason == reason


PARTS = {
    "thinking": ([{"type": "thinking", "thinking": "r"}, {"type": "text", "text": "c"}], "c", "r"),
    "mistral": ([{"type": "thinking", "thinking": [{"type": "text", "text": "r"}]}, {"type": "text", "text": "c"}],
                "c", "r"),
    "reasoning": ([{"type": "reasoning", "text": "r"}, {"type": "text", "text": "c"}], "c", "r"),
    "reasoning in its own field": ([{"type": "reasoning", "reasoning": "r"}, {"type": "output_text", "text": "c"}],
                                   "c", "r"),
    "a summary": ([{"type": "reasoning", "summary": [{"type": "summary_text", "text": "r"}]}, "c"], "c", "r"),
    "gemini": ([{"text": "r", "thought": True}, {"text": "c"}], "c", "r"),
    "no types": ([{"thinking": "r"}, {"text": "c"}], "c", "r"),
    "redacted": ([{"type": "redacted_thinking", "data": "=="}, {"type": "text", "text": "c"}], "c", None),
    "one part": ({"type": "text", "text": "c"}, "c", None),
    "a text with a value": ([{"type": "text", "text": {"value": "c", "annotations": []}}], "c", None),
    "parts within": ({"parts": [{"text": "c"}, {"text": "d"}]}, "cd", None),
    "texts": (["c", "d"], "cd", None),
    "an object": ({"verdict": "correct", "reasoning": "x"}, '{"verdict":"correct","reasoning":"x"}', None),
    "an object as part": ([{"type": "text", "text": "c"}, {"type": "weather"}], "c", None),
}  # fmt: skip


@pytest.mark.parametrize(("content", "text", "reasoning"), PARTS.values(), ids=PARTS)
def test_content_in_parts(content: Any, text: str, reasoning: str | None) -> None:
    reply = read_reply(response({"content": content}))
    assert (reply.content, reply.reasoning, reply.unreadable) == (text, reasoning, None)


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": "r"},
        {"reasoning": "r"},
        {"reasoning": {"content": "r"}},
        {"reasoning": [{"type": "summary_text", "text": "r"}]},
        {"reasoning_content": None, "reasoning_details": [{"type": "reasoning.text", "text": "r"}]},
        {
            "reasoning_details": [
                {"type": "reasoning.encrypted", "data": "=="},
                {"type": "reasoning.summary", "summary": "r"},
            ]
        },
        {"thinking": "r"},
        {"thinking_blocks": [{"type": "thinking", "thinking": "r", "signature": "s"}]},
        {"reasoning": "r", "reasoning_details": [{"type": "reasoning.text", "text": "r"}]},
    ],
)
def test_reasoning_is_found_where_it_may_be(message: dict[str, Any]) -> None:
    reply = read_reply(response({"content": "c", **message}))
    assert (reply.content, reply.reasoning) == ("c", "r")


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "tool_calls": [{"function": {"name": "f", "arguments": '{"a":1}'}}]},
        {"content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]},
        {"content": None, "function_call": {"name": "f", "arguments": '{"a":1}'}},
        {"content": None, "tool_calls": [{"custom": {"input": '{"a":1}'}}, None, {"function": None}]},
        {"content": [{"type": "tool_use", "name": "f", "input": {"a": 1}}]},
    ],
)
def test_the_arguments_of_a_tool(message: dict[str, Any]) -> None:
    assert read_reply(response(message)).tool_arguments == '{"a":1}'


@pytest.mark.parametrize("content", [5, True, 0.5, [{"type": "image_url", "image_url": {"url": "x"}}], [5], [[]]])
def test_a_content_that_cannot_be_read_is_a_reply(content: Any) -> None:
    reply = read_reply(response({"content": content}, usage=USAGE))
    assert reply.unreadable is not None
    assert (reply.content, reply.completion_tokens) == (None, 4)


def test_a_reply_that_is_nested_too_deeply_is_one() -> None:
    raw = WHOLE[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert read_reply(raw).unreadable == "its JSON is nested too deeply"


@pytest.mark.parametrize("indexes", [(1, 0), (2, 1, 0), ("1", "0"), (None, 0), (5, "0")], ids=str)
def test_the_choice_with_index_0_counts(indexes: tuple[Any, ...]) -> None:
    choices = [
        {"index": index, "message": {"content": "c" if index in (0, "0") else "other"}, "finish_reason": "stop"}
        for index in indexes
    ]
    assert read_reply(orjson.dumps({"choices": choices})).content == "c"


def test_simulated_marks() -> None:
    assert read_reply(response({"content": "x"}, simulated=True)).is_simulated
    assert read_reply(response({"content": "x"}), is_marked_simulated=True).is_simulated
    assert not read_reply(response({"content": "x"}, simulated="yes")).is_simulated


@given(st.binary())
def test_any_bytes_are_a_reply_or_named_as_none(raw: bytes) -> None:
    with pytest.raises(NotAReplyError):
        read_reply(raw)


_NOTHING = st.sampled_from([None, "", [], {}, 0, False])
_SAID = st.sampled_from(["x", " ", "error", "length", 1, True, ["x"], {"error": "x"}, {"filtered": True}])
_ODD = st.dictionaries(
    st.sampled_from(["error", "errors", "finish_reason", "native_finish_reason", "stop_reason", "refusal", "reasoning",
                     "tool_calls", "annotations", "delta", "text", "content_filter_results", "simulated", "index",
                     "promptFeedback", "object", "logprobs", "usage"]),
    _NOTHING | _SAID,
    max_size=3,
)  # fmt: skip


@given(_ODD, _ODD, _ODD, st.sampled_from(["stop", "length", None, "error"]), st.sampled_from(["c", "", None, ["c"]]))
def test_a_quick_look_sees_what_a_close_one_sees(
    in_message: dict, in_choice: dict, in_response: dict, reason: str | None, content: Any
) -> None:
    choice = {"index": 0, "finish_reason": reason, **in_choice, "message": {"content": content, **in_message}}
    raw = orjson.dumps({"object": "chat.completion", **in_response, "choices": [choice]})

    def seen(read: Callable[[], Reply]) -> Reply | str:
        try:
            return read()
        except BrokenOffError as error:
            return str(error)

    closely = seen(lambda: wire._judged(orjson.loads(raw), raw, False, is_open=False))
    assert seen(lambda: read_reply(raw)) == closely
