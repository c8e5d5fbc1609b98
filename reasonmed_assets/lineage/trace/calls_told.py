"""The calls behind a row as nodes: model, tokens, dollars, time, prompt version; with their texts where given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reasonmed_assets.lineage.trace.gathering import Row, Rows
from reasonmed_assets.lineage.trace.nodes import Node


class CallsTold:
    """The calls of a trace.

    Args:
        rows: what was gathered.
        said: (who, text) of prompt and reply by call key; empty where they were not asked for.
    """

    def __init__(self, rows: Rows, said: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._rows = rows
        self._said = said

    def of_row(self, table: str, row: Row) -> list[Node]:
        """The calls of a row, each once with its share of the cost."""
        row_id = row.get(self._rows.keys.get(table, ""))
        shares = {
            key: share
            for (used_by, used, key), share in self._rows.shares.items()
            if (used_by, used) == (table, row_id)
        }
        return list(self.nodes(row.get("call_keys") or (), shares, row.get("prompt_hash")))

    def nodes(self, keys: Iterable[str], shares: Mapping[str, float], prompt_hash: str | None = None) -> Iterator[Node]:
        for key in keys:
            attempts = self._rows.calls.get(key, [])
            if not attempts:
                yield Node(f"call {key}: not in the account of calls yet", "warn", is_detail=True)
                continue
            last = next((one for one in attempts if one["is_accepted"]), attempts[-1])
            usd, unknown = self._rows.cost_of([key])
            share = shares.get(key, 1.0)
            facts = {
                "model": last["model"],
                "tokens": f"{_count(last['prompt_tokens'])} + {_count(last['completion_tokens'])}",
                "cost": "unknown" if unknown == len(attempts) else usd_text(usd),
                "sent": f"{last['started_at']:%Y-%m-%d %H:%M:%S}",
                "took": "unknown" if last["latency_ms"] is None else f"{last['latency_ms'] / 1000:.2f} s",
            }
            if prompt_hash is not None:
                facts["prompt"] = prompt_hash
            if share < 1:
                facts["shared by"] = f"{round(1 / share)} rows"
            if len(attempts) > 1:
                facts["attempts"] = ", ".join(one["outcome"] for one in attempts)
            texts = [Node(who, text=text, is_detail=True) for who, text in self._texts(key)]
            title = f"call {key}: {last['role']}, {last['outcome']}"
            yield Node(
                title, "" if last["outcome"] == "completed" else "warn", facts=facts, children=texts, is_detail=True
            )

    def _texts(self, key: str) -> Sequence[tuple[str, str]]:
        return self._said.get(key, ())


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"


def usd_text(usd: float) -> str:
    return f"${usd:,.6f}".rstrip("0").rstrip(".") if usd else "$0"
