"""What earlier calls of a warehouse used: tokens, time, how many were unusable. Dollars and hours follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import inf

import polars as pl

from reasonmed_assets.assets.provenance import CALL_TABLES
from reasonmed_assets.config.profile import Profile, Provider
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.orchestration.plan.plan import Interval
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.vocabulary import ERROR_KINDS

_COLUMNS = (
    "call_key", "role", "provider", "model", "made_for_source", "outcome", "is_accepted", "prompt_tokens",
    "completion_tokens", "cached_tokens", "cache_write_tokens", "latency_ms",
)  # fmt: skip
_MOST, _MOST_UNACCOUNTED = 5_000, 200_000
"""Replies of one kind that are looked at; of all kinds where only the ledger has them."""
_SAMPLED_BODIES = 40
_ENOUGH = 20
"""Replies from which a mean is taken; of fewer, those of a wider kind count too."""
_CHARACTERS_PER_TOKEN = 4.0
_REPLY_TOKENS = 600.0
"""Of a reply of which nothing is known."""
_STEADY, _UNSTEADY = 0.06, 0.35
"""How far the mean tokens of the next calls may be from those of earlier ones of the same kind, or of another kind."""

SERVED = " union ".join(
    f"select question_id, unnest(call_keys) as call_key from {name} where question_id in (select unnest($1))"
    for name in CALL_TABLES
)
"""The view `served_rows` reads the calls of all rows before it looks whose they are."""


@dataclass(frozen=True)
class Usage:
    """What one call is expected to use.

    Attributes:
        tokens_per_character: of a prompt.
        completion_tokens: of a reply.
        cached_share, cache_write_share: of the prompt's tokens.
        latency_s: seconds from the request to the end of its reply; None where none is known.
        unusable_share: of the replies that lead to a further call.
        doubt: how far the tokens may be off, in parts.
        origin: what is known: calls of this kind, of the role with another model, or nothing.
    """

    tokens_per_character: float
    completion_tokens: float
    cached_share: float
    cache_write_share: float
    latency_s: float | None
    unusable_share: float
    doubt: float
    origin: str


class History:
    """The calls that were made for a warehouse.

    Args:
        warehouse: whose account of calls is read.
        ledger: read where that account lacks calls, as after a build that was killed, and for the sizes of prompts.
        profile: names the models.
    """

    def __init__(self, warehouse: Warehouse, ledger: CallStore, profile: Profile) -> None:
        self._warehouse = warehouse
        self._ledger = ledger
        self._profile = profile
        self._usages: dict[tuple[str, str, str], Usage] = {}

    @cached_property
    def replies(self) -> pl.DataFrame:
        """The replies that count, one row each: of each kind of call all, or a sample.

        Keys are hashes: the first ones are as good as drawn, and the same in every plan.
        """
        if not self._is_accounted:
            keys = sorted(self._ledger.keys_made_for(self._warehouse.warehouse_id))[:_MOST_UNACCOUNTED]
            return self._ledger.attempts_of(keys).select(_COLUMNS).filter(pl.col("is_accepted"))
        with self._warehouse.read() as con:
            return con.sql(
                f"""
                select {", ".join(_COLUMNS)} from llm_calls where is_accepted
                qualify
                    row_number() over (partition by role, provider, model, made_for_source order by call_key) <= {_MOST}
                """
            ).pl()

    def replies_to(self, questions: Sequence[str]) -> pl.DataFrame:
        """The replies behind the rows of some questions, one row for each question and reply."""
        with self._warehouse.read() as con:
            served = con.execute(SERVED, [questions]).pl()
            if self._is_accounted:
                con.register("served", served)
                return con.sql(
                    f"select question_id, {', '.join(_COLUMNS)} from llm_calls inner join served using (call_key) "
                    "where is_accepted"
                ).pl()
        found = self._ledger.attempts_of(served["call_key"].unique().to_list()).select(_COLUMNS)
        return served.join(found.filter(pl.col("is_accepted")), on="call_key")

    @cached_property
    def _is_accounted(self) -> bool:
        """Whether the warehouse's account of calls has all that were made for it."""
        with self._warehouse.read() as con:
            row = con.sql("select count(*) filter (made_for is not null) from llm_calls").fetchone()
        return (row or (0,))[0] >= self._ledger.count_made_for(self._warehouse.warehouse_id)

    def usage(self, role: str, model: str, source: str, rehearsed: Sequence[int]) -> Usage:
        """What a call of a role to a model of the profile uses, by the nearest kind of earlier calls.

        Args:
            role, model, source: of the call.
            rehearsed: tokens of the rehearsal's replies in that role, for one that was never asked.
        """
        key = (role, model, source)
        if key not in self._usages:
            self._usages[key] = self._usage(*key, rehearsed)
        return self._usages[key]

    def _usage(self, role: str, model: str, source: str, rehearsed: Sequence[int]) -> Usage:
        declared = self._profile.models[model]
        of_role = self.replies.filter(pl.col("role") == role)
        of_model = of_role.filter((pl.col("provider") == declared.provider) & (pl.col("model") == declared.name))
        of_source = of_model.filter(pl.col("made_for_source") == source)
        if of_source.height >= _ENOUGH:
            frame, doubt, origin = of_source, _STEADY, "calls of this kind"
        elif of_model.height:
            frame, doubt, origin = of_model, _STEADY if of_model.height >= _ENOUGH else _UNSTEADY, "calls of this kind"
        elif of_role.height:
            frame, doubt, origin = of_role, _UNSTEADY, "calls of the role to another model"
        else:
            frame, doubt, origin = of_role, 1.0, "nothing"
        known = frame.filter(pl.col("prompt_tokens").is_not_null() & pl.col("completion_tokens").is_not_null())
        tokens = float(known["prompt_tokens"].sum())
        n = known.height
        default = sum(rehearsed) / len(rehearsed) if rehearsed else _REPLY_TOKENS
        latency = frame["latency_ms"].drop_nulls()
        unusable = frame.filter(pl.col("outcome").is_in([str(kind) for kind in ERROR_KINDS])).height
        return Usage(
            tokens_per_character=self._ratio(role, frame),
            completion_tokens=float(known["completion_tokens"].sum()) / n if n else default,
            cached_share=float(known["cached_tokens"].fill_null(0).sum()) / tokens if tokens else 0.0,
            cache_write_share=float(known["cache_write_tokens"].fill_null(0).sum()) / tokens if tokens else 0.0,
            latency_s=float(latency.sum()) / len(latency) / 1000 if len(latency) else None,
            unusable_share=unusable / frame.height if frame.height else 0.0,
            doubt=doubt if n else 1.0,
            origin=origin if n else "nothing",
        )

    def _ratio(self, role: str, frame: pl.DataFrame) -> float:
        """Tokens per character of prompts, of some earlier calls whose bodies the ledger holds."""
        counted = frame.filter(pl.col("prompt_tokens").is_not_null()).sort("call_key").head(_SAMPLED_BODIES)
        tokens = characters = 0
        for key, n in counted.select("call_key", "prompt_tokens").iter_rows():
            body = self._ledger.body_of(key)
            if body is not None:
                tokens += n
                characters += sum(len(str(message["content"])) for message in body["messages"])
        return tokens / characters if characters else 1 / _CHARACTERS_PER_TOKEN

    def usd(self, usage: Usage, model: str, calls: float, characters: float) -> float | None:
        """US dollars for calls whose prompts have this many characters in all; None without a price."""
        prompt = characters * usage.tokens_per_character
        counts = (
            prompt,
            calls * usage.completion_tokens,
            prompt * usage.cached_share,
            prompt * usage.cache_write_share,
        )
        return self._profile.cost_usd(model, datetime.now(UTC), *map(round, counts))


def seconds_at_limits(provider: Provider, calls: float, tokens: float, latency_s: float | None) -> float | None:
    """How long calls take at the limits that a provider declares; None where no limit and no latency tells."""
    servers = max(1, len(provider.base_urls))
    bounds = [
        calls * latency_s / (provider.max_in_flight * servers) if latency_s is not None else None,
        60 * calls / (provider.requests_per_minute * servers) if provider.requests_per_minute else None,
        60 * tokens / (provider.tokens_per_minute * servers) if provider.tokens_per_minute else None,
    ]
    known = [one for one in bounds if one is not None]
    return max(known) if known else None


def spread(draws: Iterable[float], least: float, widest: float = inf) -> Interval:
    """The interval of a number of which some draws were made.

    Args:
        draws: what it came to in each.
        least: the least share of the mean by which it may be off: the next replies are of no earlier kind.
        widest: the share of the mean beyond which draws that are further apart do not widen it.
    """
    found = list(draws)
    n = len(found)
    mean = sum(found) / n
    variance = sum((one - mean) ** 2 for one in found) / (n - 1) if n > 1 else mean
    # A mean of few draws is uncertain itself.
    reach = max(min(2 * (variance * (1 + 1 / n)) ** 0.5, widest * mean), least * mean)
    return Interval(max(0.0, mean - reach), mean, mean + reach)
