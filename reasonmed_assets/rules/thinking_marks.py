"""The marks between which models write what they think, by family: the one list of them.

`llm/replies/reply_text.py` divides replies at them; the macro finds what is left of one in a text.
"""

from __future__ import annotations

from reasonmed_assets import sql

THINKING_MARKS = {
    "Qwen, DeepSeek, GLM, Hunyuan": (r"<think(?:ing)?>", r"</think(?:ing)?>"),
    "EXAONE, Marco-o1": (r"<(?:thoughts?|scratchpad)>", r"</(?:thoughts?|scratchpad)>"),
    "models trained to answer in tags": (r"<(?:reasoning|analysis|rationale)>", r"</(?:reasoning|analysis|rationale)>"),
    "Seed, MiniMax, LongCat": (r"<(?:seed:think|mm:think|longcat_think)>", r"</(?:seed:think|mm:think|longcat_think)>"),
    "Magistral": (r"(?-i:\[THINK\])", r"(?-i:\[/THINK\])"),
    "Kimi": ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    "MedGemma": (r"<unused94>(?:thought\b)?", "<unused95>"),
    "Gemma": (r"<\|channel>thought\b", r"<channel\|>"),
    "OpenThinker, Sky-T1": (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    "Command A": (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    "Apertus": (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    "Granite": (r"(?m:^Here(?: is|'s) my thought process:)", r"(?m:^Here(?: is|'s) my (?:response|answer):)"),
    "gpt-oss": (
        r"(?:<\|end\|>)?(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)[^<\n]{0,80}<\|message\|>",
        r"(?:<\|end\|>)?(?:<\|start\|>assistant)?<\|channel\|>final[^<\n]{0,80}<\|message\|>",
    ),
    "gpt-oss without its tokens": ("(?-i:assistant(?:analysis|commentary))", "(?-i:assistantfinal)"),
}
"""Family -> what opens and what closes its thinking, as regular expressions that Python and DuckDB read alike; case
does not count unless they say so."""

CHANNEL = "(?-i:^(?:assistant)?analysis[A-Z])"
"""How a text of gpt-oss begins without its tokens: the name of the channel and a sentence, with nothing between."""
_LEFT = "|".join([*(mark for pair in THINKING_MARKS.values() for mark in pair), CHANNEL, r"(?m:^#{1,6} *thinking\b)"])
MACROS = {"thinking_mark_in(content)": f"regexp_extract(content, {sql.literal(f'(?i){_LEFT}')})"}
"""The first mark in a text; empty where there is none."""
