"""How personas write a message and count its tokens. Each function is one of the shapes that providers send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reasonmed_assets.servers.personas.persona import Tokens


def answer_only(thought: str | None, answer: str | None) -> dict[str, Any]:
    """Thoughts, if any, are not shown."""
    return {"content": answer}


def in_fields(*names: str) -> Callable[[str | None, str | None], dict[str, Any]]:
    """The thought in fields of its own."""
    return lambda thought, answer: {"content": answer, **dict.fromkeys(names, thought)}


def in_tags(thought: str | None, answer: str | None) -> dict[str, Any]:
    """The thought between `<think>` tags in the content."""
    return {"content": f"<think>\n{thought}\n</think>\n\n{answer}", "reasoning_content": None, "tool_calls": []}


def after_a_closing_tag(thought: str | None, answer: str | None) -> dict[str, Any]:
    """The chat template opened the tag, so that the content only closes it."""
    return {"content": f"{thought}\n</think>\n\n{answer}"}


def in_thinking_parts(thought: str | None, answer: str | None) -> dict[str, Any]:
    """The content as parts, the thought in one of parts."""
    text = {"type": "text", "text": answer or ""}
    return {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": thought}]}, text]}


def in_reasoning_parts(thought: str | None, answer: str | None) -> dict[str, Any]:
    """The content as parts, the thought as a text of another type."""
    return {"content": [{"type": "reasoning", "text": thought}, {"type": "text", "text": answer or ""}]}


def json_in_the_thought(thought: str | None, answer: str | None) -> dict[str, Any]:
    """A reasoning parser that takes constrained JSON for a thought which never ends."""
    if answer is not None and answer.startswith("{"):
        return {"content": None, "reasoning_content": answer, "reasoning": answer}
    return {"content": answer, "reasoning_content": thought, "reasoning": thought}


def json_in_a_tool_call(thought: str | None, answer: str | None) -> dict[str, Any]:
    """Structured output that is made of a forced tool call, and left as one."""
    if answer is not None and answer.startswith("{"):
        function = {"name": "json_tool_call", "arguments": answer}
        return {"content": None, "tool_calls": [{"id": "call_0", "type": "function", "function": function}]}
    return {"content": answer}


def plain_counts(tokens: Tokens) -> dict[str, Any]:
    """Three counts."""
    total = tokens.prompt + tokens.completion
    return {"prompt_tokens": tokens.prompt, "completion_tokens": tokens.completion, "total_tokens": total}


def openai_counts(tokens: Tokens) -> dict[str, Any]:
    """With details of the prompt and the completion."""
    return plain_counts(tokens) | {
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning, "audio_tokens": 0},
    }


def null_details(tokens: Tokens) -> dict[str, Any]:
    """The details are there and null."""
    return plain_counts(tokens) | {"prompt_tokens_details": None, "completion_tokens_details": None}


def hit_and_miss(tokens: Tokens) -> dict[str, Any]:
    """The prompt apart into cache hits and misses."""
    return plain_counts(tokens) | {
        "prompt_cache_hit_tokens": tokens.cached,
        "prompt_cache_miss_tokens": tokens.prompt - tokens.cached,
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    }


def thoughts_apart(tokens: Tokens) -> dict[str, Any]:
    """The thoughts are in the total and not in the completion."""
    written = tokens.completion - tokens.reasoning
    return openai_counts(tokens) | {"completion_tokens": written}


def thoughts_in_the_total_only(tokens: Tokens) -> dict[str, Any]:
    """The same without a word about what the rest of the total is."""
    return plain_counts(tokens) | {"completion_tokens": tokens.completion - tokens.reasoning}


def input_and_output(tokens: Tokens) -> dict[str, Any]:
    """Other names for the counts."""
    return {"input_tokens": tokens.prompt, "output_tokens": tokens.completion}


def texts_or_floats(tokens: Tokens) -> dict[str, Any]:
    """The counts as texts, or as numbers with a fraction."""
    kind = str if tokens.prompt % 2 else float
    return {name: kind(count) for name, count in plain_counts(tokens).items()}


def reasoning_beside(tokens: Tokens) -> dict[str, Any]:
    """The thoughts counted beside the other counts, and as a part of the completion."""
    return null_details(tokens) | {"reasoning_tokens": tokens.reasoning}


def no_counts(tokens: Tokens) -> dict[str, Any] | None:
    """No usage."""
    return None
