"""Why a reply ended, in the words of any provider: one table, `WORDS`, of what each word means.

A word is compared without case, prefix (`FINISH_REASON_SAFETY`) and kind of separator (`maxTokens`, `max-tokens`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Finish(StrEnum):
    """What a finish reason says of a reply.

    Whole: the model came to its end. Truncated: the reply reached a bound on its length. Filtered: the provider stopped
    it, not the model. Broken off: the endpoint failed, so that there is no reply and the call is made again. Unknown:
    another word, or none; the reply is taken for whole, and counted.
    """

    WHOLE = "whole"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    BROKEN_OFF = "broken_off"
    UNKNOWN = "unknown"


WORDS = {
    Finish.WHOLE: (
        "stop stopped stop_sequence stop_token stop_str stop_string stop_words end end_turn end_of_turn end_of_text "
        "end_of_sequence endoftext eos eos_token eos_token_id complete completed completion finish finished done "
        "success succeeded natural normal tool_calls tool_call tool_use function_call function_calls"
    ),
    Finish.TRUNCATED: (
        "length max_length length_limit max_tokens max_token max_output_tokens max_completion_tokens max_new_tokens "
        "max_tokens_reached max_tokens_exceeded token_limit token_limit_reached model_length "
        "model_context_window_exceeded context_length context_length_exceeded context_window_exceeded "
        "context_limit context_overflow limit "
        "error_limit incomplete truncated repetition repetition_detected"
    ),
    Finish.FILTERED: (
        "content_filter content_filtered content_filtering content_blocked content_policy content_policy_violation "
        "content_moderation safety recitation blocklist prohibited_content spii language image_safety image_recitation "
        "image_prohibited_content model_armor guardrail guardrails guardrail_intervened refusal refused moderation "
        "moderated flagged blocked filter filtered sensitive sensitive_content unsafe toxic error_toxic "
        "policy_violation jailbreak copyright"
    ),
    Finish.BROKEN_OFF: (
        "error abort aborted cancel canceled cancelled user_cancel failed failure fault insufficient_system_resource "
        "insufficient_system_resources network_error server_error internal_error internal_server_error upstream_error "
        "engine_error model_error provider_error unavailable service_unavailable overload overloaded rate_limit "
        "rate_limited timeout timed_out time_limit deadline_exceeded interrupted interrupt preempted disconnect "
        "disconnected connection_error connection_lost shutdown load unload pause pause_turn in_progress queued "
        "malformed_function_call malformed_response malformed_tool_call unexpected_tool_call too_many_tool_calls "
        "missing_thought_signature no_image image_other other unspecified out_of_memory oom killed exception"
    ),
}
"""Every known word by the ending that it means."""

_MEANINGS = {
    Finish.WHOLE: "whole",
    Finish.TRUNCATED: "`truncated`: the reply reached a bound on its length",
    Finish.FILTERED: "`filtered`: the provider stopped it, not the model",
    Finish.BROKEN_OFF: "broken off: no reply, asked again",
}

_STEMS = (
    (Finish.BROKEN_OFF, ("error", "abort", "cancel", "fail", "interrupt", "malformed", "timeout", "timed_out",
                         "unavailable", "overload", "rate_limit", "resource", "disconnect", "exception")),
    (Finish.FILTERED, ("filter", "safety", "moderat", "guardrail", "prohibit", "policy", "blocked", "recitation")),
    (Finish.TRUNCATED, ("length", "max_token", "token_limit", "tokens_limit", "tokens_exceeded", "context_window",
                        "truncat")),
)  # fmt: skip
"""What in an unlisted word tells its ending, in this order: nothing that may be cut off passes for whole."""

_ENDINGS = {word: ending for ending, words in WORDS.items() for word in words.split()}
NO_WORD = "none"
"""What stands for a missing finish reason where they are counted."""
_NO_WORDS = frozenset({"", "null", "none", "nil", "undefined"})
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_PREFIX = re.compile(r"(?:finish|stop|done|end)_?reason_(?=.)")


@lru_cache(1_000)
def finish_of(finish_reason: str | None) -> Finish:
    """What a finish reason means; `UNKNOWN` where it is none that is known."""
    if finish_reason is None:
        return Finish.UNKNOWN
    whole = _plain(finish_reason)
    first = _plain(finish_reason.partition(":")[0])
    known = _ENDINGS.get(whole) or _ENDINGS.get(first)
    if known is not None:
        return known
    return next((ending for ending, stems in _STEMS if any(stem in whole for stem in stems)), Finish.UNKNOWN)


@lru_cache(1_000)
def is_word(finish_reason: str | None) -> bool:
    """Whether there is a finish reason at all: some endpoints write "null" or nothing for none."""
    return finish_reason is not None and _plain(finish_reason) not in _NO_WORDS


def words_table() -> str:
    """`WORDS` in Markdown."""
    rows = (
        f"| {_MEANINGS[finish]} | {', '.join(f'`{word}`' for word in words.split())} |"
        for finish, words in WORDS.items()
    )
    return "\n".join(("| what it means | words |", "| --- | --- |", *rows))


def _plain(word: str) -> str:
    word = _SEPARATORS.sub("_", _INNER_CAPITAL.sub("_", word.strip()).casefold()).strip("_")
    return _PREFIX.sub("", word, count=1)
