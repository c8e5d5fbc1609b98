"""What a model costs: prices by kind of token, each from a date on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from reasonmed_assets.roles.declaration import Section


class Price(Section):
    """Prices of a model in US dollars per million tokens. One that is not declared is unknown."""

    since: date | None = None
    """The first day (UTC) on which these prices hold; without it they hold from the beginning."""
    input: float | None = Field(default=None, ge=0)
    cached_input: float | None = Field(default=None, ge=0)
    """Of input that was read from a cache; where not declared, that of other input."""
    cache_write: float | None = Field(default=None, ge=0)
    """Of input that was written to a cache, where a provider charges for that."""
    output: float | None = Field(default=None, ge=0)
    batch_factor: float | None = Field(default=None, ge=0, le=1)
    """What a call in a batch costs, in parts of these prices; if not declared, that of the provider."""

    @property
    def is_known(self) -> bool:
        """Calls that use no cache can be costed."""
        return self.input is not None and self.output is not None

    @property
    def cached_price(self) -> float | None:
        """The price of input that was read from a cache."""
        return self.input if self.cached_input is None else self.cached_input

    def cost_usd(
        self, prompt: int | None, completion: int | None, cached: int | None = None, written: int | None = None
    ) -> float | None:
        """US dollars for a call, without any factor; None where a count or price that it needs is unknown.

        Args:
            prompt: input tokens, those that were read from and written to a cache included.
            completion: output tokens, those of reasoning included.
            cached, written: of the input; None is none.
        """
        cached, written = cached or 0, written or 0
        parts = (
            _usd(None if prompt is None else prompt - cached - written, self.input),
            _usd(cached, self.cached_price),
            _usd(written, self.cache_write),
            _usd(completion, self.output),
        )
        return None if None in parts else sum(parts)  # type: ignore[arg-type]


FREE = Price(input=0, cached_input=0, cache_write=0, output=0)


def _usd(tokens: int | None, per_million: float | None) -> float | None:
    """What no token and what a free one costs is known whatever the other factor is."""
    if tokens == 0 or per_million == 0:
        return 0.0
    return None if tokens is None or per_million is None else tokens * per_million / 1e6


def _listed(given: Any) -> Any:
    """Prices as an array: of one for a table, and for 0, which is free."""
    if given == 0 and not isinstance(given, bool):
        return (FREE,)
    return (given,) if isinstance(given, dict) else given


def _in_order(prices: tuple[Price, ...]) -> tuple[Price, ...]:
    days = [price.since for price in prices]
    if len(days) != len(set(days)):
        raise ValueError("two of these prices hold from the same day: give each its own `since`")
    return tuple(sorted(prices, key=lambda price: price.since or date.min))


Prices = Annotated[
    tuple[Price, ...],
    BeforeValidator(_listed, json_schema_input_type=Literal[0] | Price | tuple[Price, ...]),
    AfterValidator(_in_order),
]
"""The prices of a model, in the order of their dates: 0, one table, or an array of tables."""


BY_NAME = {"prompt_usd_per_million": "input", "completion_usd_per_million": "output"}
"""Keys of a model that are another way to declare its one price."""


def restate(stated: dict[str, Any], now: Mapping[str, Any]) -> None:
    """Prepare what is stated of a model for a profile that extends it: the last way to declare prices is the one that
    holds.

    Args:
        stated: the model's keys so far; changed.
        now: those that are going to replace them.
    """
    if "prices" in now:
        for name in BY_NAME.keys() - now.keys():
            stated.pop(name, None)
    elif BY_NAME.keys() & now.keys() and isinstance(stated.get("prices"), dict | int | float):
        prices = stated.pop("prices")
        for name, key in BY_NAME.items():
            usd = prices.get(key) if isinstance(prices, dict) else prices
            if usd is not None:
                stated[name] = usd


def price_at(prices: Sequence[Price], when: datetime | date) -> Price | None:
    """The price that holds at a time; None where none holds yet."""
    day = when.date() if isinstance(when, datetime) else when
    found = None
    for price in prices:
        if price.since is not None and price.since > day:
            break
        found = price
    return found
