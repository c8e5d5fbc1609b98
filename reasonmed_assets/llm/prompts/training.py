"""A training record as a conversation: what a model is asked, and what it is to answer.

One rendering for every form in which a record leaves the warehouse, and for asking a trained model the same.
"""

from __future__ import annotations

from collections.abc import Mapping

Messages = list[dict[str, str]]


def training_prompt(instruction: str, context: str) -> str:
    """The user's message, joined as LLaMA-Factory joins `instruction` and `input` of an alpaca record.

    Args:
        instruction: question with lettered options.
        context: empty where there is none.
    """
    return "\n".join(filter(None, (instruction, context)))


def conversation(record: Mapping[str, str]) -> tuple[Messages, Messages]:
    """Prompt and completion of a record with `instruction`, `input` and `output`, one message each."""
    asked = training_prompt(record["instruction"], record["input"])
    return [{"role": "user", "content": asked}], [{"role": "assistant", "content": record["output"]}]
