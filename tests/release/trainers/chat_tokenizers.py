"""Small tokenizers with the chat templates of known families, made of the texts that they are to encode.

A program for the trainer's Python, which has the package `tokenizers`: FOLDER FAMILY [END], texts as a JSON array on
standard input.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Family:
    """A family's template in its own form, shortened, and its tokens.

    Attributes:
        template: in Jinja.
        end: token at which a model stops.
        start: token before everything, where there is one.
        others: more tokens of the template.
        llamafactory: LLaMA-Factory's name for it.
    """

    template: str
    end: str
    llamafactory: str
    start: str | None = None
    others: tuple[str, ...] = ()


_CHATML = "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
_TURNS = "{% for message in messages %}%s{% endfor %}{% if add_generation_prompt %}{{ '%s' }}{% endif %}"
_WITHOUT_THINKING = (
    "{% set content = message.content %}{% if '</think>' in content %}"
    "{% set content = content.split('</think>')[-1] %}{% endif %}"
)


def _turns(turn: str, asked: str) -> str:
    return _TURNS.replace("%s", turn, 1).replace("%s", asked, 1)


FAMILIES = {
    # A system message of its own where there is none.
    "qwen2.5": Family(
        "{% if messages[0].role != 'system' %}{{ '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. "
        "You are a helpful assistant.<|im_end|>\n' }}{% endif %}" + _turns(_CHATML, "<|im_start|>assistant\n"),
        "<|im_end|>",
        "qwen",
        others=("<|im_start|>", "<|endoftext|>"),
    ),
    # A think block in every last answer, an empty one where it has none.
    "qwen3": Family(
        _turns(
            "{% if message.role == 'user' %}" + _CHATML + "{% else %}{% set content = message.content %}"
            "{% set thought = '' %}{% if '</think>' in content %}"
            "{% set thought = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}"
            "{% set content = content.split('</think>')[-1].lstrip('\n') %}{% endif %}"
            "{{ '<|im_start|>assistant\n<think>\n' + thought.strip('\n') + '\n</think>\n\n' + content.lstrip('\n')"
            " + '<|im_end|>\n' }}{% endif %}",
            "<|im_start|>assistant\n",
        ),
        "<|im_end|>",
        "qwen3",
        others=("<|im_start|>", "<|endoftext|>", "<think>", "</think>"),
    ),
    # What is before </think> is dropped, and a think block is opened for a model that is asked.
    "deepseek-r1": Family(
        "{{ bos_token }}"
        + _turns(
            "{% if message.role == 'user' %}{{ '<\uff5cUser\uff5c>' + message.content }}{% else %}"
            + _WITHOUT_THINKING
            + "{{ '<\uff5cAssistant\uff5c>' + content + '<\uff5cend\u2581of\u2581sentence\uff5c>' }}{% endif %}",
            "<\uff5cAssistant\uff5c><think>\n",
        ),
        "<\uff5cend\u2581of\u2581sentence\uff5c>",
        "deepseekr1",
        start="<\uff5cbegin\u2581of\u2581sentence\uff5c>",
        others=("<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>", "<think>", "</think>"),
    ),
    "llama-3": Family(
        _turns(
            "{% set turn = '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content | trim"
            " + '<|eot_id|>' %}{{ bos_token + turn if loop.first else turn }}",
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        "<|eot_id|>",
        "llama3",
        start="<|begin_of_text|>",
        others=("<|start_header_id|>", "<|end_header_id|>"),
    ),
    # No role but user and model.
    "gemma": Family(
        "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
        "{% endif %}"
        + _turns(
            "{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n'"
            " + message.content | trim + '<end_of_turn>\n' }}",
            "<start_of_turn>model\n",
        ),
        "<end_of_turn>",
        "gemma",
        start="<bos>",
        others=("<start_of_turn>",),
    ),
    "phi": Family(
        _turns("{{ '<|' + message.role + '|>\n' + message.content + '<|end|>\n' }}", "<|assistant|>\n"),
        "<|end|>",
        "phi",
        others=("<|user|>", "<|assistant|>", "<|endoftext|>"),
    ),
    "mistral": Family(
        "{{ bos_token }}"
        + _turns(
            "{% if message.role == 'user' %}{{ '[INST] ' + message.content + '[/INST]' }}{% else %}"
            "{{ ' ' + message.content + eos_token }}{% endif %}",
            "",
        ),
        "</s>",
        "mistral",
        start="<s>",
        others=("[INST]", "[/INST]"),
    ),
}


def make_tokenizer(folder: Path, family: str, texts: list[str], end: str | None = None) -> None:
    """Write a byte-level BPE tokenizer of at most 1,500 tokens with a family's template.

    Args:
        folder: to write.
        family: one of FAMILIES.
        texts: to train on.
        end: the tokenizer's end token where it is not the template's.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    of = FAMILIES[family]
    special = [token for token in (of.start, of.end, end, *of.others) if token]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=1500, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": of.start, "eos_token": end or of.end,
        "chat_template": of.template,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")


if __name__ == "__main__":
    make_tokenizer(Path(sys.argv[1]), sys.argv[2], json.load(sys.stdin), *sys.argv[3:])
