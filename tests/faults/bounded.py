"""The time that a long run may take."""

from __future__ import annotations

import os
import time

import pytest

SECONDS = float(os.environ.get("FAULTS_SECONDS", "1200"))


class Clock:
    """The time of one module's tests; what does not fit into it fails."""

    def __init__(self) -> None:
        self._end = time.monotonic() + SECONDS

    @property
    def left_s(self) -> float:
        """Seconds that are left; 0 when the time is over."""
        return max(0.0, self._end - time.monotonic())

    def check(self, done: str) -> None:
        """Fail when the time is over, and say how much was done."""
        if not self.left_s:
            pytest.fail(f"{done} when {SECONDS:,.0f} s were over; FAULTS_SECONDS gives more", pytrace=False)
