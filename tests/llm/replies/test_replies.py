"""Reading replies: every form a model may answer in, and every way in which a reply is unusable."""

from __future__ import annotations

import dataclasses
import json
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from reasonmed_assets.config.profile import Model
from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.replies.parsing import TextReply, parse_reply, response_format, value_of
from reasonmed_assets.roles import ROLES, RoleError
from reasonmed_assets.roles.evaluator import Evaluation
from reasonmed_assets.roles.ranker import Score
from reasonmed_assets.roles.replies import PATH_STEPS, JsonReply, Text
from reasonmed_assets.roles.verifier import Verdict
from reasonmed_assets.vocabulary import VERDICTS

TEXT_ROLES = ("generator", "refiner", "summariser")
STRUCTURED_ROLES = ("evaluator", "ranker", "regenerator", "verifier")
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
    assert [name for name, role in ROLES.items() if role.is_text] == list(TEXT_ROLES)
    assert [name for name, role in ROLES.items() if not role.is_text] == list(STRUCTURED_ROLES)


# Roles that reply in text


@pytest.mark.parametrize("role", TEXT_ROLES)
def test_a_text_comes_with_its_letter_and_the_rule_that_found_it(role: str) -> None:
    value = read(role, f"  {PATH}\n")
    assert isinstance(value, TextReply)
    assert (value.path_text, value.answer_letter, value.json_reply) == (PATH, "B", None)
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
        ("Partly", {"finish_reason": "content_filter"}, "filtered"),
        ("Partly", {"finish_reason": "SAFETY"}, "filtered"),
        (PATH, {"finish_reason": "RECITATION"}, "filtered"),
        (PATH, {"finish_reason": "MAX_TOKENS"}, "truncated"),
        (PATH, {"finish_reason": "model_length"}, "truncated"),
        (None, {"unreadable": "its content is no text: 5"}, "malformed"),
        (None, {"tool_arguments": '{"answer": "B"}'}, "empty"),
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


DRAFT = '{"verdict": "Error", "reason": "A first thought."}'


@pytest.mark.parametrize("content", [None, "", " \n"])
@pytest.mark.parametrize(
    "reply",
    [
        {"reasoning": json.dumps(VALID["verifier"])},
        {"reasoning": f"Let me see. {DRAFT} No, the other way round.\n{json.dumps(VALID['verifier'])}"},
        {"reasoning": f"```json\n{json.dumps(VALID['verifier'])}\n```"},
        {"tool_arguments": json.dumps(VALID["verifier"])},
        {"tool_arguments": f"{DRAFT}\n{json.dumps(VALID['verifier'])}"},
        {"tool_arguments": json.dumps(VALID["verifier"]), "reasoning": DRAFT},
    ],
)
@pytest.mark.parametrize("form", ["none", "field", "think"])
def test_a_verdict_that_is_not_in_the_content(content: str | None, reply: dict[str, Any], form: Any) -> None:
    assert read("verifier", content, model(reasoning=form), **reply) == Verdict(**VALID["verifier"])


def test_a_verdict_beside_words_comes_from_the_tool() -> None:
    said = json.dumps(VALID["verifier"])
    assert read("verifier", "I record my verdict.", tool_arguments=said) == Verdict(**VALID["verifier"])


@pytest.mark.parametrize(
    ("content", "reply", "outcome"),
    [
        (None, {"reasoning": f"Perhaps {DRAFT}, but I am not sure."}, "empty"),
        (None, {"reasoning": "{not JSON}"}, "empty"),
        (None, {"tool_arguments": '{"verdict": 5}'}, "malformed"),
        ("Words.", {"reasoning": DRAFT}, "malformed"),
        (None, {"reasoning": DRAFT, "finish_reason": "length"}, "truncated"),
        (None, {"tool_arguments": DRAFT, "finish_reason": "SAFETY"}, "filtered"),
    ],
)
def test_what_is_no_verdict_although_one_is_drafted(content: str | None, reply: dict[str, Any], outcome: str) -> None:
    assert unusable("verifier", content, **reply).outcome == outcome


def test_what_could_be_read_of_an_unusable_text_is_kept_but_is_no_path() -> None:
    error = unusable("generator", "<think>Long thought</think>Perhaps.", model(reasoning="think"))
    assert error.value == TextReply("<think>Long thought</think>Perhaps.", "Long thought", "Perhaps.")
    assert "Perhaps." in error.detail
    cut_off = unusable("generator", "never-ending", model(reasoning="think"), finish_reason="length")
    assert cut_off.value == TextReply("never-ending", "never-ending", None)


def test_an_apology_before_an_answer_is_no_refusal() -> None:
    text = f"I'm sorry, I can't be sure, but:\n{PATH}"
    assert read("generator", text).answer_letter == "B"


# Roles that reply in JSON


def test_a_verdict_is_read() -> None:
    assert read("verifier", json.dumps(VALID["verifier"])) == Verdict(verdict="Correct", reason="The enzyme decides.")
    assert read("verifier", '{"verdict": "Error", "reason": "No."}').verdict in VERDICTS


def test_a_score_is_read() -> None:
    assert read("ranker", json.dumps(VALID["ranker"])) == Score(score=4, justification="Clear.")


def test_four_scores_are_read_and_averaged() -> None:
    value = read("evaluator", json.dumps(VALID["evaluator"]))
    assert value == Evaluation.model_validate(VALID["evaluator"])
    assert value_of(value) == VALID["evaluator"]


def test_a_regenerated_path_is_a_path_with_a_letter() -> None:
    value = read("regenerator", json.dumps(VALID["regenerator"]))
    assert (value.path_text, value.answer_letter, value_of(value)["supports_key"]) == (PATH, "B", True)


@pytest.mark.parametrize("path", ["", None, PATH])
def test_a_key_that_is_not_supported_leaves_no_path(path: str | None) -> None:
    value = read("regenerator", json.dumps({"supports_key": False, "path": path}))
    assert (value.path_text, value.answer_letter, value_of(value)["supports_key"]) == (None, None, False)


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


def test_keys_and_verdicts_are_read_in_any_case() -> None:
    assert read("verifier", '{"Verdict": "CORRECT.", "Reason": "Yes."}').verdict == "correct"
    assert read("verifier", '{"verdict": "Incorrect", "reason": "No."}').verdict == "error"
    assert (
        read("evaluator", json.dumps({k.title().replace("_", " "): v for k, v in VALID["evaluator"].items()})).logic
        == 8
    )


def test_the_last_fitting_object_counts() -> None:
    content = '{"verdict": "Correct", "reason": "a"} No, wait: {"verdict": "Error", "reason": "b"}'
    assert read("verifier", content) == Verdict(verdict="Error", reason="b")


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
    with pytest.raises(RoleError, match="no role 'judge'"):
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


def test_a_reply_may_hold_models_lists_and_fields_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kind(StrEnum):
        MAJOR = "major"
        MINOR = "minor"

    class Finding(BaseModel):
        name: str
        kind: Kind

    class Findings(JsonReply):
        findings: list[Finding]
        main: Finding | None = None

    monkeypatch.setitem(ROLES, "ranker", dataclasses.replace(ROLES["ranker"], reply=Findings))
    schema = response_format("ranker", "json_schema", 1024)["json_schema"]["schema"]  # type: ignore[index]
    validator = Draft202012Validator(schema)
    reply: dict[str, Any] = {"findings": [{"name": "fever", "kind": "minor"}], "main": None}
    assert validator.is_valid(reply)
    assert not validator.is_valid({**reply, "main": {"name": "fever", "kind": "none"}})
    assert value_of(read("ranker", json.dumps(reply))) == reply


@pytest.mark.parametrize("role", STRUCTURED_ROLES)
@pytest.mark.parametrize("max_tokens", [1, 100, 400])
def test_a_small_bound_on_tokens_bounds_every_string(role: str, max_tokens: int) -> None:
    schema = response_format(role, "json_schema", max_tokens)["json_schema"]["schema"]  # type: ignore[index]
    strings = [field for field in schema["properties"].values() if field["type"] == "string" and "enum" not in field]
    assert strings
    assert all(1 <= field["maxLength"] < 2 * max_tokens + 2 for field in strings)


def test_no_bound_reaches_what_grammar_engines_refuse() -> None:
    for max_tokens in (None, 600, 800, 20_000):
        path = response_format("regenerator", "json_schema", max_tokens)["json_schema"]["schema"]["properties"]["path"]  # type: ignore[index]
        assert path.get("maxLength", 0) < 2_000


# A form for a model that keeps to no form that it is only told of

STEPS = {step: f"About {step}." for step in PATH_STEPS}


@pytest.mark.parametrize("role", ["generator", "refiner"])
def test_a_filled_in_form_is_a_path_of_six_steps(role: str) -> None:
    content = json.dumps({**STEPS, "answer": "B. Allopurinol"}, indent=2)
    value = read(role, content)
    lines = value.path_text.split("\n")
    assert [line[:7] for line in lines[:6]] == [f"Step {n}." for n in range(1, 7)]
    assert lines[-1] == "Final answer: B. Allopurinol"
    assert (value.answer_letter, value.raw_text) == ("B", content)


def test_a_filled_in_form_is_a_summary_or_a_regenerated_path() -> None:
    assert read("summariser", '{"summary": "Short.", "answer": "C. Probenecid"}').path_text == (
        "Short.\n\nFinal answer: C. Probenecid"
    )
    value = read("regenerator", json.dumps({"supports_key": True, **STEPS, "answer": "B. Allopurinol"}))
    assert (value.answer_letter, value_of(value)["supports_key"]) == ("B", True)
    assert value.path_text.startswith("Step 1. About restate.")
    denied = read("regenerator", json.dumps({"supports_key": False, **STEPS, "answer": "B. Allopurinol"}))
    assert (denied.path_text, value_of(denied)["supports_key"]) == (None, False)


def test_a_form_with_a_gap_is_no_path_of_six_steps() -> None:
    gap = {**STEPS, "compare": " ", "answer": "B. Allopurinol"}
    assert unusable("regenerator", json.dumps({"supports_key": True, **gap})).outcome == "malformed"
    assert not read("generator", json.dumps(gap)).path_text.startswith("Step 1.")


@pytest.mark.parametrize("role", ["generator", "refiner", "regenerator", "summariser"])
def test_the_form_that_is_asked_for_is_the_one_that_is_read(role: str) -> None:
    schema = response_format(role, "json_schema", 300, ["a\nb", "c"])["json_schema"]["schema"]  # type: ignore[index]
    assert schema["properties"]["answer"]["enum"] == ["A. a b", "B. c"]
    filled: dict[str, Any] = {
        name: True if field["type"] == "boolean" else field.get("enum", ["x" * field.get("minLength", 1)])[-1]
        for name, field in schema["properties"].items()
    }
    value = read(role, json.dumps(filled))
    assert value.path_text.endswith("Final answer: B. c")
    strings = [field["maxLength"] for field in schema["properties"].values() if "maxLength" in field]
    assert sum(strings) < 2 * 300


def test_only_schemas_make_forms() -> None:
    for structured in ("json_object", "none"):
        assert response_format("generator", structured, 300, ["a", "b"]) is None


@pytest.mark.parametrize("role", ["verifier", "ranker", "evaluator"])
def test_options_change_nothing_for_judging_roles(role: str) -> None:
    assert response_format(role, "json_schema", 300, ["a", "b"]) == response_format(role, "json_schema", 300)


def test_a_text_need_not_answer_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is taken as it is, for a row that has no options too; what is no text is not taken."""
    role = dataclasses.replace(ROLES["summariser"], name="simplifier", reply=Text(has_answer=False))
    monkeypatch.setitem(ROLES, "simplifier", role)
    reply = Reply(content="Gout follows from too much uric acid.", finish_reason="stop")
    assert parse_reply("simplifier", reply, {}, model()).path_text == reply.content
    assert unusable("simplifier", "").outcome == "empty"
    assert unusable("simplifier", "I'm sorry, but I can't help with that.").outcome == "refused"
    assert unusable("simplifier", "Gout follows", finish_reason="length").outcome == "truncated"
    assert response_format("simplifier", "json_schema", 500, FIELDS["options"]) is None
    assert unusable("summariser", reply.content).outcome == "answerless"


@pytest.mark.parametrize("token", ["<|im_end|>", "<unk>", "<pad>", "[gMASK]", "<image>", "[INST]"])
@pytest.mark.parametrize("role", ["generator", "refiner", "summariser"])
def test_a_text_with_a_token_of_a_chat_template_is_no_path(role: str, token: str) -> None:
    found = unusable(role, PATH.replace("asks", f"asks {token}"))
    assert (found.outcome, found.detail) == ("malformed", f"the text holds tokens of a chat template: {token}")


def test_a_token_that_the_question_has_may_be_quoted_and_one_at_the_end_is_none_of_the_text() -> None:
    quoting = PATH.replace("asks", "shows <image> and asks")
    fields = FIELDS | {"question": "<image> Which inhibits xanthine oxidase?"}
    parsed = parse_reply("generator", Reply(content=quoting, finish_reason="stop"), fields, model())
    assert isinstance(parsed, TextReply) and parsed.path_text == quoting
    for ending in ("<|im_end|>", "\n<|eot_id|>", "</s>", "<end_of_turn>\n", "<|end|><|return|>"):
        assert read("generator", PATH + ending).path_text == PATH
