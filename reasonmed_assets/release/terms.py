"""Names of licences: as SPDX has them, and as the hub does."""

from __future__ import annotations

from collections.abc import Sequence

SPDX = frozenset(
    {
        *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT"),
        *("CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0"),
        *("CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0"),
    }
)
"""Identifiers that data sets and models bear; the hub has them in small letters."""


def on_the_hub(terms: Sequence[str]) -> str:
    """What the hub calls the terms of a data set: `other` where they are several, or none that it knows."""
    return terms[0].lower() if len(terms) == 1 and terms[0] in SPDX else "other"
