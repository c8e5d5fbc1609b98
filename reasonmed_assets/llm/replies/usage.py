"""How many tokens a response says that it used, in the shapes that providers send. Prices are in `config/prices.py`.

What cannot be a count is unknown, never zero: other texts than digits, fractions, negative and absurd numbers; and 0
for a prompt, since none is empty, or for a reply in which something is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TOKENS_MAX = 10_000_000
"""As many as the longest context of any model holds; a larger count is none."""

_DIGITS_MAX = 20
_PLAIN = frozenset({"prompt_tokens", "completion_tokens", "total_tokens"})
_USAGE_KEYS = ("usage", "usageMetadata", "usage_metadata")
"""Keys of a response that hold the counts. Where none does, the first choice is looked at, then the response."""

_IN_DETAILS = {
    "cached_tokens": "cached",
    "cache_read": "cached",
    "cache_read_input_tokens": "cached",
    "cache_write_tokens": "written",
    "cache_creation": "written",
    "cache_creation_tokens": "written",
    "cache_creation_input_tokens": "written",
    "reasoning_tokens": "reasoning",
    "reasoning": "reasoning",
}
_MEANINGS: dict[str, str | dict[str, str]] = {
    "prompt_tokens": "prompt",
    "promptTokenCount": "prompt",
    "prompt_token_count": "prompt",
    "input_tokens": "input",
    "inputTokens": "input",
    "inputTokenCount": "input",
    "input_token_count": "input",
    "prompt_eval_count": "input",
    "tokens_evaluated": "input",
    "toolUsePromptTokenCount": "tools",
    "tool_use_prompt_token_count": "tools",
    "prompt_cache_miss_tokens": "uncached",
    "prompt_n": "uncached",
    "cached_tokens": "cached",
    "num_cached_tokens": "cached",
    "prompt_cache_hit_tokens": "cached",
    "cachedContentTokenCount": "cached",
    "cached_content_token_count": "cached",
    "cache_n": "cached",
    "cache_read_input_tokens": "cached_beside",
    "cacheReadInputTokens": "cached_beside",
    "cache_write_tokens": "written",
    "cache_creation_input_tokens": "written_beside",
    "cacheWriteInputTokens": "written_beside",
    "completion_tokens": "completion",
    "output_tokens": "completion",
    "outputTokens": "completion",
    "outputTokenCount": "completion",
    "output_token_count": "completion",
    "candidatesTokenCount": "completion",
    "candidates_token_count": "completion",
    "generated_tokens": "completion",
    "generated_token_count": "completion",
    "eval_count": "completion",
    "tokens_predicted": "completion",
    "predicted_n": "completion",
    "reasoning_tokens": "reasoning",
    "thoughtsTokenCount": "thoughts",
    "thoughts_token_count": "thoughts",
    "total_tokens": "total",
    "totalTokens": "total",
    "totalTokenCount": "total",
    "total_token_count": "total",
    "prompt_tokens_details": _IN_DETAILS,
    "input_tokens_details": _IN_DETAILS,
    "input_token_details": _IN_DETAILS,
    "completion_tokens_details": _IN_DETAILS,
    "output_tokens_details": _IN_DETAILS,
    "output_token_details": _IN_DETAILS,
}
"""What the names of counts mean. `tools`, `thoughts`, `cached_beside` and `written_beside` are counted beside the rest
of the input or output, `cached`, `written` and `reasoning` are part of it, `uncached` is the rest of it alone; `input`
is the rest where the cache is counted beside it, else the whole."""
_DEEPER = ("timings", "tokens", "billed_units")
"""Keys under which Cohere and llama.cpp have their counts."""


class Usage(NamedTuple):
    """Tokens of one call; None where the response does not tell.

    Attributes:
        prompt_tokens: all input, what was read from or written to a cache included.
        completion_tokens: all output, reasoning included.
        reasoning_tokens: of the output.
        cached_tokens: of the input, read from a cache.
        cache_write_tokens: of the input, written to a cache.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


def read_usage(response: Mapping[str, Any], *, has_text: bool) -> Usage:
    """The counts in a response.

    Providers differ in what a count includes. A completion is at least what the total has beyond the prompt:
    max(completion, total - prompt).

    Args:
        response: the body of the response.
        has_text: something is written in it, so that the output cannot be 0.
    """
    usage = _usage_of(response)
    plain = _plain(usage)
    if plain is not None:
        return plain
    told: dict[str, int] = {}
    _collect(usage, _MEANINGS, told)
    for key in _DEEPER:
        if "completion" not in told and isinstance(usage.get(key), dict):
            _collect(usage[key], _MEANINGS, told)
    cached = max((told[key] for key in ("cached", "cached_beside") if key in told), default=None)
    written = max((told[key] for key in ("written", "written_beside") if key in told), default=None)
    prompt, reasoning, total = _prompt(told, cached or 0, written or 0), told.get("reasoning"), told.get("total")
    completion = told.get("completion")
    if "thoughts" in told:
        reasoning = told["thoughts"]
        completion = (completion or 0) + reasoning
    elif completion is not None and (reasoning or 0) > completion:
        completion += reasoning or 0  # xAI counts it beside the rest
    if prompt is None and None not in (total, completion):
        prompt = total - completion  # type: ignore[operator]
    if total is not None and prompt is not None:
        completion = max(completion or 0, total - prompt)
    prompt, completion = _plausible(prompt) or None, _plausible(completion)
    if completion == 0 and has_text:
        completion = None
    if (cached or 0) + (written or 0) > (prompt or 0):
        cached = written = None
    if (reasoning or 0) > (completion or 0):
        reasoning = None
    return Usage(prompt, completion, reasoning, cached, written)


def _plain(usage: Mapping[str, Any]) -> Usage | None:
    """The counts where there are but the usual three, and they agree: no provider means anything else by them."""
    if not (usage.keys() <= _PLAIN or all(name in _PLAIN or value is None for name, value in usage.items())):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(prompt) is not int or type(completion) is not int or usage.get("total_tokens") != prompt + completion:
        return None
    return Usage(prompt, completion) if 0 < prompt <= TOKENS_MAX and 0 < completion <= TOKENS_MAX else None


def _usage_of(response: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in _USAGE_KEYS:
        usage = response.get(key)
        if isinstance(usage, dict) and usage:
            return usage
    choices = response.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    usage = first.get("usage") if isinstance(first, dict) else None
    return usage if isinstance(usage, dict) and usage else response


def _collect(counts: Mapping[str, Any], meanings: Mapping[str, Any], told: dict[str, int]) -> None:
    """The counts by their meaning; of several with one meaning the largest."""
    for name, value in counts.items():
        meaning = meanings.get(name)
        if meaning is None:
            continue
        if isinstance(meaning, dict):
            if isinstance(value, dict):
                _collect(value, meaning, told)
            continue
        count = _count(value)
        if count is not None and count >= told.get(meaning, 0):
            told[meaning] = count


def _prompt(told: Mapping[str, int], cached: int, written: int) -> int | None:
    """The whole input."""
    is_beside = "cached_beside" in told or "written_beside" in told
    whole, tools = told.get("prompt"), told.get("tools", 0)
    if whole is not None and is_beside:
        # Gateways have the cache in this count, or beside it as Anthropic: then it does not fit, or the total tells.
        rest = whole + told.get("completion", 0)
        is_beside = cached + written > whole or told.get("total") == rest + cached + written
    if not whole:
        whole = told.get("input")
    if not whole and "uncached" in told:
        return told["uncached"] + cached
    if whole is None:
        return None
    return whole + tools + (cached + written if is_beside else 0)


def _count(value: Any) -> int | None:
    """A count, however it is written: 10, 10.0 or "10"."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _DIGITS_MAX or not text.isascii():
            return None
        try:
            value = float(text) if "." in text else int(text)
        except ValueError:
            return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    return _plausible(value) if type(value) is int else None


def _plausible(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= TOKENS_MAX else None
