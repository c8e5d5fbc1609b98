"""Usage in the shapes of providers: the counts that it means, and what each call costs, to a millionth of a cent."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.config.prices import Price
from reasonmed_assets.llm.replies.usage import _MEANINGS, TOKENS_MAX, Usage, read_usage

CORPUS = json.loads((Path(__file__).parent / "usage_corpus.json").read_text(encoding="utf-8"))
PRICE = Price.model_validate(CORPUS["prices"])
ORDER = ("prompt", "completion", "reasoning", "cached", "cache_write")

each_shape = pytest.mark.parametrize("case", [pytest.param(case, id=case["shape"]) for case in CORPUS["replies"]])


@each_shape
def test_what_the_counts_mean(case: dict[str, Any]) -> None:
    usage = read_usage(case["response"], has_text=True)
    assert dict(zip(ORDER, usage, strict=True)) == case["tokens"]


@each_shape
def test_what_the_call_costs(case: dict[str, Any]) -> None:
    usage = read_usage(case["response"], has_text=True)
    cost = PRICE.cost_usd(usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.cache_write_tokens)
    if case["usd"] is None:
        assert cost is None, "unknown, not free"
    else:
        assert cost is not None
        assert abs(Decimal(cost) - Decimal(case["usd"])) < Decimal("1e-8")


def test_an_empty_reply_may_have_no_output() -> None:
    usage = {"usage": {"prompt_tokens": 40, "completion_tokens": 0, "total_tokens": 40}}
    assert read_usage(usage, has_text=False) == Usage(40, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_keys_is_of_no_importance(order: int) -> None:
    for case in CORPUS["replies"]:
        usage = case["response"].get("usage")
        if isinstance(usage, dict):
            shuffled = case["response"] | {"usage": dict(sorted(usage.items())[::order])}
            assert read_usage(shuffled, has_text=True) == read_usage(case["response"], has_text=True)


_count = st.integers(-3, 60) | st.sampled_from([TOKENS_MAX, TOKENS_MAX + 1, 40.0, "40", True, None])


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), _count))
)
def test_a_quick_look_finds_what_a_thorough_one_does(counts: dict[str, Any]) -> None:
    thorough = {"usage": counts | {"service": "a"}}
    assert read_usage({"usage": counts}, has_text=True) == read_usage(thorough, has_text=True)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(_MEANINGS)), inner, max_size=6),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*_MEANINGS, "usage", "usageMetadata", "choices", "timings"]), _anything))
def test_no_count_is_absurd_whatever_is_sent(response: dict[str, Any]) -> None:
    usage = read_usage(response, has_text=True)
    assert all(count is None or 0 <= count <= TOKENS_MAX for count in usage)
    assert usage.prompt_tokens != 0
    assert (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0) <= (usage.prompt_tokens or 0)
    cost = PRICE.cost_usd(usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.cache_write_tokens)
    assert cost is None or cost > 0
