"""bespokelabs-curator as a client: python benchmarks/curator_client.py URL IN_FLIGHT FOLDER FILE.

Runs in an environment of its own, so it imports nothing of this project; `clients.py` writes FILE, one request per
line. Prints one line of JSON, as `clients.py` does.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path


def _without_network(folder: Path) -> None:
    """Curator and litellm fetch token tables and prices when they start; both have copies."""
    import importlib.util

    litellm = importlib.util.find_spec("litellm")
    assert litellm is not None and litellm.origin is not None
    tokenizers = Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"
    os.environ.update(
        TIKTOKEN_CACHE_DIR=str(tokenizers),
        HF_HUB_OFFLINE="1",
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        OPENAI_API_KEY="none",
        TELEMETRY_ENABLED="False",
        CURATOR_DISABLE_RICH_DISPLAY="1",
        CURATOR_CACHE_DIR=str(folder / "curator"),
        HF_HOME=str(folder / "huggingface"),
    )


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Send the requests, say what it took."""
    url, in_flight, folder, file = sys.argv[1:]
    _without_network(Path(folder))
    from bespokelabs import curator
    from datasets import Dataset

    with Path(file).open(encoding="utf-8") as lines:
        rows = Dataset.from_list([{"messages": json.loads(line)["messages"]} for line in lines])

    class Asker(curator.LLM):
        def prompt(self, row: dict) -> list:
            return row["messages"]

        def parse(self, row: dict, response: str) -> dict:
            return {"text": response}

    asker = Asker(
        model_name="gpt-4o-mini",
        backend="openai",
        generation_params={"temperature": 0.7, "max_tokens": 8192},
        backend_params={
            "base_url": url,
            "max_requests_per_minute": 10**9,
            "max_tokens_per_minute": 10**12,
            "max_concurrent_requests": int(in_flight),
        },
    )
    started, cpu_before = time.perf_counter(), _cpu_s()
    result = asker(rows)
    made = getattr(result, "dataset", result)
    measured = {
        "completed": sum(bool(text) for text in made["text"]),
        "seconds": time.perf_counter() - started,
        "cpu_s": _cpu_s() - cpu_before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
