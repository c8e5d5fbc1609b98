"""A build's budget: what a call may cost is reserved when it is claimed, and settled at its cost when it has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from reasonmed_assets.config.profile import Budget, Spending
from reasonmed_assets.llm.ledger.records import Wanted

NO_LIMITS = Budget()


@dataclass(frozen=True)
class BuildBudget:
    """What a build may spend; without limits everything.

    Attributes:
        build: names the build, in all its processes.
        limits: in dollars and calls, in all and by role.
    """

    build: str = ""
    limits: Budget = NO_LIMITS

    @cached_property
    def is_limited(self) -> bool:
        """There are limits."""
        return self.limits != NO_LIMITS


NO_BUDGET = BuildBudget()


@dataclass(slots=True)
class Reservations:
    """What a build has spent and reserved so far, by role, and what else it may reserve.

    Attributes:
        budget: the build's budget.
        refused: the limit that the first refused call met.
        are_open: something is reserved and not yet settled, so that a refusal may not be the last word.
    """

    budget: BuildBudget
    refused: str | None = None
    are_open: bool = False
    _usd: dict[str, float] = field(default_factory=dict)
    _calls: dict[str, int] = field(default_factory=dict)

    def add(self, amounts: Iterable[tuple[str, float, int, bool]]) -> None:
        """Count amounts: role, dollars, calls, whether they are reserved only."""
        for role, usd, calls, is_reserved in amounts:
            self._count(role, usd, calls)
            self.are_open |= bool(is_reserved)

    def reserve(self, call: Wanted) -> bool:
        """Reserve what a call may cost; False where a limit does not allow it."""
        limits = self.budget.limits
        self_usd, self_calls = sum(self._usd.values()), sum(self._calls.values())
        of_all: list[tuple[str, Spending, float, int]] = [("", limits, self_usd, self_calls)]
        of_role = {str(role): limit for role, limit in limits.roles.items()}.get(call.role)
        if of_role is not None:
            spent = self._usd.get(call.role, 0.0), self._calls.get(call.role, 0)
            of_all.append((f" for role {call.role}", of_role, *spent))
        for whose, limit, usd, calls in of_all:
            if limit.usd is not None and usd + call.usd > limit.usd:
                return self._refuse(
                    f"${usd:,.4f} of ${limit.usd:,.2f}{whose} are spent, the next call may cost ${call.usd:,.4f}"
                )
            if limit.calls is not None and calls + 1 > limit.calls:
                return self._refuse(f"{calls:,} of {limit.calls:,} calls{whose} are made")
        self._count(call.role, call.usd, 1)
        return True

    def _count(self, role: str, usd: float, calls: int) -> None:
        self._usd[role] = self._usd.get(role, 0.0) + usd
        self._calls[role] = self._calls.get(role, 0) + calls

    def _refuse(self, why: str) -> bool:
        self.refused = self.refused or why
        return False
