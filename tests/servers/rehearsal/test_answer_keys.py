"""The rehearsal's answer keys."""

from __future__ import annotations

import pytest

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys, read_answer_keys
from reasonmed_assets.sources import SAMPLE_DIR, SourceError, load_declaration, read_source


def test_a_key_is_found_in_any_order_of_the_options():
    keys = AnswerKeys([("Which  one?", ["Alpha", "Beta", "Gamma"], "Beta")])
    assert keys.keyed_option("which one?", ["Alpha", "Beta", "Gamma"]) == 1
    assert keys.keyed_option("Which one?", ["gamma", "ALPHA", " beta "]) == 2


def test_an_unknown_question_has_no_key():
    keys = AnswerKeys([("Which one?", ["Alpha", "Beta"], "Beta")])
    assert keys.keyed_option("Which one?", ["Alpha", "Beta", "Gamma"]) is None
    assert keys.keyed_option("Which other?", ["Alpha", "Beta"]) is None


def test_every_question_of_the_sample_is_known():
    keys = read_answer_keys(SAMPLE_DIR, Sources().declared, {})
    for source in Sources().declared:
        for question in read_source(load_declaration(source), SAMPLE_DIR, {}).questions:
            found = keys.keyed_option(question.question, question.options)
            assert found is not None and question.options[found] == question.gold_text


def test_split_roles_reach_their_source(tmp_path):
    unused = {f"mmlu.{split}": "unused" for split in ("dev", "val", "test")}
    assert len(read_answer_keys(SAMPLE_DIR, ["mmlu"], unused)) == 0
    with pytest.raises(SourceError):
        read_answer_keys(tmp_path, ["mmlu"], {})
