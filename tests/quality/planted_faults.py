"""For every assertion, faults that it must find: SQL statements on the staged rows (`rows`) or the published tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reasonmed_assets.quality import tables as _declared  # noqa: F401  (fills TABLES)
from reasonmed_assets.quality.schema import TABLES


@dataclass(frozen=True)
class Fault:
    """A fault of a table's rows, and the settings under which it is one."""

    table: str
    check: str
    statement: str
    overrides: dict[str, Any] = field(default_factory=dict)


_SMALL = {"checks.thresholds.min_rows_for_rates": 5}
_NO_LIMIT: dict[str, Any] = {}
_SFT = ("sft_cot", "sft_response", "sft_reasonmed")
_ASKED = tuple(name for name, spec in TABLES.items() if spec.missing)
_GOLD = (
    "update rows set gold_text = 'Tibial nerve' where question_id = 'easy1'",
    "update rows set gold_letter = 'J' where question_id = 'easy1'",
    "update rows set n_options = 5",
    "update rows set options = ['Femoral nerve', '', 'x', 'y']",
)

_FAULTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("raw_questions", "counts"): (
        "delete from rows where question_id = 'easy1'",
        "update source_files set records = 11",
        "update rows set file = 'mmlu/unknown.csv' where question_id = 'easy1'",
        "delete from source_files",
    ),
    ("raw_questions", "unreadable"): ("update source_files set n_unreadable = 3",),
    ("raw_questions", "label_base_assumed"): ("update source_files set is_base_assumed = true",),
    ("raw_questions", "references"): (
        "update rows set source = 'unknown' where question_id = 'easy1'",
        "update rows set split_role = 'benchmark' where question_id = 'easy1'",
        "update rows set split = 'val' where question_id = 'easy1'",
    ),
    ("raw_questions", "gold"): _GOLD,
    ("benchmark_questions", "gold"): tuple(sql.replace("easy1", "benchmark") for sql in _GOLD),
    ("benchmark_questions", "counts"): (
        "insert into rows by name select * replace ('raw/again' as raw_id) from rows",
        "update source_files set records = 2",
        "delete from rows",
    ),
    ("benchmark_questions", "references"): (
        "update rows set split_role = 'train'",
        "update rows set source = 'unknown'",
    ),
    ("question_matches", "references"): (
        "update rows set other_source = 'unknown' where match_id = 'm1'",
        "update rows set source = 'unknown' where match_id = 'm1'",
        "update rows set other_raw_id = raw_id where match_id = 'm1'",
        "update rows set other_raw_id = 'raw/easy1' where match_id = 'm2'",
        "update rows set decision = 'duplicate' where match_id = 'm2'",
        "update rows set decision = 'contaminated' where match_id = 'm1'",
    ),
    ("question_matches", "counts"): (
        "insert into rows by name select * replace ('m9' as match_id) from rows where match_id = 'm3'",
        "insert into rows by name select * replace ('m9' as match_id, 'near_duplicate' as decision,"
        " 'raw/easy2' as other_raw_id) from rows where match_id = 'm1'",
    ),
    ("question_matches", "evidence"): (
        "update rows set is_same_gold = false where match_id = 'm1'",
        "update rows set is_exact = false where match_id = 'm1'",
        "update rows set decision = 'conflicting_gold' where match_id = 'm1'",
        "update rows set decision = 'near_duplicate', edit_ratio = 89 where match_id = 'm1'",
        "update rows set decision = 'near_duplicate', is_same_facts = false where match_id = 'm1'",
    ),
    ("overrides", "references"): (
        "update rows set question_id = null where kind = 'drop'",
        "update rows set source = 'unknown' where kind = 'drop'",
        "insert into rows by name select * replace ('again' as override_id, 2 as entry) from rows where kind = 'drop'",
    ),
    ("overrides", "counts"): ("update rows set entry = 2 where kind = 'drop'",),
    ("overrides", "states"): (
        "update rows set is_applied = false where kind = 'drop'",
        "update rows set problem = 'no such question' where kind = 'drop'",
        "update rows set gold_letter = 'B' where kind = 'mark_doubt'",
        "update rows set gold_text = published_gold_text where kind = 'correct_key'",
        "update rows set gold_text = null where kind = 'correct_key'",
    ),
    ("overrides", "followed"): (
        "update rows set is_applied = false, problem = 'no such question' where kind = 'drop'",
    ),
    ("questions", "references"): (
        "update rows set question_id = 'dropped', raw_id = 'raw/dropped' where question_id = 'easy1'",
        "update rows set raw_id = 'raw/unknown' where question_id = 'easy1'",
        "insert into rows by name select * replace ('copy' as question_id, 'raw/copy' as raw_id) from rows limit 1",
    ),
    ("questions", "counts"): (
        "delete from overrides where kind = 'drop'",
        "delete from rows where question_id = 'easy1'",
        "delete from question_matches where match_id = 'm1'",
    ),
    ("questions", "contamination"): (
        "update rows set raw_id = 'raw/leaked' where question_id = 'easy1'",
        "update question_matches set decision = 'conflicting_gold', raw_id = 'raw/easy1' where match_id = 'm1'",
        "update rows set question = upper(question).replace('EASY1', 'benchmark') || ' ',"
        " options = list_reverse(options) where question_id = 'easy1'",
    ),
    ("questions", "folds"): (
        "update rows set group_id = 'raw/easy1', fold = 'validation' where question_id = 'easy2'",
    ),
    ("questions", "duplicates"): (
        "update rows set question = (select question from rows where question_id = 'easy1'),"
        " options = list_reverse(options) where question_id = 'easy2'",
        "update rows set question = (select question from questions where source = 'medqa')"
        " where question_id = 'easy2'",
    ),
    ("questions", "characters"): (
        "update rows set question = question || chr(27) || '[2J' where question_id = 'easy1'",
        "update rows set context = chr(8238) || 'x' where question_id = 'easy1'",
        "update rows set options = list_transform(options, lambda one: one || chr(8294)) where question_id = 'easy1'",
        "update rows set options = list_transform(options, lambda one: one || chr(0)) where question_id = 'easy1'",
    ),
    ("questions", "options"): (
        "update rows set options = list_reverse(options) where question_id = 'easy1'",
        "update rows set option_order = [1, 2, 3] where question_id = 'easy1'",
        "update rows set option_order = [2, 1, 3, 4], options = ['Sciatic nerve', 'Femoral nerve', 'Obturator nerve',"
        " 'Tibial nerve'] where question_id = 'easy1'",
        "update rows set gold_text = 'Sciatic nerve' where question_id = 'easy1'",
        "update rows set published_gold_letter = 'A' where question_id = 'easy2'",
        "update rows set gold_letter = 'B', gold_text = 'Sciatic nerve' where question_id = 'easy2'",
        "delete from overrides where kind = 'correct_key'",
    ),
    ("rejected_questions", "references"): (
        "update rows set raw_id = 'raw/easy1' where reason = 'override'",
        "delete from overrides where kind = 'drop'",
        "update rows set raw_id = 'raw/unknown' where reason = 'duplicate'",
        "update rows set reason = 'near_duplicate' where reason = 'duplicate'",
        "update rows set raw_id = 'raw/easy1' where reason = 'malformed'",
    ),
    ("rejected_questions", "counts"): (
        "delete from rows where reason = 'duplicate'",
        "delete from rows where reason = 'malformed'",
        "delete from rows where reason = 'override'",
        "insert into rows by name select * replace ('raw/again' as raw_id) from rows where reason = 'malformed'",
    ),
    ("reasoning_paths", "references"): (
        "update rows set question_id = 'unknown' where path_id = 'easy1/qwen/1'",
        "update rows set answer_letter = 'E' where path_id = 'easy1/qwen/1'",
    ),
    ("reasoning_paths", "counts"): (
        "delete from rows where path_id = 'easy1/qwen/1'",
        "update rows set sample = 2 where path_id = 'easy1/qwen/1'",
        "insert into rows by name select * replace ('more' as path_id, 4 as sample) from rows limit 1",
    ),
    ("reasoning_paths", "parameters"): tuple(
        f"update rows set {change} where path_id = 'easy1/qwen/1'"
        for change in (
            "temperature = 0.8",
            "top_p = null",
            "max_tokens = 100",
            "model = 'other'",
            "revision = '2'",
            "provider_kind = 'real'",
            "stage = 'refined'",
        )
    ),
    ("reasoning_paths", "states"): (
        "update rows set error_kind = 'truncated' where path_id = 'easy1/qwen/1'",
        "update rows set path_text = null, content_hash = null where path_id = 'easy1/qwen/1'",
        "update rows set answer_letter = null where path_id = 'easy1/qwen/1'",
        "update rows set outcome = 'truncated' where path_id = 'easy1/qwen/1'",
        "update rows set answer_letter = 'A' where is_missing",
        "update rows set error_kind = 'empty' where is_missing",
        "update rows set content_hash = null where path_id = 'easy1/qwen/1'",
    ),
    ("verifications", "references"): (
        "update rows set answer_letter = 'B' where path_id = 'easy1/qwen/1'",
        "update rows set is_answer_match = false where path_id = 'easy1/qwen/1'",
        "update rows set generator = 'huatuo' where path_id = 'easy1/qwen/1'",
        "update rows set path_error_kind = 'empty' where path_id = 'easy1/qwen/1'",
        "update rows set path_id = 'unknown' where path_id = 'easy1/qwen/1'",
    ),
    ("verifications", "counts"): ("delete from rows where path_id = 'easy1/qwen/1'",),
    ("verifications", "verdicts"): (
        "update rows set verdict = 'error' where path_id = 'easy1/qwen/1'",
        "update rows set n_votes_correct = 2 where path_id = 'easy1/qwen/1'",
        "update rows set n_votes = 3, n_votes_correct = 2 where path_id = 'easy1/qwen/1'",
        "update rows set verdict = 'error' where is_path_missing",
        "update rows set path_error_kind = 'truncated' where path_id = 'easy1/qwen/1'",
    ),
    ("verifications", "judgements"): (
        "update rows set is_correct = false where path_id = 'easy1/qwen/1'",
        "update rows set is_correct = null where path_id = 'easy1/qwen/1'",
        "update rows set is_correct = false where is_path_missing",
        "update rows set path_error_kind = 'truncated' where path_id = 'easy1/qwen/1'",
        "update rows set is_answer_match = false where path_id = 'easy1/qwen/1'",
        "update rows set reason = null where path_id = 'difficult/qwen/1'",
        "update rows set is_correct = false, verdict = null where path_id = 'easy1/qwen/1'",
    ),
    ("verifications", "missing"): (
        "update rows set is_correct = null where path_id in ('easy1/qwen/1', 'easy1/qwen/2')",
    ),
    ("reasoning_paths", "control_tokens"): (
        "update rows set path_text = path_text || '<|im_end|>' where path_id like '%/qwen/1'",
    ),
    ("reasoning_paths", "thinking_marks"): (
        "update rows set path_text = '[THINK]' || path_text where path_id like '%/qwen/1'",
        "update rows set path_text = 'analysisWe need B. assistantfinal' || path_text where path_id like '%/qwen/1'",
    ),
    ("reasoning_paths", "missing"): (
        "update rows set is_missing = true, outcome = 'timed_out' where path_id like 'easy1/qwen/%'",
    ),
    ("ranked_paths", "missing"): ("update rows set score = null where question_id = 'easy1'",),
    ("refined_paths", "missing"): (
        "update rows set is_missing = true, outcome = 'rejected'",
        "update rows set verdict = null, verifier_outcome = 'transport_error'",
    ),
    ("answer_summaries", "missing"): ("update rows set outcome = 'transport_error'",),
    ("quality_scores", "missing"): ("update rows set score = null where text_role = 'before'",),
    **{(table, "filtered"): ("update rows set outcome = 'filtered'",) for table in _ASKED},
    ("verifier_audit", "missing"): ("update rows set second_verdict = null, outcome = 'transport_error'",),
    ("verifier_audit", "references"): (
        "update rows set path_id = 'unknown' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set first_verdict = 'error' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set is_answer_match = false where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set generator = 'huatuo' where audit_id = 'easy1/qwen/1/repeat'",
        "update verifications set verdict = 'error' where path_id = 'easy1/qwen/1';"
        " update rows set first_verdict = 'error' where path_id = 'easy1/qwen/1'",
        "update verifications set is_answer_match = false where path_id = 'easy1/qwen/1';"
        " update rows set is_answer_match = false where path_id = 'easy1/qwen/1'",
    ),
    ("verifier_audit", "texts"): (
        "update rows set judged_text = 'Another text.' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set content_hash = 'other' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set text_before = 'Step' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set text_after = null where kind = 'number_changed'",
        "update rows set text_before = 'Another text' where kind = 'number_changed'",
        "update rows set judged_text = judged_text || ' More.', content_hash = content_hash(judged_text || ' More.')"
        " where kind = 'number_changed'",
        "update rows set judged_text = (select path_text from reasoning_paths where path_id = 'easy1/qwen/1'),"
        " content_hash = (select content_hash from reasoning_paths where path_id = 'easy1/qwen/1'),"
        " text_after = text_before where kind = 'number_changed'",
    ),
    ("verifier_audit", "counts"): (
        "delete from rows where audit_id = 'easy1/qwen/1/repeat'",
        "insert into rows by name select * replace (audit_id || kind as audit_id, 'number_changed' as kind)"
        " from rows where kind = 'repeat'",
    ),
    ("verifier_audit", "verdicts"): (
        "update rows set expected_verdict = 'correct' where kind = 'number_changed'",
        "update rows set expected_verdict = 'error' where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set second_verdict = null where audit_id = 'easy1/qwen/1/repeat'",
        "update rows set outcome = 'malformed' where audit_id = 'easy1/qwen/1/repeat'",
    ),
    ("verifier_audit", "false_accepts"): ("update rows set second_verdict = 'correct' where kind = 'number_changed'",),
    ("difficulty_tiers", "references"): ("update rows set question_id = 'unknown' where question_id = 'easy1'",),
    ("difficulty_tiers", "counts"): (
        "delete from rows where question_id = 'easy1'",
        "update rows set n_correct = 8, n_error = 1 where question_id = 'easy1'",
        "update rows set n_missing = 1 where question_id = 'easy1'",
        "update rows set n_paths = 8, n_correct = 8 where question_id = 'easy1'",
        "delete from verifications where path_id = 'easy1/qwen/1'",
    ),
    ("difficulty_tiers", "tiers"): (
        "update rows set tier = 'medium' where question_id = 'easy1'",
        "update rows set tier = 'easy' where question_id = 'unresolved'",
        "update rows set easy_max_errors = 5 where question_id = 'easy1'",
        "update rows set medium_max_errors = 8 where question_id = 'easy1'",
        "update rows set best_tier = 'medium' where question_id = 'unresolved'",
        "update rows set worst_tier = 'easy' where question_id = 'unresolved'",
        # Medium by its errors, with one correct path: what plain scaling would let through.
        "update rows set n_paths = 5, easy_max_errors = 2, medium_max_errors = 3, n_correct = 1, n_error = 4"
        " where question_id = 'medium'",
    ),
    ("difficulty_tiers", "label_doubt"): (
        "update rows set is_label_doubt = false where question_id = 'doubted'",
        "update rows set is_label_doubt = false where question_id = 'unresolved'",
        "delete from overrides where kind = 'mark_doubt'",
        "update rows set is_label_doubt = true where question_id = 'difficult'",
        "update rows set doubt_models = 2 where question_id = 'doubted'",
        "update rows set doubt_letter = 'A' where question_id = 'doubted'",
        "update rows set is_label_doubt = true where question_id = 'easy1'",
    ),
    ("ranked_paths", "references"): (
        "update rows set path_id = 'medium/qwen/3' where path_id = 'medium/qwen/1'",
        "update rows set tier = 'easy' where path_id = 'medium/qwen/1'",
        "update rows set generator = 'huatuo' where path_id = 'medium/qwen/1'",
        "update rows set near_copy_of = 'easy1/huatuo/3' where path_id = 'easy1/qwen/1'",
        "update rows set near_copy_of = 'easy2/qwen/1' where path_id = 'easy1/qwen/2'",
    ),
    ("ranked_paths", "counts"): ("delete from rows where path_id = 'easy1/qwen/1'",),
    ("ranked_paths", "ranks"): (
        "update rows set path_rank = 10 where path_id = 'easy1/huatuo/3'",
        "update rows set path_rank = 1 where path_id = 'easy1/qwen/2'",
        "update rows set selection_rank = 3 where near_copy_of is not null",
        "update rows set selection_rank = null where path_id = 'easy1/qwen/2'",
    ),
    ("ranked_paths", "order"): (
        "update rows set score = 0 where path_id = 'easy1/qwen/1'",
        "update rows set score = null where path_id = 'easy1/qwen/1'",
        "update rows set tie_hash = '9999' where path_id = 'easy1/qwen/1'",
    ),
    ("refined_paths", "references"): (
        "update rows set tier = 'easy' where question_id = 'medium'",
        "update rows set stage = 'regenerated' where question_id = 'medium'",
        "update rows set parent_path_id = 'easy1/qwen/1' where question_id = 'medium'",
        "update rows set question_id = 'unknown' where question_id = 'medium'",
    ),
    ("refined_paths", "counts"): (
        "delete from rows where question_id = 'difficult'",
        "delete from rows where question_id = 'medium' and slot = 2",
        "update rows set round = 3 where round = 2",
        "update rows set is_accepted = true",
        "insert into rows by name select * replace ('again' as path_id) from rows limit 1",
        "update rows set question_id = 'doubted' where question_id = 'difficult'",
    ),
    ("refined_paths", "answers"): (
        "update rows set answer_letter = 'B' where is_accepted",
        "update rows set verdict = 'error' where is_accepted",
        "update rows set verdict = null where is_accepted",
        "update rows set path_text = null where is_accepted",
        "update rows set supports_key = false where is_accepted",
    ),
    ("refined_paths", "leaks"): ("update rows set leak_phrases = ['the provided answer'] where is_accepted",),
    ("refined_paths", "states"): (
        "update rows set rejection = null",
        "update rows set rejection = 'no' where is_accepted",
        "update rows set is_missing = true where not is_accepted",
        "update rows set content_hash = null where is_accepted",
        "update rows set path_text = null, content_hash = null where not is_accepted",
    ),
    ("reasonmed", "references"): (
        "update rows set question_id = 'unknown' where question_id = 'medium'",
        "update rows set path_id = 'easy1/qwen/3' where question_id = 'easy1' and slot = 1",
        "update rows set path_id = 'difficult/regenerated/1/1' where question_id = 'difficult'",
        "update rows set path_text = 'Another text.' where question_id = 'easy1'",
        "update rows set answer_letter = 'B' where question_id = 'easy1'",
        "update rows set gold_letter = 'B' where question_id = 'easy1'",
        "update rows set licence = 'CC0' where question_id = 'easy1'",
        "update rows set override_note = null where question_id = 'easy2'",
        "update rows set fold = 'validation' where question_id = 'easy1'",
        "update rows set tier = 'medium' where question_id = 'easy1'",
        "update rows set is_label_doubt = true where question_id = 'easy1'",
        "update reasoning_paths set call_keys = [] where path_id = 'easy1/qwen/1'",
    ),
    ("reasonmed", "counts"): (
        "delete from rows where question_id = 'easy1' and slot = 2",
        "update rows set slot = 2 where question_id = 'difficult'",
        "insert into rows by name select * replace ('again' as example_id) from rows limit 1",
        "update difficulty_tiers set tier = 'unresolved' where question_id = 'easy1'",
    ),
    ("reasonmed", "examples"): ("delete from rows", "delete from rows; delete from difficulty_tiers"),
    ("reasonmed", "distinct_paths"): (
        "update rows set path_text = (select any_value(path_text) from rows where question_id = 'easy1' and slot = 1)"
        " where question_id = 'easy1'",
        "update rows set path_text = (select any_value(path_text) from rows where question_id = 'easy1' and slot = 1)"
        " || ' So it is.' where question_id = 'easy1' and slot = 2",
    ),
    ("reasonmed", "answers"): (
        "update rows set answer_letter = 'B' where question_id = 'easy1'",
        "update rows set answer_letter = 'B' where question_id = 'difficult'",
    ),
    ("dropped_examples", "references"): (
        "update rows set example_id = 'other'",
        "update rows set tier = 'easy'",
        "update rows set question_id = 'unknown'",
        "update rows set question_id = 'difficult', example_id = id_of(['difficult', '1'])",
    ),
    ("dropped_examples", "counts"): (
        "delete from rows",
        "update rows set slot = 2",
        "update rows set question_id = 'easy1'",
        "delete from reasonmed where question_id = 'easy1' and slot = 2",
        "insert into rows by name select * replace ('unresolved' as question_id) from rows",
    ),
    ("answer_summaries", "references"): (
        "update rows set example_id = 'unknown' where question_id = 'difficult'",
        "update rows set question_id = 'easy1' where question_id = 'difficult'",
    ),
    ("answer_summaries", "counts"): ("delete from rows where question_id = 'difficult'",),
    ("answer_summaries", "answers"): (
        "update rows set answer_letter = 'B' where question_id = 'difficult'",
        "update rows set answer_letter = null where question_id = 'difficult'",
    ),
    ("answer_summaries", "states"): (
        "update rows set summary = null where is_accepted",
        "update rows set rejection = 'no' where is_accepted",
        "update rows set outcome = 'refused' where is_accepted",
        "update rows set summary = 'A text.' where not is_accepted",
        "update rows set content_hash = null where is_accepted",
    ),
    ("quality_scores", "references"): (
        "update rows set path_id = 'easy1/qwen/1' where text_role = 'final'",
        "update rows set path_id = 'easy1/qwen/1' where text_role = 'before'",
        "update rows set example_id = 'unknown'",
        "update rows set tier = 'easy'",
    ),
    ("quality_scores", "counts"): (
        "delete from rows where text_role = 'before' and question_id = 'difficult'",
        "delete from rows where text_role = 'final' and question_id = 'difficult'",
        "insert into rows by name select * replace ('again' as score_id) from rows limit 1",
    ),
    ("quality_scores", "means"): (
        "update rows set score = 7",
        "update rows set score = null",
        "update rows set logic = null",
        "update rows set outcome = 'malformed'",
    ),
    ("reviews", "counts"): (
        "delete from rows where row = 3",
        "delete from rows",
        "update rows set file = 'other.csv' where row = 3",
        "update rows set problem = 'odd' where row = 3",
    ),
    ("reviews", "references"): (
        "update rows set is_stale = false where row = 3",
        "update rows set is_stale = true where row = 1",
        "update rows set question_id = 'easy2' where row = 1",
        "update rows set source = 'medqa' where row = 1",
        "update reasonmed set content_hash = 'new' where question_id = 'easy1'",
    ),
    ("reviews", "states"): (
        "update rows set is_stale = null where row = 1",
        "update rows set problem = 'odd' where row = 1",
        "update rows set problem = 'odd', is_stale = null where row = 2",
        "update rows set key_verdict = null where row = 1",
        "update rows set reviewer = null where row = 1",
    ),
    ("reviews", "last_words"): (
        "update rows set is_current = true where row = 1",
        "update rows set is_current = false where row = 2",
        "update rows set is_current = row = 1 where row < 3",
    ),
    ("reviews", "problems"): ("update rows set problem = 'no verdict' where row = 1",),
    ("sft_cot", "outputs"): ("update rows set output = 'Another path.'",),
    ("sft_response", "outputs"): ("update rows set output = 'Another answer.'",),
    ("sft_reasonmed", "outputs"): (
        "update rows set output = 'Another path.' || output[-60:]",
        "update rows set output = output || ' More.'",
    ),
    ("llm_calls", "references"): (
        "update rows set call_key = 'unknown' where attempt_id = 'verifications:easy1/qwen/1/1'",
        "update rows set provider_kind = 'real' where attempt_id = 'ranked_paths:easy1/qwen/1/1'",
    ),
    ("llm_calls", "counts"): (
        "delete from rows where attempt_id = 'ranked_paths:easy1/qwen/1/1'",
        "update rows set attempt = 2 where attempt_id = 'ranked_paths:easy1/qwen/1/1'",
        "insert into rows by name select * replace ('again' as attempt_id, 2 as attempt) from rows limit 1",
    ),
    ("recipes", "references"): ("update rows set version = 3 where version = 1",),
    ("recipes", "counts"): (
        "delete from rows where version = 1",
        "update rows set version = 3 where version = 2",
    ),
    ("prompts", "references"): ("delete from rows where prompt_hash = 'verifications'",),
    ("prompts", "counts"): (
        "delete from rows where prompt_hash = 'earlier'",
        "update rows set last_used = first_used - interval 1 day where prompt_hash = 'verifications'",
    ),
    ("verifier_votes", "references"): (
        "update rows set used_by = 'verifier_audit' where row_id = 'easy1/qwen/1'",
        "update rows set row_id = 'unknown' where row_id = 'easy1/qwen/1'",
        "update rows set source = 'medqa' where row_id = 'easy1/qwen/1'",
        "update rows set call_key = 'unknown' where row_id = 'easy1/qwen/1'",
    ),
    ("verifier_votes", "counts"): (
        "update rows set vote = 2 where row_id = 'easy1/qwen/1'",
        "insert into rows by name select * replace ('again' as vote_id) from rows limit 1",
    ),
    ("call_uses", "references"): (
        "update rows set question_id = 'another' where row_id = 'easy1/qwen/1'",
        "update rows set example_id = 'another' where row_id = 'easy1/qwen/1'",
        "update rows set used_by = 'questions' where row_id = 'easy1/qwen/1'",
        "update rows set row_id = 'unknown' where row_id = 'easy1/qwen/1'",
        "update rows set call_key = 'unknown' where row_id = 'easy1/qwen/1'",
        "update rows set source = 'medqa' where row_id = 'easy1/qwen/1'",
    ),
    ("call_uses", "counts"): (
        "delete from rows where row_id = 'easy1/qwen/1'",
        "update rows set cost_share = 0.5 where row_id = 'easy1/qwen/1'",
        "insert into rows by name select * replace ('again' as use_id) from rows limit 1",
    ),
    ("call_uses", "accounted"): (
        "update rows set row_id = 'unknown' where row_id = 'easy1/qwen/1'",
        "update rows set cost_share = 0.5 where row_id = 'easy1/qwen/1'",
        "update llm_calls set cost_usd = 1; update rows set cost_share = 0.999 where row_id = 'easy1/qwen/1'",
        "delete from llm_calls where call_key = 'reasoning_paths:easy1/qwen/1'",
    ),
}
_FAULTS |= {
    (table, check): statements
    for table in _SFT
    for check, statements in {
        "lineage": (
            "delete from raw_questions where question_id = 'easy1'",
            "update questions set raw_id = 'raw/unknown' where question_id = 'easy1'",
            "update rows set example_id = 'unknown' where example_id = (select min(example_id) from rows)",
        ),
        "references": (
            "update rows set fold = 'validation'",
            "update rows set source = 'medqa'",
            "update rows set split_role = 'stand_in'",
            "update rows set provider_kind = 'real'",
            "update rows set example_id = 'unknown' where example_id = (select max(example_id) from rows)",
            "insert into rows by name select * replace ((select example_id from answer_summaries where not is_accepted)"
            " as example_id) from rows limit 1",
        ),
        "counts": ("delete from rows where example_id = (select max(example_id) from rows)",),
        "folds": (
            "update reasonmed set group_id = 'one';"
            " update rows set fold = 'validation' where example_id = (select max(example_id) from rows)",
        ),
        "template_tokens": (
            "update rows set output = output || '<|im_end|>'",
            "update rows set output = '[INST] ' || output",
            "update rows set output = output || '</s>'",
            "update rows set output = output || '<｜end▁of▁sentence｜>'",  # noqa: RUF001
            "update rows set output = output || '</think>'",
            "update rows set output = '<think>' || output",
            "update rows set output = '<think><think>' || output || '</think></think>'",
            "update rows set instruction = instruction || '<start_of_turn>'",
        ),
    }.items()
}

FAULTS = [Fault(table, check, statement) for (table, check), statements in _FAULTS.items() for statement in statements]
FAULTS += [
    Fault("questions", "counts", "select 1", {"limit": 3}),
    Fault("difficulty_tiers", "comparable", "select 1", {f"roles.generator.{i}.temperatures": [0.7] for i in range(3)}),
    Fault("quality_scores", "counts", "select 1", {"rules.evaluator_sample": 2}),
    Fault(
        "raw_questions",
        "label_base",
        "update rows set explanation = 'Ans. B. The nerve of the thigh'",
        _SMALL,
    ),
    Fault(
        "raw_questions",
        "label_base",
        "update rows set explanation = 'Answer is (C) i.e., the thigh'",
        _SMALL,
    ),
    Fault(
        "reasoning_paths", "truncated", "update rows set error_kind = 'truncated' where path_id like '%/qwen/1'", _SMALL
    ),
    Fault(
        "reasoning_paths",
        "truncated_early",
        "update rows set error_kind = 'truncated' where path_id = 'easy1/qwen/1'",
        _SMALL | {"checks.thresholds.truncated_share_max": 0.5},
    ),
    Fault("verifications", "one_verdict", "update rows set verdict = 'correct' where verdict = 'error'", _SMALL),
    Fault("verifications", "one_verdict", "update rows set verdict = 'error' where verdict = 'correct'", _SMALL),
    Fault(
        "answer_summaries",
        "answers",
        "update rows set answer_letter = 'B' where question_id = 'difficult'",
        {"rules.verdict_rule": "verifier"},
    ),
    Fault(
        "refined_paths",
        "references",
        "update rows set stage = 'refined' where question_id = 'difficult' and is_accepted",
        {"rules.difficult_base": "refined"},
    ),
    Fault(
        "refined_paths",
        "answers",
        "update rows set supports_key = false where is_accepted",
        {"rules.verify_rewrites": False},
    ),
]
