"""Renders an export with a trainer's own code: a program for that trainer's Python, which has nothing of this package.

It reads one JSON object, the request, from standard input, and writes one JSON object per line to standard output: what
the trainer is, then a line per record in the order of each set. What libraries print goes to standard error.

Request: `trainer` (trl or llamafactory), `folder` of the export, `sets` (names), `tokenizer` (folder), `cutoff` (in
tokens), `template` (LLaMA-Factory's; null: the tokenizer's own), `scratch` (folder for caches).
First line: `versions` (package -> version, null where it is absent: then nothing follows).
Second line: `end_ids` (ids at which a model stops), `unknown_id` (or null).
Other lines: `set`, `id` (example_id; null where the trainer's form has none), `tokens` (before the cut-off), `ids` and
`loss` (after it; 1 where a token is learnt), `asked` and `taught` (the text before the first learnt token, and of the
learnt ones), `alone` (the text of the prompt without its answer, as a model is asked; null where it is `asked`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import zip_longest
from pathlib import Path
from typing import Any

NO_LOSS = -100
NO_CUTOFF = 10**9


def main() -> None:
    """Answers the request on standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    os.environ.update(
        HF_HOME=request["scratch"], HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", CUDA_VISIBLE_DEVICES="",
        HF_DATASETS_DISABLE_PROGRESS_BARS="1", DISABLE_VERSION_CHECK="1",
    )  # fmt: skip
    versions = {name: installed(name) for name in (request["trainer"], "transformers")}
    print(json.dumps({"versions": versions}), file=answers, flush=True)
    if versions[request["trainer"]]:
        for line in {"trl": with_trl, "llamafactory": with_llamafactory}[request["trainer"]](request):
            print(json.dumps(line), file=answers)
    answers.close()


def installed(package: str) -> str | None:
    """The version of a package, None where it is absent."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def with_trl(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """By `SFTTrainer`, from the set's prompts: once without a cut-off, and what comes of it with one."""
    from datasets import load_dataset
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    tokenizer = AutoTokenizer.from_pretrained(request["tokenizer"])
    yield _stops(request, tokenizer, {tokenizer.eos_token_id})
    # Of the model only the size of its vocabulary counts: nothing is trained.
    shape = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
        num_key_value_heads=1,
    )  # fmt: skip
    model = LlamaForCausalLM(shape)

    def prepared(rows: Any, cutoff: int | None) -> Any:
        config = SFTConfig(
            output_dir=request["scratch"], max_steps=1, use_cpu=True, bf16=False, report_to="none", max_length=cutoff
        )
        return SFTTrainer(model, config, train_dataset=rows, processing_class=tokenizer).train_dataset

    for name in request["sets"]:
        file = str(Path(request["folder"], f"{name}_prompts.parquet"))
        rows = load_dataset("parquet", data_files=file, split="train", streaming=True)
        lengths: dict[str, int] = {}  # of the records that are being prepared
        whole = prepared(rows, None).map(partial(_note_length, lengths))
        kept = prepared(whole, request["cutoff"])
        lengths.clear()
        for row in kept:
            yield from _dropped(name, lengths, row["example_id"], tokenizer)
            n_tokens = lengths.pop(row["example_id"])
            alone = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
            yield _line(name, row["example_id"], n_tokens, row, tokenizer) | {"alone": alone}
        yield from _dropped(name, lengths, None, tokenizer)


def _note_length(lengths: dict[str, int], row: dict[str, Any]) -> dict[str, Any]:
    lengths[row["example_id"]] = len(row["input_ids"])
    return {}


def _dropped(name: str, lengths: dict[str, int], until: str | None, tokenizer: Any) -> Iterator[dict[str, Any]]:
    """The records before another, of which the cut-off left nothing to learn: the trainer drops these."""
    for example_id in list(lengths):
        if example_id == until:
            return
        yield _line(name, example_id, lengths.pop(example_id), {"input_ids": [], "labels": []}, tokenizer)


def with_llamafactory(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """By `get_dataset`, from the alpaca form and its index: with the cut-off, beside the same without one."""
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    def prepared(name: str, cutoff: int) -> tuple[Any, Any, Any]:
        # A buffer of one row: streams are shuffled within it.
        options = {
            "stage": "sft", "do_train": True, "output_dir": request["scratch"], "max_steps": 1, "use_cpu": True,
            "report_to": "none", "model_name_or_path": request["tokenizer"], "template": request["template"],
            "dataset": name, "dataset_dir": request["folder"], "cache_dir": request["scratch"], "cutoff_len": cutoff,
            "streaming": True, "buffer_size": 1, "dataloader_num_workers": 1,
        }  # fmt: skip
        model_args, data_args, training_args, _, _ = get_train_args(options)
        loaded = load_tokenizer(model_args)
        template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
        rows = get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)["train_dataset"]
        return loaded["tokenizer"], template, rows

    is_first = True
    for name in request["sets"]:
        tokenizer, template, rows = prepared(name, request["cutoff"])
        if is_first:
            yield _stops(request, tokenizer, set(template.get_stop_token_ids(tokenizer)))
            is_first = False
        for row, whole in zip_longest(rows, prepared(name, NO_CUTOFF)[2]):
            yield _line(name, None, len(whole["input_ids"]), row, tokenizer)


def _stops(request: dict[str, Any], tokenizer: Any, end_ids: set[int | None]) -> dict[str, Any]:
    generation = Path(request["tokenizer"], "generation_config.json")
    declared = json.loads(generation.read_text(encoding="utf-8")).get("eos_token_id") if generation.is_file() else None
    known = {*end_ids, *(declared if isinstance(declared, list) else [declared])} - {None}
    return {"end_ids": sorted(map(int, known)), "unknown_id": tokenizer.unk_token_id}


def _line(name: str, example_id: str | None, n_tokens: int, row: dict[str, Any], tokenizer: Any) -> dict[str, Any]:
    ids, loss = row["input_ids"], [int(label != NO_LOSS) for label in row["labels"]]
    first = loss.index(1) if 1 in loss else len(loss)
    asked, taught = ids[:first], [token for token, learnt in zip(ids, loss, strict=True) if learnt]
    texts = [tokenizer.decode(part, clean_up_tokenization_spaces=False) for part in (asked, taught)]
    return {
        "set": name, "id": example_id, "tokens": n_tokens, "ids": ids, "loss": loss, "asked": texts[0],
        "taught": texts[1], "alone": None,
    }  # fmt: skip


if __name__ == "__main__":
    main()
