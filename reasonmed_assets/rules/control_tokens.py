"""Control tokens of chat templates: what no text of data may hold, in a prompt or in a training set.

They are declared here; `llm/prompts/disarming.py` breaks them up for prompts, the macros for training sets.
"""

from __future__ import annotations

import re

from reasonmed_assets import sql

CONTROL_TOKENS = {
    "most families": "<|{word}|> <|{word}> <{word}|> [|{word}|]",
    "sentences": "<s> </s> <unk> <pad> <eos> <bos> <cls> <sep> <mask> <eot> <eod> <oov>",
    "BERT": "[CLS] [SEP] [PAD] [UNK] [MASK]",
    "Llama 2, Mistral": "[INST] [/INST] <<SYS>> <</SYS>>",
    "Mistral": "[SYSTEM_PROMPT] [/SYSTEM_PROMPT] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [TOOL_CALLS] [TOOL_RESULTS]"
    " [/TOOL_RESULTS] [TOOL_CONTENT] [CALL_ID] [ARGS] [THINK] [/THINK] [MODEL_SETTINGS] [/MODEL_SETTINGS]"
    " [REFERENCE_DOC_{number}] [IMG] [IMG_BREAK] [IMG_END] [AUDIO] [BEGIN_AUDIO] [TRANSCRIBE] [PREFIX] [MIDDLE]"
    " [SUFFIX] <SPECIAL_{number}>",
    "Gemma": "<start_of_turn> <end_of_turn> <start_of_image> <end_of_image> <image_soft_token> <unused{number}>",
    "Qwen, DeepSeek, GLM": "<think> </think> <tool_call> </tool_call> <tool_response> </tool_response> <tools> </tools>"
    " <arg_key> </arg_key> <arg_value> </arg_value> <sop> <eop> [gMASK] [sMASK]",
    "Kimi, EXAONE": "[BOS] [EOS] [EOT] [EXTRA_ID_{number}] [EXTRA_TOKEN_{number}]",
    "Cohere": "<BOS_TOKEN> <EOS_TOKEN> <EOP_TOKEN> <MASK_TOKEN> <CLS_TOKEN> <SEP_TOKEN>",
    "Seed": "<seed:{word}> </seed:{word}> <[{word}]>",
    "MiniMax": "]~b] ]~!b[ ]!p~[ ]!d~[ [e~[ <beginning_of_sentence> <end_of_sentence> <beginning_of_image>"
    " <beginning_of_document> <end_of_document> <minimax:{word}> </minimax:{word}> <mm:{word}> </mm:{word}>"
    " ]<] <ifm|{word}>",
    "Ling": "<role> </role>",
    "Nemotron": "<extra_id_{number}> <TOOLCALL> </TOOLCALL> <AVAILABLE_TOOLS> </AVAILABLE_TOOLS> <TOOL_RESPONSE>",
    "Baichuan, InternLM": "<reserved_{number}> <TOKENS_UNUSED_{number}> <eoh> <eoa>",
    "Falcon": ">>{word}<<",
    "Idefics, SmolVLM": "<end_of_utterance> <fake_token_around_image> <global-img>",
    "single words": "<im_start> <im_end> <user> <assistant> <system>",
    "code": "<fim_prefix> <fim_middle> <fim_suffix> <fim_pad> <fim-prefix> <fim-middle> <fim-suffix> <fim-pad>"
    " <PRE> <MID> <SUF> <file_sep> <repo_name> <reponame> <filename>"
    " <gh_stars> <issue_{word}> <jupyter_{word}> <empty_output> <commit_{word}>",
    "pictures and sound": "<image> </image> <img> </img> <video> <audio> <patch_start> <patch_end> <__media__>",
}
"""Control tokens by family of models, separated by spaces: the one list of them.

`{word}` is a run of up to 60 characters without spaces and brackets, `{number}` a run of digits. Tokens with angle
brackets count in upper and lower case; those in square brackets as they are, since `[middle]` may be a remark.
"""

_PLACEHOLDERS = {r"\{word\}": r"[^<>\[\]\s]{1,60}?", r"\{number\}": r"[0-9]{1,9}", r"\|": "[|\uff5c]"}


def _patterns() -> dict[str, str]:
    """First character of a token -> what follows it in any of the tokens that begin so."""
    rests: dict[str, list[str]] = {}
    for token in " ".join(CONTROL_TOKENS.values()).split():
        rest = re.escape(token[1:])
        for spelled, characters in _PLACEHOLDERS.items():
            rest = rest.replace(spelled, characters)
        rests.setdefault(token[0], []).append(rest)
    return {first: f"(?{'' if first == '[' else 'i'}:{'|'.join(rest)})" for first, rest in rests.items()}


_PATTERNS = {re.escape(first): rest for first, rest in _patterns().items()}
_FIRSTS = tuple(first.removeprefix("\\") for first in _PATTERNS)
CONTROL_TOKEN = "|".join(first + rest for first, rest in _PATTERNS.items())
"""A control token, as a regular expression that Python and DuckDB read alike."""


def may_hold_a_token(text: str) -> bool:
    """Whether it is worth looking for tokens: that takes long in a text, and most hold none."""
    return any(first in text for first in _FIRSTS)


def _broken_up(text: str) -> str:
    for first, rest in _PATTERNS.items():
        text = f"regexp_replace({text}, {sql.literal(f'({first})({rest})')}, '\\1 \\2', 'g')"
    return text


_FOUND = f"regexp_extract(content, {sql.literal(CONTROL_TOKEN)})"
# A second time for tokens that overlap: of two, the first pass breaks up one. Most texts hold none.
_WITHOUT_TOKENS = f"case when {_FOUND} = '' then content else {_broken_up(_broken_up('content'))} end"
MACROS = {
    "control_token_in(content)": _FOUND,
    "training_text(content)": f"list_transform([{_WITHOUT_TOKENS}], lambda text: without_lone_tags(text))[1]",
}
"""The SQL macros that follow from the list, signature -> expression: the first token of a text (empty where there is
none), and the text with a space after the first character of each token and lone tag."""
