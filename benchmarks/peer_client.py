"""Another library as a client: python benchmarks/peer_client.py KIND URL IN_FLIGHT FOLDER FILE.

KIND is `curator` (bespokelabs-curator), `data-designer` or `polar-llama`. Each runs in an environment of its own, so
this file imports nothing of this project. FILE holds one request per line, as `clients.py` writes them; FOLDER keeps
what the library keeps between two runs, each used as its documentation says for work that is to be resumed. Prints
one line of JSON: replies, seconds and processor seconds without imports, peak memory in MB.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODEL = "gpt-4o-mini"
TEMPERATURE, MAX_TOKENS = 0.7, 8192
CHUNK = 1_000
"""Rows stored at once by DataDesigner (its default) and by polar-llama (100 would cap the calls in flight)."""


def curator(url: str, in_flight: int, folder: Path, requests: list[list[dict]]) -> Callable[[], int]:
    """Curator's cache: the same function on the same rows takes up an unfinished run."""
    import importlib.util

    litellm = importlib.util.find_spec("litellm")
    assert litellm is not None and litellm.origin is not None
    # Curator and litellm fetch token tables and prices when they start; both have copies.
    os.environ.update(
        TIKTOKEN_CACHE_DIR=str(Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"),
        HF_HUB_OFFLINE="1",
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        OPENAI_API_KEY="none",
        TELEMETRY_ENABLED="False",
        CURATOR_DISABLE_RICH_DISPLAY="1",
        CURATOR_CACHE_DIR=str(folder / "curator"),
        HF_HOME=str(folder / "huggingface"),
    )
    from bespokelabs import curator
    from datasets import Dataset

    class Asker(curator.LLM):
        def prompt(self, row: dict) -> list:
            return row["messages"]

        def parse(self, row: dict, response: str) -> dict:
            return {"text": response}

    def run() -> int:
        asker = Asker(
            model_name=MODEL,
            backend="openai",
            generation_params={"temperature": TEMPERATURE, "max_tokens": MAX_TOKENS},
            backend_params={
                "base_url": url,
                "max_requests_per_minute": 10**9,
                "max_tokens_per_minute": 10**12,
                "max_concurrent_requests": in_flight,
            },
        )
        result = asker(Dataset.from_list([{"messages": messages} for messages in requests]))
        return sum(bool(text) for text in getattr(result, "dataset", result)["text"])

    return run


def data_designer(url: str, in_flight: int, folder: Path, requests: list[list[dict]]) -> Callable[[], int]:
    """DataDesigner's resume: row groups that are finished are kept, a longer data set extends a shorter one."""
    os.environ.update(
        DATA_DESIGNER_HOME=str(folder / "home"),
        NEMO_TELEMETRY_ENABLED="false",
        DATA_DESIGNER_DISABLE_VERSION_CHECK="1",
        DATA_DESIGNER_SKIP_MODEL_HEALTH_CHECKS="1",
        PEER_KEY="none",
    )
    import pandas as pd
    from data_designer import config as dd
    from data_designer.config.run_config import RunConfig
    from data_designer.interface import DataDesigner

    def run() -> int:
        seed = folder / "seed.parquet"
        pd.DataFrame([{m["role"]: m["content"] for m in messages} for messages in requests]).to_parquet(seed)
        provider = dd.ModelProvider(name="local", endpoint=url, provider_type="openai", api_key="PEER_KEY")
        parameters = dd.ChatCompletionInferenceParams(
            temperature=TEMPERATURE, max_tokens=MAX_TOKENS, max_parallel_requests=in_flight
        )
        model = dd.ModelConfig(alias="small", model=MODEL, provider="local", inference_parameters=parameters)
        builder = dd.DataDesignerConfigBuilder(model_configs=[model])
        builder.with_seed_dataset(dd.LocalFileSeedSource(path=str(seed)))
        builder.add_column(
            dd.LLMTextColumnConfig(name="text", model_alias="small", system_prompt="{{ system }}", prompt="{{ user }}")
        )
        designer = DataDesigner(artifact_path=folder / "artifacts", model_providers=[provider])
        designer.set_run_config(RunConfig(buffer_size=CHUNK))
        rows, resume = len(requests), dd.ResumeMode.IF_POSSIBLE
        made = designer.create(builder, num_records=rows, dataset_name="peers", resume=resume)
        return int((made.load_dataset()["text"].str.len() > 0).sum())

    return run


def polar_llama(url: str, in_flight: int, folder: Path, requests: list[list[dict]]) -> Callable[[], int]:
    """polar-llama's checkpoint: rows by the hash of what they ask for."""
    os.environ.update(
        OPENAI_BASE_URL=url.removesuffix("/v1"), OPENAI_API_KEY="none", POLAR_LLAMA_MAX_CONCURRENCY=str(in_flight)
    )
    import polars as pl
    from polar_llama import Checkpoint, Provider, inference_messages

    def run() -> int:
        rows = pl.DataFrame({"messages": [json.dumps(messages) for messages in requests]})
        kept = Checkpoint(folder / "checkpoint", flush_every=CHUNK)
        asked = inference_messages(pl.col("messages"), provider=Provider.OPENAI, model=MODEL, checkpoint=kept)
        texts = rows.with_columns(text=asked)["text"].to_list()
        return sum(bool(text) and '"_error"' not in text[:20] for text in texts)

    return run


KINDS = {"curator": curator, "data-designer": data_designer, "polar-llama": polar_llama}


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Send the requests, say what it took."""
    kind, url, in_flight, folder, file = sys.argv[1:]
    with Path(file).open(encoding="utf-8") as lines:
        requests: list[list[dict[str, Any]]] = [json.loads(line)["messages"] for line in lines]
    run = KINDS[kind](url, int(in_flight), Path(folder), requests)
    started, cpu_before = time.perf_counter(), _cpu_s()
    completed = run()
    measured = {
        "completed": completed,
        "seconds": time.perf_counter() - started,
        "cpu_s": _cpu_s() - cpu_before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
