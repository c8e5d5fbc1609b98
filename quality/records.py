"""The record of an audit: the outcome of every check of a partition, published or not.

A warehouse keeps the last one of every partition (`Warehouse.record_audit`). The quality report and the Data Docs are
made from them, so they show what the checks saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from reasonmed_assets.quality.auditing import CheckOutcome


@dataclass(frozen=True)
class AuditRecord:
    """The last audit of a partition.

    Attributes:
        table: name of the table.
        partition: its partition; None for a table without partitions.
        run_id: Dagster run.
        profile: name of the profile.
        audited_at: when (UTC).
        rows: staged rows that were checked.
        thresholds: the bounds that applied.
        outcomes: one per check, in the order of `check_names`.
        publish: number of the publish that was judged; None where nothing was published, and in records of an earlier
            version.
        keys: for each check that need not be made again, the hash of what its outcome follows from besides the rows.
    """

    table: str
    partition: str | None
    run_id: str
    profile: str
    audited_at: datetime
    rows: int
    thresholds: Mapping[str, float]
    outcomes: Sequence[CheckOutcome]
    publish: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> list[CheckOutcome]:
        """The checks that did not pass, those that block first."""
        return sorted((o for o in self.outcomes if not o.passed), key=lambda outcome: outcome.severity != "block")

    @property
    def is_blocked(self) -> bool:
        """True when the rows were not published."""
        return any(outcome.is_blocking_failure for outcome in self.outcomes)

    @property
    def validation(self) -> list[dict[str, Any]]:
        """Great Expectations' results; empty when the distributions were not checked."""
        return next((outcome.validation for outcome in self.outcomes if outcome.validation), [])

    def to_json(self) -> dict[str, Any]:
        """The record as values that fit into JSON."""
        return asdict(self) | {"audited_at": self.audited_at.isoformat()}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> AuditRecord:
        """The record that `to_json` gave."""
        outcomes = tuple(CheckOutcome(**outcome) for outcome in found["outcomes"])
        at = datetime.fromisoformat(found["audited_at"])
        return cls(**{**found, "audited_at": at, "outcomes": outcomes})
