"""What a release leaves out unless names are asked for: people, machines, addresses, absolute paths."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

_ADDRESS = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[\w-]+\.)+[\w-]+:\d{2,5}\b"
)
_PATH = re.compile(r"(?<![\w.)\]/])(?:[A-Za-z]:[\\/]|\\\\|~[\w.-]*/|/)[^\s\"'<>:,;]*[\\/][^\s\"'<>:,;]*")
_OF_PEOPLE = frozenset({"started_by", "process", "problems"})
"""Columns of `builds`; problems hold messages of systems, which name what they like."""
_JSON = frozenset({"profile_values", "models", "prompts", "packages", "source_files", "run_outcomes"})
"""Those of its columns that hold a JSON object."""
_OF_A_MACHINE = frozenset(
    {
        *("base_url", "headers", "api_key_env", "azure_api_version", "data_dir", "overrides"),
        *("extra_body", "vllm", "vllm_environment"),
    }
)
"""Keys of a profile."""
LEFT_OUT = "(left out)"
_DIGEST = 8


@dataclass(frozen=True)
class Scrubber:
    """Leaves them out of texts and records.

    Attributes:
        with_names: nothing is left out.
    """

    with_names: bool

    def text(self, text: str) -> str:
        """A text without addresses and absolute paths."""
        if self.with_names:
            return text
        return LEFT_OUT if _is_place(text) else _PATH.sub(LEFT_OUT, _ADDRESS.sub(LEFT_OUT, text))

    def name(self, name: str) -> str:
        """The name of a model or file: of one that says where it lies its last part, with a digest that tells it apart.

        A model that vLLM loads from a folder is called by the path of that folder.
        """
        if self.with_names or not _is_place(name):
            return name
        return f"{PureWindowsPath(name).name}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}"

    def build(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of `builds`."""
        return dict(row) if self.with_names else {name: self._cell(name, value) for name, value in row.items()}

    def _cell(self, name: str, value: Any) -> Any:
        if name in _OF_PEOPLE or not isinstance(value, str):
            return None if name in _OF_PEOPLE else value
        if name in _JSON:
            return json.dumps(self._json(json.loads(value), name), sort_keys=True, ensure_ascii=False)
        return self.text(value)

    def _json(self, value: Any, *keys: str) -> Any:
        if isinstance(value, dict):
            kept = {name: one for name, one in value.items() if name not in _OF_A_MACHINE}
            return {self.name(name): self._json(one, *keys, name) for name, one in kept.items()}
        if isinstance(value, list):
            return [self._json(one, *keys) for one in value]
        if not isinstance(value, str):
            return value
        return self.name(value) if "models" in keys and keys[-1] == "name" else self.text(value)


def _is_place(text: str) -> bool:
    """Whether a text as a whole is an absolute path or an address."""
    kinds = PurePosixPath, PureWindowsPath
    return text.startswith("~") or "://" in text.split(" ", 1)[0] or any(kind(text).is_absolute() for kind in kinds)
