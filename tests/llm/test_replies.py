"""Reading replies: every form a model may answer in, and every way in which a reply is of no use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.replies import (
    STRUCTURED_ROLES,
    TEXT_ROLES,
    Evaluation,
    Score,
    TextReply,
    Verdict,
    parse_reply,
    response_format,
)
from reasonmed_assets.llm.reply_text import Parts, is_refusal, json_objects, split_reasoning
from reasonmed_assets.profiles.model import ROLES, Model
from reasonmed_assets.vocabulary import VERDICTS

FIELDS = {"options": ["Colchicine", "Allopurinol", "Probenecid"]}
PATH = "Step 1. The question asks for a xanthine oxidase inhibitor.\nFinal answer: B. Allopurinol"
VALID = {
    "verifier": {"verdict": "Correct", "reason": "The enzyme decides."},
    "ranker": {"score": 4, "justification": "Clear."},
    "regenerator": {"supports_key": True, "path": PATH},
    "evaluator": {
        "clinical_accuracy": 9,
        "logic": 8,
        "factual_correctness": 10,
        "completeness": 7,
        "justification": "Sound.",
    },
}


def model(**changes: Any) -> Model:
    return Model(**{"provider": "p", "name": "m", "revision": "1", **changes})


def read(role: str, content: str | None, declared: Model | None = None, **reply: Any) -> Any:
    reply.setdefault("finish_reason", "stop")
    return parse_reply(role, Reply(content=content, **reply), FIELDS, declared or model())


def unusable(role: str, content: str | None, declared: Model | None = None, **reply: Any) -> Unusable:
    with pytest.raises(Unusable) as raised:
        read(role, content, declared, **reply)
    return raised.value


def test_roles_are_either_text_or_structured() -> None:
    assert sorted((*TEXT_ROLES, *STRUCTURED_ROLES)) == sorted(ROLES)


# Where a reply thinks and where it answers


@pytest.mark.parametrize("form", ["none", "field", "think", "headings"])
def test_a_reasoning_field_is_the_thinking_whatever_the_declared_form(form: Any) -> None:
    assert split_reasoning("answer", "thought", form) == Parts("thought", "answer")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("<think>thought</think>\n\nanswer", Parts("thought", "answer")),
        ("thought\n</think>\nanswer", Parts("thought", "answer")),
        ("<thinking>thought</thinking>answer", Parts("thought", "answer")),
        ("<think>\n\n</think>\nanswer", Parts(None, "answer")),
        ("<think>thought</think>answer</think>", Parts("thought", "answer")),
        ("<think>one</think><think>two</think>answer", Parts("onetwo", "answer")),
        ("<think>cut off in th", Parts("cut off in th", None)),
        ("<think>thought</think>", Parts("thought", None)),
        ("answer without a thought", Parts(None, "answer without a thought")),
        ("", Parts(None, None)),
        (None, Parts(None, None)),
    ],
)
def test_think_tags_divide_thinking_from_answer(content: str | None, parts: Parts) -> None:
    assert split_reasoning(content, None, "think") == parts


def test_without_any_mark_a_reply_that_was_cut_off_is_all_thinking() -> None:
    for form in ("think", "headings"):
        assert split_reasoning("so far", None, form, is_cut_off=True) == Parts("so far", None)
    assert split_reasoning("so far", "thought", "think", is_cut_off=True) == Parts("thought", "so far")
    assert split_reasoning("so far", None, "none", is_cut_off=True) == Parts(None, "so far")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("## Thinking\n\nthought\n\n## Final Response\n\nanswer", Parts("thought", "answer")),
        ("thought\n\n## Final Response\nanswer", Parts("thought", "answer")),
        ("### Thinking:\nthought\n### Final response:\nanswer", Parts("thought", "answer")),
        ("**Thinking**\nthought\n**Final Response:** answer", Parts("thought", "answer")),
        ("## Thinking\nthe final response is near, cut o", Parts("the final response is near, cut o", None)),
        ("## Final Response\nanswer", Parts(None, "answer")),
        ("answer", Parts(None, "answer")),
    ],
)
def test_headings_divide_thinking_from_answer(content: str, parts: Parts) -> None:
    assert split_reasoning(content, None, "headings") == parts


def test_tags_are_read_where_a_server_was_declared_to_split_and_did_not() -> None:
    assert split_reasoning("<think>thought</think>answer", None, "field") == Parts("thought", "answer")


_plain = st.text().filter(lambda text: text.strip() and "think" not in text.lower() and "<" not in text)


@given(_plain, _plain)
def test_a_missing_opening_tag_changes_nothing(thought: str, answer: str) -> None:
    whole = split_reasoning(f"<think>{thought}</think>{answer}", None, "think")
    assert (
        whole == split_reasoning(f"{thought}</think>{answer}", None, "think") == Parts(thought.strip(), answer.strip())
    )


# Roles that reply in text


@pytest.mark.parametrize("role", TEXT_ROLES)
def test_a_text_comes_with_its_letter_and_the_rule_that_found_it(role: str) -> None:
    value = read(role, f"  {PATH}\n")
    assert isinstance(value, TextReply)
    assert (value.path_text, value.answer_letter, value.supports_key) == (PATH, "B", None)
    assert value.raw_text == f"  {PATH}\n"
    assert value.extraction_rule


def test_the_path_is_what_the_model_declares() -> None:
    content = f"<think>Probenecid is wrong.</think>{PATH}"
    answer = read("generator", content, model(reasoning="think"))
    both = read("generator", content, model(reasoning="think", path_text="reasoning_and_answer"))
    assert answer.path_text == PATH
    assert both.path_text == f"Probenecid is wrong.\n\n{PATH}"
    assert answer.reasoning_text == both.reasoning_text == "Probenecid is wrong."
    assert answer.answer_text == both.answer_text == PATH


@pytest.mark.parametrize("role", ["refiner", "summariser"])
def test_thinking_never_enters_a_rewritten_text(role: str) -> None:
    declared = model(reasoning="think", path_text="reasoning_and_answer")
    assert read(role, f"<think>The key is B.</think>{PATH}", declared).path_text == PATH


def test_the_letter_of_the_answer_goes_before_letters_of_the_thinking() -> None:
    declared = model(reasoning="think", path_text="reasoning_and_answer")
    assert read("generator", f"{PATH}</think>On reflection: Final answer: C. Probenecid", declared).answer_letter == "C"


def test_a_letter_that_only_the_thinking_states_counts_where_the_thinking_is_part_of_the_path() -> None:
    content = f"<think>{PATH}</think>That settles it."
    assert read("generator", content, model(reasoning="think", path_text="reasoning_and_answer")).answer_letter == "B"
    assert unusable("generator", content, model(reasoning="think")).outcome == "answerless"


def test_a_denial_in_the_answer_is_not_overruled_by_the_thinking() -> None:
    declared = model(reasoning="think", path_text="reasoning_and_answer")
    content = f"<think>{PATH}</think>Final answer: none of the above"
    assert unusable("generator", content, declared).outcome == "answerless"


@pytest.mark.parametrize(
    ("content", "reply", "outcome"),
    [
        (PATH, {"finish_reason": "length", "completion_tokens": 8192}, "truncated"),
        (None, {"finish_reason": "length"}, "truncated"),
        (None, {}, "empty"),
        (" \n", {"reasoning": "  "}, "empty"),
        ("", {"reasoning": "It thought and stopped."}, "empty"),
        (None, {"refusal": "I will not."}, "refused"),
        ("Partly", {"finish_reason": "content_filter"}, "refused"),
        ("I'm sorry, but I can't help with that.", {}, "refused"),
        ("It may be one drug or another.", {}, "answerless"),
        ("Final answer: None of the above", {}, "answerless"),
    ],
)
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_a_text_of_no_use_has_its_own_outcome(
    role: str, content: str | None, reply: dict[str, Any], outcome: str
) -> None:
    assert unusable(role, content, **reply).outcome == outcome


def test_what_could_be_read_of_an_unusable_text_is_kept_but_is_no_path() -> None:
    error = unusable("generator", "<think>Long thought</think>Perhaps.", model(reasoning="think"))
    assert error.value == TextReply("<think>Long thought</think>Perhaps.", "Long thought", "Perhaps.")
    assert "Perhaps." in error.detail
    cut_off = unusable("generator", "never-ending", model(reasoning="think"), finish_reason="length")
    assert cut_off.value == TextReply("never-ending", "never-ending", None)


def test_an_apology_before_an_answer_is_no_refusal() -> None:
    text = f"I'm sorry, I can't be sure, but:\n{PATH}"
    assert read("generator", text).answer_letter == "B"


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I'm sorry, but I can't assist with that request.", True),
        ("I\u2019m sorry, I cannot answer.", True),
        ("I apologize, but I am unable to provide medical advice.", True),
        ("I cannot provide a diagnosis.", True),
        ("As an AI, I do not treat patients.", True),
        ("The response was filtered due to the prompt.", True),
        ("I cannot rule out B on this history.", False),
        ("Sorry state of the gums points to scurvy.", False),
        ("The patient says: I can't help it.", False),
    ],
)
def test_refusals_are_told_from_reasoning(text: str, refuses: bool) -> None:
    assert is_refusal(text) is refuses


# Roles that reply in JSON


def test_a_verdict_is_read() -> None:
    assert read("verifier", json.dumps(VALID["verifier"])) == Verdict("correct", "The enzyme decides.")
    assert read("verifier", '{"verdict": "Error", "reason": "No."}').verdict in VERDICTS


def test_a_score_is_read() -> None:
    assert read("ranker", json.dumps(VALID["ranker"])) == Score(4, "Clear.")


def test_four_scores_are_read_and_averaged() -> None:
    value = read("evaluator", json.dumps(VALID["evaluator"]))
    assert value == Evaluation(9, 8, 10, 7, "Sound.")
    assert value.score == 8.5


def test_a_regenerated_path_is_a_path_with_a_letter() -> None:
    value = read("regenerator", json.dumps(VALID["regenerator"]))
    assert (value.path_text, value.answer_letter, value.supports_key) == (PATH, "B", True)


@pytest.mark.parametrize("path", ["", None, PATH])
def test_a_key_that_is_not_supported_leaves_no_path(path: str | None) -> None:
    value = read("regenerator", json.dumps({"supports_key": False, "path": path}))
    assert (value.path_text, value.answer_letter, value.supports_key) == (None, None, False)


def test_a_supported_key_needs_a_path_that_answers() -> None:
    assert unusable("regenerator", '{"supports_key": true, "path": " "}').outcome == "malformed"
    assert unusable("regenerator", '{"supports_key": true}').outcome == "malformed"
    assert unusable("regenerator", '{"supports_key": true, "path": "It is hard to say."}').outcome == "answerless"


WRAPPINGS = [
    "{}",
    "```json\n{}\n```",
    "```\n{}\n```\nI hope this helps!",
    "Here is my judgement:\n{}",
    "{} Let me know if {{more}} is needed.",
    "<think>Is it {{right}}?</think>{}",
    '{{"note": "first thoughts"}} {}',
]


@pytest.mark.parametrize("role", STRUCTURED_ROLES)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrapping_does_not_change_what_is_read(role: str, wrapping: str) -> None:
    declared = model(reasoning="think")
    plain = read(role, json.dumps(VALID[role]), declared)
    wrapped = read(role, wrapping.format(json.dumps(VALID[role])), declared)
    if isinstance(plain, TextReply):
        assert (plain.path_text, plain.answer_letter) == (wrapped.path_text, wrapped.answer_letter)
    else:
        assert plain == wrapped


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(WRAPPINGS[:6]))
def test_a_reason_survives_any_wrapping(reason: str, wrapping: str) -> None:
    content = wrapping.format(json.dumps({"verdict": "Error", "reason": reason}))
    value = read("verifier", content, model(reasoning="think"))
    assert (value.verdict, value.reason.strip()) == ("error", reason.strip())


@given(st.integers(min_value=1, max_value=len(json.dumps(VALID["regenerator"])) - 1))
def test_a_reply_that_breaks_off_is_never_a_judgement(length: int) -> None:
    error = unusable("regenerator", json.dumps(VALID["regenerator"])[:length])
    assert error.outcome == "malformed"
    for role in ("verifier", "ranker", "evaluator"):
        assert unusable(role, json.dumps(VALID[role])[: min(length, len(json.dumps(VALID[role])) - 1)]).outcome == (
            "malformed"
        )


@given(st.text())
def test_no_text_without_an_object_is_a_judgement(text: str) -> None:
    content = text.replace("{", "(")
    for role in STRUCTURED_ROLES:
        assert unusable(role, content).outcome in ("malformed", "empty", "refused")


def test_line_breaks_in_strings_and_single_quotes_are_read() -> None:
    assert read("verifier", '{"verdict": "Error", "reason": "One.\nTwo."}').reason == "One.\nTwo."
    assert read("verifier", "{'verdict': 'Error', 'reason': \"It's wrong.\"}").reason == "It's wrong."
    assert json_objects("{'a': __import__('os')}") == []


def test_keys_and_verdicts_are_read_in_any_case() -> None:
    assert read("verifier", '{"Verdict": "CORRECT.", "Reason": "Yes."}').verdict == "correct"
    assert read("verifier", '{"verdict": "Incorrect", "reason": "No."}').verdict == "error"
    assert (
        read("evaluator", json.dumps({k.title().replace("_", " "): v for k, v in VALID["evaluator"].items()})).logic
        == 8
    )


def test_the_last_fitting_object_counts() -> None:
    content = '{"verdict": "Correct", "reason": "a"} No, wait: {"verdict": "Error", "reason": "b"}'
    assert read("verifier", content) == Verdict("error", "b")


@pytest.mark.parametrize(
    ("given_score", "score"), [(0, 0), (5, 5), (3.5, 3.5), ("4", 4), ("4/5", 4), ("4 out of 5", 4)]
)
def test_scores_in_range_are_read(given_score: Any, score: float) -> None:
    assert read("ranker", json.dumps({"score": given_score, "justification": "x"})).score == score


@pytest.mark.parametrize("score", [-1, 6, 5.01, "8/10", "high", True, None, [4], float("nan"), float("inf")])
def test_a_score_out_of_range_or_of_no_number_is_malformed(score: Any) -> None:
    error = unusable("ranker", json.dumps({"score": score, "justification": "x"}))
    assert error.outcome == "malformed"
    assert "score" in error.detail


@pytest.mark.parametrize(
    ("role", "reply", "named"),
    [
        ("verifier", {"verdict": "Partly correct", "reason": "x"}, "verdict"),
        ("verifier", {"verdict": "Correct"}, "reason"),
        ("verifier", {"verdict": "Error", "reason": " "}, "reason"),
        ("verifier", {"reason": "x"}, "verdict"),
        ("verifier", {"verdict": None, "reason": "x"}, "verdict"),
        ("verifier", {"verdict": ["Correct"], "reason": "x"}, "verdict"),
        ("evaluator", {**VALID["evaluator"], "logic": 0}, "logic"),
        ("evaluator", {**VALID["evaluator"], "completeness": 11}, "completeness"),
        ("regenerator", {"supports_key": "perhaps", "path": PATH}, "supports_key"),
    ],
)
def test_a_malformed_reply_names_the_field_for_the_repair(role: str, reply: dict[str, Any], named: str) -> None:
    error = unusable(role, json.dumps(reply))
    assert error.outcome == "malformed"
    assert named in error.detail


@pytest.mark.parametrize("role", STRUCTURED_ROLES)
def test_a_failed_call_is_no_judgement(role: str) -> None:
    whole = json.dumps(VALID[role])
    assert unusable(role, whole, finish_reason="length").outcome == "truncated"
    assert unusable(role, None).outcome == "empty"
    assert unusable(role, None, reasoning="It thought and stopped.").outcome == "empty"
    assert unusable(role, None, refusal="No.").outcome == "refused"
    assert unusable(role, "I'm sorry, but I can't help with that.").outcome == "refused"
    assert unusable(role, "The reasoning is Correct.").outcome == "malformed"


def test_an_unknown_role_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown role 'judge'"):
        read("judge", "x")


# How an endpoint is asked


@pytest.mark.parametrize("role", ROLES)
def test_only_structured_roles_ask_for_a_format(role: str) -> None:
    assert response_format(role, "none") is None
    asked = response_format(role, "json_schema"), response_format(role, "json_object")
    if role in TEXT_ROLES:
        assert asked == (None, None)
    else:
        assert asked[0] is not None
        assert asked[0]["json_schema"]["name"] == role
        assert asked[1] == {"type": "json_object"}


@pytest.mark.parametrize("role", STRUCTURED_ROLES)
def test_a_schema_asks_for_what_the_reader_takes(role: str) -> None:
    schema = response_format(role, "json_schema")["json_schema"]["schema"]  # type: ignore[index]
    assert schema["required"] == list(schema["properties"]) == list(VALID[role])
    assert schema["additionalProperties"] is False
    incomplete = [{k: v for k, v in VALID[role].items() if k != name} for name in schema["required"]]
    assert {unusable(role, json.dumps(reply)).outcome for reply in incomplete} == {"malformed"}


@pytest.mark.parametrize("role", STRUCTURED_ROLES)
@pytest.mark.parametrize("max_tokens", [1, 100, 400])
def test_a_small_bound_on_tokens_bounds_every_string(role: str, max_tokens: int) -> None:
    schema = response_format(role, "json_schema", max_tokens)["json_schema"]["schema"]  # type: ignore[index]
    strings = [field for field in schema["properties"].values() if field["type"] == "string" and "enum" not in field]
    assert strings
    assert all(1 <= field["maxLength"] < 3 * max_tokens + 3 for field in strings)


def test_no_bound_reaches_what_grammar_engines_refuse() -> None:
    for max_tokens in (None, 600, 800, 20_000):
        path = response_format("regenerator", "json_schema", max_tokens)["json_schema"]["schema"]["properties"]["path"]  # type: ignore[index]
        assert path.get("maxLength", 0) < 2_000


# Real replies


@pytest.mark.shared_data
def test_real_replies_are_read_as_json_wherever_they_hold_an_object(shared_data: Path) -> None:
    """Replies of GPT-3.5 and GPT-4: clean ones all read, and 9 in 10 of those that need more than a parser."""
    counts: dict[str, list[bool]] = {"json": [], "regex": []}
    for file in sorted((shared_data / "replies").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            for path in json.loads(line)["paths"].values():
                if path["parse"] in counts:
                    counts[path["parse"]].append(bool(json_objects(path["raw"][0])))
    assert len(counts["json"]) > 3_000
    assert all(counts["json"])
    assert sum(counts["regex"]) > 0.9 * len(counts["regex"]) > 0


@pytest.mark.shared_data
def test_real_reasoning_is_no_refusal(shared_data: Path) -> None:
    texts = [
        path["cot"]
        for file in sorted((shared_data / "replies").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        for path in json.loads(line)["paths"].values()
        if path["parse"] == "json" and path["letter"] and path["cot"]
    ]
    assert len(texts) > 3_000
    assert not [text for text in texts if is_refusal(text)]
