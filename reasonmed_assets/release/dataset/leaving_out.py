"""What a release leaves out unless names are asked for: people, machines, addresses, absolute paths."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ADDRESS = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PATH = re.compile(r"(?<![\w.:/])(?:[A-Za-z]:\\|/)[^\s\"'<>:,;]*[\\/][^\s\"'<>:,;]*")
_OF_PEOPLE = frozenset({"started_by", "process"})
"""Columns of `builds`."""
_OF_A_MACHINE = frozenset(
    {"base_url", "headers", "api_key_env", "azure_api_version", "data_dir", "overrides", "vllm_environment"}
)
"""Keys of a profile."""
_LEFT_OUT = "(left out)"


@dataclass(frozen=True)
class Scrubber:
    """Leaves them out of texts and records.

    Attributes:
        with_names: nothing is left out.
    """

    with_names: bool

    def text(self, text: str) -> str:
        """A text without addresses and absolute paths."""
        return text if self.with_names else _PATH.sub(_LEFT_OUT, _ADDRESS.sub(_LEFT_OUT, text))

    def build(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of `builds`; values that are JSON stay so."""
        if self.with_names:
            return dict(row)
        return {name: None if name in _OF_PEOPLE else self._cell(value) for name, value in row.items()}

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(("{", "[")):
            return json.dumps(self._json(json.loads(value)), sort_keys=True, ensure_ascii=False)
        return self.text(value) if isinstance(value, str) else value

    def _json(self, value: Any) -> Any:
        if isinstance(value, dict):
            kept = {name: one for name, one in value.items() if name not in _OF_A_MACHINE}
            return {self.text(name): self._json(one) for name, one in kept.items()}
        if isinstance(value, list):
            return [self._json(one) for one in value]
        return self.text(value) if isinstance(value, str) else value
