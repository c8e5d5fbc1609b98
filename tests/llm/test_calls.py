"""Keys of calls, and the calls that follow on useless replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import call

from reasonmed_assets.llm.calls import SEED_STEP, Reply, Unusable, call_key, retry_of

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)
bodies = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), plain, max_size=5)


def reversed_order(value):
    if isinstance(value, dict):
        return {key: reversed_order(value[key]) for key in reversed(value)}
    return [reversed_order(item) for item in value] if isinstance(value, list) else value


@given(bodies)
def test_the_order_of_keys_does_not_matter(body: dict) -> None:
    key = call_key("p", "m", "r", body, 0)
    assert key == call_key("p", "m", "r", reversed_order(body), 0)
    assert len(key) == 32 and int(key, 16) >= 0


@given(bodies, st.text(st.characters(exclude_categories=["Cs"])))
def test_every_part_counts(body: dict, more: str) -> None:
    keys = {
        call_key("p", "m", "r", body, 0),
        call_key("q", "m", "r", body, 0),
        call_key("p", "n", "r", body, 0),
        call_key("p", "m", "s", body, 0),
        call_key("p", "m", "r", body, 1),
        call_key("p", "m", "r", {**body, "messages": [more, body]}, 0),
        call_key("pm", "", "r", body, 0),
    }
    assert len(keys) == 7


def test_a_key_is_the_same_in_every_version_of_this_program() -> None:
    """Ledgers outlive releases: a changed key would pay for everything again."""
    body = {"model": "m", "messages": [{"role": "user", "content": "é"}], "temperature": 0.7, "seed": 7}
    assert call_key("p", "m", "r", body, 0) == "e342f0409400fbf0779cca40ff428cca"


def test_a_body_that_is_no_json_is_named() -> None:
    with pytest.raises(TypeError, match="small-1b"):
        call_key("p", "small-1b", "r", {"x": object()}, 0)


def test_retries_have_keys_of_their_own() -> None:
    useless = Unusable("malformed", "no JSON")
    said = Reply("the same every time")
    for first in (call(1), call(1, seed=None)):
        row = [first, *(retry_of(first, k, useless, said) for k in (1, 2, 3))]
        assert len({call_key("p", "m", "r", c.body, c.sample) for c in row}) == 4
        assert len(first.body["messages"]) == 1, "the first call is not changed"
        assert all(len(c.body["messages"]) == 3 for c in row[1:])
        assert {(c.row_id, c.group, c.role, c.model) for c in row} == {("1", "g1", "verifier", "small")}


def test_the_seed_of_a_retry() -> None:
    assert retry_of(call(1), 2, Unusable("empty", "nothing"), None).body["seed"] == 7 + 2 * SEED_STEP


def test_only_useless_outcomes_make_a_reply_unusable() -> None:
    with pytest.raises(ValueError, match="timed_out"):
        Unusable("timed_out", "late")
