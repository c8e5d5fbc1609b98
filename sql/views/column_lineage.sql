-- makes: column_lineage
-- description: What every column of every table and view is made from, one row per upstream column. `kind` is how:
--     `computed` by the SQL or by code, `prompt` (a model wrote it, and the prompts of `roles` show the upstream
--     column), `previous` (as the build before, or an earlier round, left it); of a column that is made from none where
--     it is from: `file`, `profile`, `constant`, `count` (of rows), `call`, `publish`. Written from
--     the queries by `python -m reasonmed_assets.lineage.view`.
select
    edge[1] as table_name,
    edge[2] as column_name,
    nullif(edge[3], '') as from_table,
    nullif(edge[4], '') as from_column,
    edge[5] as kind,
    string_split(nullif(edge[6], ''), ', ') as roles
from (
    select string_split(unnest(string_split(trim('
raw_questions|raw_id|||file|
raw_questions|question_id|||file|
raw_questions|source|||file|
raw_questions|split|||file|
raw_questions|split_role|||file|
raw_questions|file|||file|
raw_questions|row|||file|
raw_questions|native_id|||file|
raw_questions|question|||file|
raw_questions|context|||file|
raw_questions|options|||file|
raw_questions|gold_letter|||file|
raw_questions|gold_text|||file|
raw_questions|n_options|||file|
raw_questions|subject|||file|
raw_questions|language|||file|
raw_questions|explanation|||file|
raw_questions|licence|||file|
raw_questions|needs_figure|||file|
raw_questions|native|||file|
raw_questions|row_hash|||publish|
benchmark_questions|raw_id|||file|
benchmark_questions|question_id|||file|
benchmark_questions|source|||file|
benchmark_questions|split|||file|
benchmark_questions|split_role|||file|
benchmark_questions|file|||file|
benchmark_questions|row|||file|
benchmark_questions|native_id|||file|
benchmark_questions|question|||file|
benchmark_questions|context|||file|
benchmark_questions|options|||file|
benchmark_questions|gold_letter|||file|
benchmark_questions|gold_text|||file|
benchmark_questions|n_options|||file|
benchmark_questions|subject|||file|
benchmark_questions|language|||file|
benchmark_questions|explanation|||file|
benchmark_questions|licence|||file|
benchmark_questions|needs_figure|||file|
benchmark_questions|native|||file|
benchmark_questions|row_hash|||publish|
question_matches|match_id|||file|
question_matches|raw_id|questions|question_id|previous|
question_matches|source|questions|question_id|previous|
question_matches|other_raw_id|questions|question_id|previous|
question_matches|other_source|questions|question_id|previous|
question_matches|other_split_role|questions|question_id|previous|
question_matches|decision|questions|question_id|previous|
question_matches|is_exact|||file|
question_matches|edit_ratio|||file|
question_matches|is_same_gold|||file|
question_matches|is_same_facts|||file|
question_matches|evidence|questions|question_id|previous|
question_matches|group_id|||file|
question_matches|row_hash|||publish|
overrides|override_id|||file|
overrides|kind|||file|
overrides|entry|||file|
overrides|question_id|||file|
overrides|source|||file|
overrides|native_id|||file|
overrides|published_gold_text|||file|
overrides|gold_letter|||file|
overrides|gold_text|||file|
overrides|reason|||file|
overrides|decided_by|||file|
overrides|decided_on|||file|
overrides|note|||file|
overrides|is_applied|||file|
overrides|problem|||file|
overrides|row_hash|||publish|
questions|question_id|raw_questions|question_id|computed|
questions|raw_id|raw_questions|raw_id|computed|
questions|source|raw_questions|source|computed|
questions|split|raw_questions|split|computed|
questions|split_role|raw_questions|split_role|computed|
questions|native_id|raw_questions|native_id|computed|
questions|question|raw_questions|question|computed|
questions|context|raw_questions|context|computed|
questions|options|raw_questions|n_options|computed|
questions|options|raw_questions|options|computed|
questions|options|raw_questions|question_id|computed|
questions|option_order|raw_questions|n_options|computed|
questions|option_order|raw_questions|options|computed|
questions|option_order|raw_questions|question_id|computed|
questions|gold_letter|overrides|gold_letter|computed|
questions|gold_letter|raw_questions|gold_letter|computed|
questions|gold_letter|raw_questions|n_options|computed|
questions|gold_letter|raw_questions|options|computed|
questions|gold_letter|raw_questions|question_id|computed|
questions|gold_text|overrides|gold_text|computed|
questions|gold_text|raw_questions|gold_text|computed|
questions|published_gold_letter|raw_questions|gold_letter|computed|
questions|published_gold_letter|raw_questions|n_options|computed|
questions|published_gold_letter|raw_questions|options|computed|
questions|published_gold_letter|raw_questions|question_id|computed|
questions|override_note|overrides|note|computed|
questions|n_options|raw_questions|n_options|computed|
questions|subject|raw_questions|subject|computed|
questions|language|raw_questions|language|computed|
questions|explanation|raw_questions|explanation|computed|
questions|licence|raw_questions|licence|computed|
questions|needs_figure|raw_questions|needs_figure|computed|
questions|group_id|question_matches|group_id|computed|
questions|group_id|raw_questions|raw_id|computed|
questions|fold|question_matches|group_id|computed|
questions|fold|raw_questions|raw_id|computed|
questions|row_hash|||publish|
rejected_questions|raw_id|raw_questions|raw_id|computed|
rejected_questions|source|raw_questions|source|computed|
rejected_questions|split|raw_questions|split|computed|
rejected_questions|split_role|raw_questions|split_role|computed|
rejected_questions|file|raw_questions|file|computed|
rejected_questions|row|raw_questions|row|computed|
rejected_questions|reason|question_matches|decision|computed|
rejected_questions|detail|overrides|note|computed|
rejected_questions|detail|question_matches|evidence|computed|
rejected_questions|other_raw_id|question_matches|other_raw_id|computed|
rejected_questions|raw_text|raw_questions|native|computed|
rejected_questions|row_hash|||publish|
reasoning_paths|path_id|questions|question_id|computed|
reasoning_paths|question_id|questions|question_id|computed|
reasoning_paths|source|questions|source|computed|
reasoning_paths|generator|||profile|
reasoning_paths|sample|||profile|
reasoning_paths|stage|||constant|
reasoning_paths|temperature|||profile|
reasoning_paths|top_p|||profile|
reasoning_paths|seed|||profile|
reasoning_paths|max_tokens|||profile|
reasoning_paths|error_kind|||call|
reasoning_paths|is_missing|||call|
reasoning_paths|raw_text|questions|context|prompt|generator
reasoning_paths|raw_text|questions|options|prompt|generator
reasoning_paths|raw_text|questions|question|prompt|generator
reasoning_paths|reasoning_text|questions|context|prompt|generator
reasoning_paths|reasoning_text|questions|options|prompt|generator
reasoning_paths|reasoning_text|questions|question|prompt|generator
reasoning_paths|answer_text|questions|context|prompt|generator
reasoning_paths|answer_text|questions|options|prompt|generator
reasoning_paths|answer_text|questions|question|prompt|generator
reasoning_paths|path_text|questions|context|prompt|generator
reasoning_paths|path_text|questions|options|prompt|generator
reasoning_paths|path_text|questions|question|prompt|generator
reasoning_paths|answer_letter|questions|context|prompt|generator
reasoning_paths|answer_letter|questions|options|prompt|generator
reasoning_paths|answer_letter|questions|question|prompt|generator
reasoning_paths|extraction_rule|questions|context|prompt|generator
reasoning_paths|extraction_rule|questions|options|prompt|generator
reasoning_paths|extraction_rule|questions|question|prompt|generator
reasoning_paths|content_hash|questions|context|prompt|generator
reasoning_paths|content_hash|questions|options|prompt|generator
reasoning_paths|content_hash|questions|question|prompt|generator
reasoning_paths|outcome|||call|
reasoning_paths|outcome_detail|||call|
reasoning_paths|call_keys|||call|
reasoning_paths|model|||call|
reasoning_paths|revision|||call|
reasoning_paths|served_model|||call|
reasoning_paths|system_fingerprint|||call|
reasoning_paths|provider_kind|||call|
reasoning_paths|prompt_hash|||call|
reasoning_paths|finish_reason|||call|
reasoning_paths|prompt_tokens|||call|
reasoning_paths|completion_tokens|||call|
reasoning_paths|reasoning_tokens|||call|
reasoning_paths|attempts|||call|
reasoning_paths|row_hash|||publish|
verifications|path_id|reasoning_paths|path_id|computed|
verifications|question_id|reasoning_paths|question_id|computed|
verifications|source|reasoning_paths|source|computed|
verifications|generator|reasoning_paths|generator|computed|
verifications|path_error_kind|reasoning_paths|error_kind|computed|
verifications|is_path_missing|reasoning_paths|is_missing|computed|
verifications|answer_letter|reasoning_paths|answer_letter|computed|
verifications|is_answer_match|questions|gold_letter|computed|
verifications|is_answer_match|questions|options|computed|
verifications|is_answer_match|reasoning_paths|answer_letter|computed|
verifications|verdict|questions|context|prompt|verifier
verifications|verdict|questions|gold_letter|prompt|verifier
verifications|verdict|questions|gold_text|prompt|verifier
verifications|verdict|questions|options|prompt|verifier
verifications|verdict|questions|question|prompt|verifier
verifications|verdict|reasoning_paths|path_text|prompt|verifier
verifications|n_votes|questions|context|prompt|verifier
verifications|n_votes|questions|gold_letter|prompt|verifier
verifications|n_votes|questions|gold_text|prompt|verifier
verifications|n_votes|questions|options|prompt|verifier
verifications|n_votes|questions|question|prompt|verifier
verifications|n_votes|reasoning_paths|path_text|prompt|verifier
verifications|n_votes_correct|questions|context|prompt|verifier
verifications|n_votes_correct|questions|gold_letter|prompt|verifier
verifications|n_votes_correct|questions|gold_text|prompt|verifier
verifications|n_votes_correct|questions|options|prompt|verifier
verifications|n_votes_correct|questions|question|prompt|verifier
verifications|n_votes_correct|reasoning_paths|path_text|prompt|verifier
verifications|is_correct|questions|context|prompt|verifier
verifications|is_correct|questions|gold_letter|prompt|verifier
verifications|is_correct|questions|gold_text|prompt|verifier
verifications|is_correct|questions|options|prompt|verifier
verifications|is_correct|questions|question|prompt|verifier
verifications|is_correct|reasoning_paths|answer_letter|computed|
verifications|is_correct|reasoning_paths|error_kind|computed|
verifications|is_correct|reasoning_paths|is_missing|computed|
verifications|is_correct|reasoning_paths|path_text|prompt|verifier
verifications|reason|questions|context|prompt|verifier
verifications|reason|questions|gold_letter|prompt|verifier
verifications|reason|questions|gold_text|prompt|verifier
verifications|reason|questions|options|prompt|verifier
verifications|reason|questions|question|prompt|verifier
verifications|reason|reasoning_paths|answer_letter|computed|
verifications|reason|reasoning_paths|error_kind|computed|
verifications|reason|reasoning_paths|is_missing|computed|
verifications|reason|reasoning_paths|path_text|prompt|verifier
verifications|outcome|||call|
verifications|outcome_detail|||call|
verifications|call_keys|||call|
verifications|model|||call|
verifications|revision|||call|
verifications|served_model|||call|
verifications|system_fingerprint|||call|
verifications|provider_kind|||call|
verifications|prompt_hash|||call|
verifications|finish_reason|||call|
verifications|prompt_tokens|||call|
verifications|completion_tokens|||call|
verifications|reasoning_tokens|||call|
verifications|attempts|||call|
verifications|row_hash|||publish|
verifier_audit|audit_id|verifications|path_id|computed|
verifier_audit|path_id|verifications|path_id|computed|
verifier_audit|question_id|verifications|question_id|computed|
verifier_audit|source|verifications|source|computed|
verifier_audit|generator|verifications|generator|computed|
verifier_audit|kind|||constant|
verifier_audit|judged_text|questions|options|computed|
verifier_audit|judged_text|reasoning_paths|path_text|computed|
verifier_audit|judged_text|verifications|answer_letter|computed|
verifier_audit|content_hash|questions|options|computed|
verifier_audit|content_hash|reasoning_paths|path_text|computed|
verifier_audit|content_hash|verifications|answer_letter|computed|
verifier_audit|text_before|questions|options|computed|
verifier_audit|text_before|reasoning_paths|path_text|computed|
verifier_audit|text_before|verifications|answer_letter|computed|
verifier_audit|text_after|questions|options|computed|
verifier_audit|text_after|reasoning_paths|path_text|computed|
verifier_audit|text_after|verifications|answer_letter|computed|
verifier_audit|is_answer_match|verifications|is_answer_match|computed|
verifier_audit|first_verdict|verifications|verdict|computed|
verifier_audit|expected_verdict|verifications|verdict|computed|
verifier_audit|second_verdict|questions|context|prompt|verifier
verifier_audit|second_verdict|questions|gold_letter|prompt|verifier
verifier_audit|second_verdict|questions|gold_text|prompt|verifier
verifier_audit|second_verdict|questions|options|prompt|verifier
verifier_audit|second_verdict|questions|question|prompt|verifier
verifier_audit|second_verdict|reasoning_paths|path_text|prompt|verifier
verifier_audit|second_verdict|verifications|answer_letter|prompt|verifier
verifier_audit|reason|questions|context|prompt|verifier
verifier_audit|reason|questions|gold_letter|prompt|verifier
verifier_audit|reason|questions|gold_text|prompt|verifier
verifier_audit|reason|questions|options|prompt|verifier
verifier_audit|reason|questions|question|prompt|verifier
verifier_audit|reason|reasoning_paths|path_text|prompt|verifier
verifier_audit|reason|verifications|answer_letter|prompt|verifier
verifier_audit|outcome|||call|
verifier_audit|outcome_detail|||call|
verifier_audit|call_keys|||call|
verifier_audit|model|||call|
verifier_audit|revision|||call|
verifier_audit|served_model|||call|
verifier_audit|system_fingerprint|||call|
verifier_audit|provider_kind|||call|
verifier_audit|prompt_hash|||call|
verifier_audit|finish_reason|||call|
verifier_audit|prompt_tokens|||call|
verifier_audit|completion_tokens|||call|
verifier_audit|reasoning_tokens|||call|
verifier_audit|attempts|||call|
verifier_audit|row_hash|||publish|
difficulty_tiers|question_id|verifications|question_id|computed|
difficulty_tiers|source|verifications|source|computed|
difficulty_tiers|n_paths|verifications|path_id|computed|
difficulty_tiers|n_correct|verifications|is_correct|computed|
difficulty_tiers|n_error|verifications|is_correct|computed|
difficulty_tiers|n_missing|verifications|is_correct|computed|
difficulty_tiers|easy_max_errors|verifications|path_id|computed|
difficulty_tiers|medium_max_errors|verifications|path_id|computed|
difficulty_tiers|best_tier|verifications|is_correct|computed|
difficulty_tiers|best_tier|verifications|path_id|computed|
difficulty_tiers|worst_tier|verifications|is_correct|computed|
difficulty_tiers|worst_tier|verifications|path_id|computed|
difficulty_tiers|tier|verifications|is_correct|computed|
difficulty_tiers|tier|verifications|path_id|computed|
difficulty_tiers|doubt_letter|verifications|answer_letter|computed|
difficulty_tiers|doubt_share|verifications|answer_letter|computed|
difficulty_tiers|doubt_share|verifications|path_id|computed|
difficulty_tiers|doubt_models|verifications|answer_letter|computed|
difficulty_tiers|doubt_models|verifications|path_id|computed|
difficulty_tiers|is_label_doubt|overrides|question_id|computed|
difficulty_tiers|is_label_doubt|verifications|answer_letter|computed|
difficulty_tiers|is_label_doubt|verifications|generator|computed|
difficulty_tiers|is_label_doubt|verifications|path_id|computed|
difficulty_tiers|is_label_doubt|verifications|question_id|computed|
difficulty_tiers|override_note|overrides|note|computed|
difficulty_tiers|row_hash|||publish|
ranked_paths|path_id|verifications|path_id|computed|
ranked_paths|question_id|verifications|question_id|computed|
ranked_paths|source|verifications|source|computed|
ranked_paths|generator|verifications|generator|computed|
ranked_paths|tier|difficulty_tiers|tier|computed|
ranked_paths|score|questions|context|prompt|ranker
ranked_paths|score|questions|gold_letter|prompt|ranker
ranked_paths|score|questions|gold_text|prompt|ranker
ranked_paths|score|questions|options|prompt|ranker
ranked_paths|score|questions|question|prompt|ranker
ranked_paths|score|reasoning_paths|path_text|prompt|ranker
ranked_paths|justification|questions|context|prompt|ranker
ranked_paths|justification|questions|gold_letter|prompt|ranker
ranked_paths|justification|questions|gold_text|prompt|ranker
ranked_paths|justification|questions|options|prompt|ranker
ranked_paths|justification|questions|question|prompt|ranker
ranked_paths|justification|reasoning_paths|path_text|prompt|ranker
ranked_paths|tie_hash|verifications|path_id|computed|
ranked_paths|path_rank|questions|context|prompt|ranker
ranked_paths|path_rank|questions|gold_letter|prompt|ranker
ranked_paths|path_rank|questions|gold_text|prompt|ranker
ranked_paths|path_rank|questions|options|prompt|ranker
ranked_paths|path_rank|questions|question|prompt|ranker
ranked_paths|path_rank|reasoning_paths|path_text|prompt|ranker
ranked_paths|path_rank|verifications|path_id|computed|
ranked_paths|path_rank|verifications|question_id|computed|
ranked_paths|near_copy_of|reasoning_paths|path_text|computed|
ranked_paths|near_copy_of|verifications|path_id|computed|
ranked_paths|selection_rank|questions|context|prompt|ranker
ranked_paths|selection_rank|questions|gold_letter|prompt|ranker
ranked_paths|selection_rank|questions|gold_text|prompt|ranker
ranked_paths|selection_rank|questions|options|prompt|ranker
ranked_paths|selection_rank|questions|question|prompt|ranker
ranked_paths|selection_rank|reasoning_paths|path_text|prompt|ranker
ranked_paths|selection_rank|verifications|path_id|computed|
ranked_paths|selection_rank|verifications|question_id|computed|
ranked_paths|outcome|||call|
ranked_paths|outcome_detail|||call|
ranked_paths|call_keys|||call|
ranked_paths|model|||call|
ranked_paths|revision|||call|
ranked_paths|served_model|||call|
ranked_paths|system_fingerprint|||call|
ranked_paths|provider_kind|||call|
ranked_paths|prompt_hash|||call|
ranked_paths|finish_reason|||call|
ranked_paths|prompt_tokens|||call|
ranked_paths|completion_tokens|||call|
ranked_paths|reasoning_tokens|||call|
ranked_paths|attempts|||call|
ranked_paths|row_hash|||publish|
refined_paths|path_id|difficulty_tiers|question_id|computed|
refined_paths|path_id|ranked_paths|path_id|computed|
refined_paths|path_id|ranked_paths|question_id|computed|
refined_paths|path_id|refined_paths|parent_path_id|previous|
refined_paths|path_id|refined_paths|path_id|previous|
refined_paths|path_id|refined_paths|round|previous|
refined_paths|path_id|refined_paths|stage|previous|
refined_paths|path_id|verifications|path_id|computed|
refined_paths|question_id|difficulty_tiers|question_id|computed|
refined_paths|question_id|ranked_paths|question_id|computed|
refined_paths|source|difficulty_tiers|source|computed|
refined_paths|source|ranked_paths|source|computed|
refined_paths|tier|difficulty_tiers|tier|computed|
refined_paths|tier|ranked_paths|tier|computed|
refined_paths|stage|||constant|
refined_paths|slot|||constant|
refined_paths|round|ranked_paths|path_id|computed|
refined_paths|round|refined_paths|parent_path_id|previous|
refined_paths|round|refined_paths|path_id|previous|
refined_paths|round|refined_paths|round|previous|
refined_paths|round|refined_paths|stage|previous|
refined_paths|round|verifications|path_id|computed|
refined_paths|parent_path_id|ranked_paths|path_id|computed|
refined_paths|parent_path_id|refined_paths|path_id|previous|
refined_paths|parent_path_id|verifications|path_id|computed|
refined_paths|error_kind|||call|
refined_paths|is_missing|||call|
refined_paths|raw_text|questions|context|prompt|refiner, regenerator
refined_paths|raw_text|questions|gold_letter|prompt|refiner, regenerator
refined_paths|raw_text|questions|gold_text|prompt|refiner, regenerator
refined_paths|raw_text|questions|options|prompt|refiner, regenerator
refined_paths|raw_text|questions|question|prompt|refiner, regenerator
refined_paths|raw_text|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|raw_text|refined_paths|path_id|previous|refiner, regenerator
refined_paths|raw_text|refined_paths|path_text|previous|refiner, regenerator
refined_paths|raw_text|refined_paths|verdict|previous|refiner, regenerator
refined_paths|raw_text|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|raw_text|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|raw_text|verifications|is_correct|prompt|refiner, regenerator
refined_paths|raw_text|verifications|reason|prompt|refiner, regenerator
refined_paths|reasoning_text|questions|context|prompt|refiner, regenerator
refined_paths|reasoning_text|questions|gold_letter|prompt|refiner, regenerator
refined_paths|reasoning_text|questions|gold_text|prompt|refiner, regenerator
refined_paths|reasoning_text|questions|options|prompt|refiner, regenerator
refined_paths|reasoning_text|questions|question|prompt|refiner, regenerator
refined_paths|reasoning_text|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|reasoning_text|refined_paths|path_id|previous|refiner, regenerator
refined_paths|reasoning_text|refined_paths|path_text|previous|refiner, regenerator
refined_paths|reasoning_text|refined_paths|verdict|previous|refiner, regenerator
refined_paths|reasoning_text|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|reasoning_text|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|reasoning_text|verifications|is_correct|prompt|refiner, regenerator
refined_paths|reasoning_text|verifications|reason|prompt|refiner, regenerator
refined_paths|path_text|questions|context|prompt|refiner, regenerator
refined_paths|path_text|questions|gold_letter|prompt|refiner, regenerator
refined_paths|path_text|questions|gold_text|prompt|refiner, regenerator
refined_paths|path_text|questions|options|prompt|refiner, regenerator
refined_paths|path_text|questions|question|prompt|refiner, regenerator
refined_paths|path_text|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|path_text|refined_paths|path_id|previous|refiner, regenerator
refined_paths|path_text|refined_paths|path_text|previous|refiner, regenerator
refined_paths|path_text|refined_paths|verdict|previous|refiner, regenerator
refined_paths|path_text|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|path_text|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|path_text|verifications|is_correct|prompt|refiner, regenerator
refined_paths|path_text|verifications|reason|prompt|refiner, regenerator
refined_paths|supports_key|questions|context|prompt|refiner, regenerator
refined_paths|supports_key|questions|gold_letter|prompt|refiner, regenerator
refined_paths|supports_key|questions|gold_text|prompt|refiner, regenerator
refined_paths|supports_key|questions|options|prompt|refiner, regenerator
refined_paths|supports_key|questions|question|prompt|refiner, regenerator
refined_paths|supports_key|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|supports_key|refined_paths|path_id|previous|refiner, regenerator
refined_paths|supports_key|refined_paths|path_text|previous|refiner, regenerator
refined_paths|supports_key|refined_paths|verdict|previous|refiner, regenerator
refined_paths|supports_key|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|supports_key|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|supports_key|verifications|is_correct|prompt|refiner, regenerator
refined_paths|supports_key|verifications|reason|prompt|refiner, regenerator
refined_paths|answer_letter|questions|context|prompt|refiner, regenerator
refined_paths|answer_letter|questions|gold_letter|prompt|refiner, regenerator
refined_paths|answer_letter|questions|gold_text|prompt|refiner, regenerator
refined_paths|answer_letter|questions|options|prompt|refiner, regenerator
refined_paths|answer_letter|questions|question|prompt|refiner, regenerator
refined_paths|answer_letter|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|answer_letter|refined_paths|path_id|previous|refiner, regenerator
refined_paths|answer_letter|refined_paths|path_text|previous|refiner, regenerator
refined_paths|answer_letter|refined_paths|verdict|previous|refiner, regenerator
refined_paths|answer_letter|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|answer_letter|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|answer_letter|verifications|is_correct|prompt|refiner, regenerator
refined_paths|answer_letter|verifications|reason|prompt|refiner, regenerator
refined_paths|extraction_rule|questions|context|prompt|refiner, regenerator
refined_paths|extraction_rule|questions|gold_letter|prompt|refiner, regenerator
refined_paths|extraction_rule|questions|gold_text|prompt|refiner, regenerator
refined_paths|extraction_rule|questions|options|prompt|refiner, regenerator
refined_paths|extraction_rule|questions|question|prompt|refiner, regenerator
refined_paths|extraction_rule|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|extraction_rule|refined_paths|path_id|previous|refiner, regenerator
refined_paths|extraction_rule|refined_paths|path_text|previous|refiner, regenerator
refined_paths|extraction_rule|refined_paths|verdict|previous|refiner, regenerator
refined_paths|extraction_rule|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|extraction_rule|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|extraction_rule|verifications|is_correct|prompt|refiner, regenerator
refined_paths|extraction_rule|verifications|reason|prompt|refiner, regenerator
refined_paths|content_hash|questions|context|prompt|refiner, regenerator
refined_paths|content_hash|questions|gold_letter|prompt|refiner, regenerator
refined_paths|content_hash|questions|gold_text|prompt|refiner, regenerator
refined_paths|content_hash|questions|options|prompt|refiner, regenerator
refined_paths|content_hash|questions|question|prompt|refiner, regenerator
refined_paths|content_hash|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|content_hash|refined_paths|path_id|previous|refiner, regenerator
refined_paths|content_hash|refined_paths|path_text|previous|refiner, regenerator
refined_paths|content_hash|refined_paths|verdict|previous|refiner, regenerator
refined_paths|content_hash|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|content_hash|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|content_hash|verifications|is_correct|prompt|refiner, regenerator
refined_paths|content_hash|verifications|reason|prompt|refiner, regenerator
refined_paths|verdict|questions|context|prompt|refiner, regenerator, verifier
refined_paths|verdict|questions|gold_letter|prompt|refiner, regenerator, verifier
refined_paths|verdict|questions|gold_text|prompt|refiner, regenerator, verifier
refined_paths|verdict|questions|options|prompt|refiner, regenerator, verifier
refined_paths|verdict|questions|question|prompt|refiner, regenerator, verifier
refined_paths|verdict|reasoning_paths|path_text|prompt|refiner, regenerator, verifier
refined_paths|verdict|refined_paths|path_id|previous|refiner, regenerator, verifier
refined_paths|verdict|refined_paths|path_text|previous|refiner, regenerator, verifier
refined_paths|verdict|refined_paths|verdict|previous|refiner, regenerator, verifier
refined_paths|verdict|refined_paths|verdict_reason|previous|refiner, regenerator, verifier
refined_paths|verdict|verifications|answer_letter|prompt|refiner, regenerator, verifier
refined_paths|verdict|verifications|is_correct|prompt|refiner, regenerator, verifier
refined_paths|verdict|verifications|reason|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|questions|context|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|questions|gold_letter|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|questions|gold_text|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|questions|options|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|questions|question|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|reasoning_paths|path_text|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|refined_paths|path_id|previous|refiner, regenerator, verifier
refined_paths|verdict_reason|refined_paths|path_text|previous|refiner, regenerator, verifier
refined_paths|verdict_reason|refined_paths|verdict|previous|refiner, regenerator, verifier
refined_paths|verdict_reason|refined_paths|verdict_reason|previous|refiner, regenerator, verifier
refined_paths|verdict_reason|verifications|answer_letter|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|verifications|is_correct|prompt|refiner, regenerator, verifier
refined_paths|verdict_reason|verifications|reason|prompt|refiner, regenerator, verifier
refined_paths|verifier_outcome|||call|
refined_paths|is_answer_match|questions|context|prompt|refiner, regenerator
refined_paths|is_answer_match|questions|gold_letter|prompt|refiner, regenerator
refined_paths|is_answer_match|questions|gold_text|prompt|refiner, regenerator
refined_paths|is_answer_match|questions|options|prompt|refiner, regenerator
refined_paths|is_answer_match|questions|question|prompt|refiner, regenerator
refined_paths|is_answer_match|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|is_answer_match|refined_paths|path_id|previous|refiner, regenerator
refined_paths|is_answer_match|refined_paths|path_text|previous|refiner, regenerator
refined_paths|is_answer_match|refined_paths|verdict|previous|refiner, regenerator
refined_paths|is_answer_match|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|is_answer_match|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|is_answer_match|verifications|is_correct|prompt|refiner, regenerator
refined_paths|is_answer_match|verifications|reason|prompt|refiner, regenerator
refined_paths|is_correct|questions|context|prompt|refiner, regenerator, verifier
refined_paths|is_correct|questions|gold_letter|prompt|refiner, regenerator, verifier
refined_paths|is_correct|questions|gold_text|prompt|refiner, regenerator, verifier
refined_paths|is_correct|questions|options|prompt|refiner, regenerator, verifier
refined_paths|is_correct|questions|question|prompt|refiner, regenerator, verifier
refined_paths|is_correct|reasoning_paths|path_text|prompt|refiner, regenerator, verifier
refined_paths|is_correct|refined_paths|path_id|previous|refiner, regenerator, verifier
refined_paths|is_correct|refined_paths|path_text|previous|refiner, regenerator, verifier
refined_paths|is_correct|refined_paths|verdict|previous|refiner, regenerator, verifier
refined_paths|is_correct|refined_paths|verdict_reason|previous|refiner, regenerator, verifier
refined_paths|is_correct|verifications|answer_letter|prompt|refiner, regenerator, verifier
refined_paths|is_correct|verifications|is_correct|prompt|refiner, regenerator, verifier
refined_paths|is_correct|verifications|reason|prompt|refiner, regenerator, verifier
refined_paths|leak_phrases|questions|context|prompt|refiner, regenerator
refined_paths|leak_phrases|questions|gold_letter|prompt|refiner, regenerator
refined_paths|leak_phrases|questions|gold_text|prompt|refiner, regenerator
refined_paths|leak_phrases|questions|options|prompt|refiner, regenerator
refined_paths|leak_phrases|questions|question|prompt|refiner, regenerator
refined_paths|leak_phrases|reasoning_paths|path_text|prompt|refiner, regenerator
refined_paths|leak_phrases|refined_paths|path_id|previous|refiner, regenerator
refined_paths|leak_phrases|refined_paths|path_text|previous|refiner, regenerator
refined_paths|leak_phrases|refined_paths|verdict|previous|refiner, regenerator
refined_paths|leak_phrases|refined_paths|verdict_reason|previous|refiner, regenerator
refined_paths|leak_phrases|verifications|answer_letter|prompt|refiner, regenerator
refined_paths|leak_phrases|verifications|is_correct|prompt|refiner, regenerator
refined_paths|leak_phrases|verifications|reason|prompt|refiner, regenerator
refined_paths|is_accepted|difficulty_tiers|question_id|computed|
refined_paths|is_accepted|difficulty_tiers|tier|computed|
refined_paths|is_accepted|questions|context|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|questions|gold_letter|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|questions|gold_text|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|questions|options|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|questions|question|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|ranked_paths|path_id|computed|
refined_paths|is_accepted|ranked_paths|question_id|computed|
refined_paths|is_accepted|ranked_paths|tier|computed|
refined_paths|is_accepted|reasoning_paths|path_text|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|refined_paths|parent_path_id|previous|
refined_paths|is_accepted|refined_paths|path_id|previous|refiner, regenerator, verifier
refined_paths|is_accepted|refined_paths|path_text|previous|refiner, regenerator, verifier
refined_paths|is_accepted|refined_paths|round|previous|
refined_paths|is_accepted|refined_paths|stage|previous|
refined_paths|is_accepted|refined_paths|verdict|previous|refiner, regenerator, verifier
refined_paths|is_accepted|refined_paths|verdict_reason|previous|refiner, regenerator, verifier
refined_paths|is_accepted|verifications|answer_letter|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|verifications|is_correct|prompt|refiner, regenerator, verifier
refined_paths|is_accepted|verifications|path_id|computed|
refined_paths|is_accepted|verifications|reason|prompt|refiner, regenerator, verifier
refined_paths|rejection|difficulty_tiers|question_id|computed|
refined_paths|rejection|difficulty_tiers|tier|computed|
refined_paths|rejection|questions|context|prompt|refiner, regenerator, verifier
refined_paths|rejection|questions|gold_letter|prompt|refiner, regenerator, verifier
refined_paths|rejection|questions|gold_text|prompt|refiner, regenerator, verifier
refined_paths|rejection|questions|options|prompt|refiner, regenerator, verifier
refined_paths|rejection|questions|question|prompt|refiner, regenerator, verifier
refined_paths|rejection|ranked_paths|path_id|computed|
refined_paths|rejection|ranked_paths|question_id|computed|
refined_paths|rejection|ranked_paths|tier|computed|
refined_paths|rejection|reasoning_paths|path_text|prompt|refiner, regenerator, verifier
refined_paths|rejection|refined_paths|parent_path_id|previous|
refined_paths|rejection|refined_paths|path_id|previous|refiner, regenerator, verifier
refined_paths|rejection|refined_paths|path_text|previous|refiner, regenerator, verifier
refined_paths|rejection|refined_paths|round|previous|
refined_paths|rejection|refined_paths|stage|previous|
refined_paths|rejection|refined_paths|verdict|previous|refiner, regenerator, verifier
refined_paths|rejection|refined_paths|verdict_reason|previous|refiner, regenerator, verifier
refined_paths|rejection|verifications|answer_letter|prompt|refiner, regenerator, verifier
refined_paths|rejection|verifications|is_correct|prompt|refiner, regenerator, verifier
refined_paths|rejection|verifications|path_id|computed|
refined_paths|rejection|verifications|reason|prompt|refiner, regenerator, verifier
refined_paths|outcome|||call|
refined_paths|outcome_detail|||call|
refined_paths|call_keys|||call|
refined_paths|model|||call|
refined_paths|revision|||call|
refined_paths|served_model|||call|
refined_paths|system_fingerprint|||call|
refined_paths|provider_kind|||call|
refined_paths|prompt_hash|||call|
refined_paths|finish_reason|||call|
refined_paths|prompt_tokens|||call|
refined_paths|completion_tokens|||call|
refined_paths|reasoning_tokens|||call|
refined_paths|attempts|||call|
refined_paths|row_hash|||publish|
reasonmed|example_id|difficulty_tiers|question_id|computed|
reasonmed|question_id|difficulty_tiers|question_id|computed|
reasonmed|source|difficulty_tiers|source|computed|
reasonmed|tier|difficulty_tiers|tier|computed|
reasonmed|slot|||constant|
reasonmed|path_id|reasoning_paths|path_id|computed|
reasonmed|path_id|refined_paths|path_id|computed|
reasonmed|stage|reasoning_paths|stage|computed|
reasonmed|stage|refined_paths|stage|computed|
reasonmed|parent_path_id|refined_paths|parent_path_id|computed|
reasonmed|generator|reasoning_paths|generator|computed|
reasonmed|model|reasoning_paths|model|computed|
reasonmed|model|refined_paths|model|computed|
reasonmed|path_text|reasoning_paths|path_text|computed|
reasonmed|path_text|refined_paths|path_text|computed|
reasonmed|answer_letter|reasoning_paths|answer_letter|computed|
reasonmed|answer_letter|refined_paths|answer_letter|computed|
reasonmed|gold_letter|questions|gold_letter|computed|
reasonmed|content_hash|reasoning_paths|content_hash|computed|
reasonmed|content_hash|refined_paths|content_hash|computed|
reasonmed|group_id|questions|group_id|computed|
reasonmed|fold|questions|fold|computed|
reasonmed|split_role|questions|split_role|computed|
reasonmed|licence|questions|licence|computed|
reasonmed|override_note|questions|override_note|computed|
reasonmed|is_label_doubt|difficulty_tiers|is_label_doubt|computed|
reasonmed|provider_kind|reasoning_paths|provider_kind|computed|
reasonmed|provider_kind|refined_paths|provider_kind|computed|
reasonmed|row_hash|||publish|
dropped_examples|example_id|difficulty_tiers|question_id|computed|
dropped_examples|question_id|difficulty_tiers|question_id|computed|
dropped_examples|source|difficulty_tiers|source|computed|
dropped_examples|tier|difficulty_tiers|tier|computed|
dropped_examples|slot|||constant|
dropped_examples|reason|difficulty_tiers|is_label_doubt|computed|
dropped_examples|reason|difficulty_tiers|tier|computed|
dropped_examples|reason|ranked_paths|path_id|computed|
dropped_examples|reason|refined_paths|is_accepted|computed|
dropped_examples|reason|refined_paths|is_missing|computed|
dropped_examples|reason|refined_paths|path_id|computed|
dropped_examples|reason|refined_paths|supports_key|computed|
dropped_examples|reason|refined_paths|verdict|computed|
dropped_examples|reason|refined_paths|verifier_outcome|computed|
dropped_examples|detail|difficulty_tiers|doubt_letter|computed|
dropped_examples|detail|difficulty_tiers|doubt_share|computed|
dropped_examples|detail|difficulty_tiers|is_label_doubt|computed|
dropped_examples|detail|difficulty_tiers|override_note|computed|
dropped_examples|detail|difficulty_tiers|tier|computed|
dropped_examples|detail|refined_paths|rejection|computed|
dropped_examples|row_hash|||publish|
answer_summaries|example_id|reasonmed|example_id|computed|
answer_summaries|question_id|reasonmed|question_id|computed|
answer_summaries|source|reasonmed|source|computed|
answer_summaries|raw_text|questions|options|prompt|summariser
answer_summaries|raw_text|questions|question|prompt|summariser
answer_summaries|raw_text|reasonmed|path_text|prompt|summariser
answer_summaries|summary|questions|options|prompt|summariser
answer_summaries|summary|questions|question|prompt|summariser
answer_summaries|summary|reasonmed|answer_letter|computed|
answer_summaries|summary|reasonmed|path_text|prompt|summariser
answer_summaries|answer_letter|questions|options|prompt|summariser
answer_summaries|answer_letter|questions|question|prompt|summariser
answer_summaries|answer_letter|reasonmed|path_text|prompt|summariser
answer_summaries|is_accepted|questions|options|prompt|summariser
answer_summaries|is_accepted|questions|question|prompt|summariser
answer_summaries|is_accepted|reasonmed|answer_letter|computed|
answer_summaries|is_accepted|reasonmed|path_text|prompt|summariser
answer_summaries|rejection|questions|options|prompt|summariser
answer_summaries|rejection|questions|question|prompt|summariser
answer_summaries|rejection|reasonmed|answer_letter|computed|
answer_summaries|rejection|reasonmed|path_text|prompt|summariser
answer_summaries|content_hash|questions|options|prompt|summariser
answer_summaries|content_hash|questions|question|prompt|summariser
answer_summaries|content_hash|reasonmed|answer_letter|computed|
answer_summaries|content_hash|reasonmed|path_text|prompt|summariser
answer_summaries|outcome|||call|
answer_summaries|outcome_detail|||call|
answer_summaries|call_keys|||call|
answer_summaries|model|||call|
answer_summaries|revision|||call|
answer_summaries|served_model|||call|
answer_summaries|system_fingerprint|||call|
answer_summaries|provider_kind|||call|
answer_summaries|prompt_hash|||call|
answer_summaries|finish_reason|||call|
answer_summaries|prompt_tokens|||call|
answer_summaries|completion_tokens|||call|
answer_summaries|reasoning_tokens|||call|
answer_summaries|attempts|||call|
answer_summaries|row_hash|||publish|
quality_scores|score_id|reasonmed|example_id|computed|
quality_scores|example_id|reasonmed|example_id|computed|
quality_scores|question_id|reasonmed|question_id|computed|
quality_scores|source|reasonmed|source|computed|
quality_scores|tier|reasonmed|tier|computed|
quality_scores|text_role|||constant|
quality_scores|path_id|reasoning_paths|path_id|computed|
quality_scores|path_id|reasonmed|path_id|computed|
quality_scores|path_id|refined_paths|path_id|computed|
quality_scores|clinical_accuracy|questions|context|prompt|evaluator
quality_scores|clinical_accuracy|questions|gold_letter|prompt|evaluator
quality_scores|clinical_accuracy|questions|gold_text|prompt|evaluator
quality_scores|clinical_accuracy|questions|options|prompt|evaluator
quality_scores|clinical_accuracy|questions|question|prompt|evaluator
quality_scores|clinical_accuracy|reasoning_paths|path_text|prompt|evaluator
quality_scores|clinical_accuracy|reasonmed|path_text|prompt|evaluator
quality_scores|clinical_accuracy|refined_paths|path_text|prompt|evaluator
quality_scores|logic|questions|context|prompt|evaluator
quality_scores|logic|questions|gold_letter|prompt|evaluator
quality_scores|logic|questions|gold_text|prompt|evaluator
quality_scores|logic|questions|options|prompt|evaluator
quality_scores|logic|questions|question|prompt|evaluator
quality_scores|logic|reasoning_paths|path_text|prompt|evaluator
quality_scores|logic|reasonmed|path_text|prompt|evaluator
quality_scores|logic|refined_paths|path_text|prompt|evaluator
quality_scores|factual_correctness|questions|context|prompt|evaluator
quality_scores|factual_correctness|questions|gold_letter|prompt|evaluator
quality_scores|factual_correctness|questions|gold_text|prompt|evaluator
quality_scores|factual_correctness|questions|options|prompt|evaluator
quality_scores|factual_correctness|questions|question|prompt|evaluator
quality_scores|factual_correctness|reasoning_paths|path_text|prompt|evaluator
quality_scores|factual_correctness|reasonmed|path_text|prompt|evaluator
quality_scores|factual_correctness|refined_paths|path_text|prompt|evaluator
quality_scores|completeness|questions|context|prompt|evaluator
quality_scores|completeness|questions|gold_letter|prompt|evaluator
quality_scores|completeness|questions|gold_text|prompt|evaluator
quality_scores|completeness|questions|options|prompt|evaluator
quality_scores|completeness|questions|question|prompt|evaluator
quality_scores|completeness|reasoning_paths|path_text|prompt|evaluator
quality_scores|completeness|reasonmed|path_text|prompt|evaluator
quality_scores|completeness|refined_paths|path_text|prompt|evaluator
quality_scores|score|questions|context|prompt|evaluator
quality_scores|score|questions|gold_letter|prompt|evaluator
quality_scores|score|questions|gold_text|prompt|evaluator
quality_scores|score|questions|options|prompt|evaluator
quality_scores|score|questions|question|prompt|evaluator
quality_scores|score|reasoning_paths|path_text|prompt|evaluator
quality_scores|score|reasonmed|path_text|prompt|evaluator
quality_scores|score|refined_paths|path_text|prompt|evaluator
quality_scores|justification|questions|context|prompt|evaluator
quality_scores|justification|questions|gold_letter|prompt|evaluator
quality_scores|justification|questions|gold_text|prompt|evaluator
quality_scores|justification|questions|options|prompt|evaluator
quality_scores|justification|questions|question|prompt|evaluator
quality_scores|justification|reasoning_paths|path_text|prompt|evaluator
quality_scores|justification|reasonmed|path_text|prompt|evaluator
quality_scores|justification|refined_paths|path_text|prompt|evaluator
quality_scores|outcome|||call|
quality_scores|outcome_detail|||call|
quality_scores|call_keys|||call|
quality_scores|model|||call|
quality_scores|revision|||call|
quality_scores|served_model|||call|
quality_scores|system_fingerprint|||call|
quality_scores|provider_kind|||call|
quality_scores|prompt_hash|||call|
quality_scores|finish_reason|||call|
quality_scores|prompt_tokens|||call|
quality_scores|completion_tokens|||call|
quality_scores|reasoning_tokens|||call|
quality_scores|attempts|||call|
quality_scores|row_hash|||publish|
reviews|review_id|||file|
reviews|file|||file|
reviews|row|||file|
reviews|example_id|||file|
reviews|content_hash|||file|
reviews|question_id|reasonmed|question_id|computed|
reviews|source|reasonmed|source|computed|
reviews|tier|reasonmed|tier|computed|
reviews|reviewer|||file|
reviews|key_verdict|||file|
reviews|reasoning_verdict|||file|
reviews|answer_verdict|||file|
reviews|comment|||file|
reviews|problem|||file|
reviews|is_stale|reasonmed|content_hash|computed|
reviews|is_current|||file|
reviews|raw_text|||file|
reviews|row_hash|||publish|
sft_cot|example_id|reasonmed|example_id|computed|
sft_cot|question_id|reasonmed|question_id|computed|
sft_cot|source|reasonmed|source|computed|
sft_cot|instruction|questions|options|computed|
sft_cot|instruction|questions|question|computed|
sft_cot|input|questions|context|computed|
sft_cot|output|reasonmed|answer_letter|computed|
sft_cot|output|reasonmed|path_text|computed|
sft_cot|fold|reasonmed|fold|computed|
sft_cot|split_role|reasonmed|split_role|computed|
sft_cot|provider_kind|reasonmed|provider_kind|computed|
sft_cot|row_hash|||publish|
sft_response|example_id|reasonmed|example_id|computed|
sft_response|question_id|reasonmed|question_id|computed|
sft_response|source|reasonmed|source|computed|
sft_response|instruction|questions|options|computed|
sft_response|instruction|questions|question|computed|
sft_response|input|questions|context|computed|
sft_response|output|answer_summaries|summary|computed|
sft_response|fold|reasonmed|fold|computed|
sft_response|split_role|reasonmed|split_role|computed|
sft_response|provider_kind|reasonmed|provider_kind|computed|
sft_response|row_hash|||publish|
sft_reasonmed|example_id|reasonmed|example_id|computed|
sft_reasonmed|question_id|reasonmed|question_id|computed|
sft_reasonmed|source|reasonmed|source|computed|
sft_reasonmed|instruction|questions|options|computed|
sft_reasonmed|instruction|questions|question|computed|
sft_reasonmed|input|questions|context|computed|
sft_reasonmed|output|answer_summaries|summary|computed|
sft_reasonmed|output|reasonmed|path_text|computed|
sft_reasonmed|fold|reasonmed|fold|computed|
sft_reasonmed|split_role|reasonmed|split_role|computed|
sft_reasonmed|provider_kind|reasonmed|provider_kind|computed|
sft_reasonmed|row_hash|||publish|
llm_calls|attempt_id|||call|
llm_calls|call_key|||call|
llm_calls|attempt|||call|
llm_calls|role|||call|
llm_calls|provider|||call|
llm_calls|provider_kind|||call|
llm_calls|model|||call|
llm_calls|revision|||call|
llm_calls|served_model|||call|
llm_calls|outcome|||call|
llm_calls|detail|||call|
llm_calls|http_status|||call|
llm_calls|finish_reason|||call|
llm_calls|prompt_tokens|||call|
llm_calls|completion_tokens|||call|
llm_calls|reasoning_tokens|||call|
llm_calls|cached_tokens|||call|
llm_calls|cache_write_tokens|||call|
llm_calls|is_declined|||call|
llm_calls|reserved_usd|||call|
llm_calls|cost_usd|||call|
llm_calls|latency_ms|||call|
llm_calls|started_at|||call|
llm_calls|is_accepted|||call|
llm_calls|made_for|||call|
llm_calls|made_for_source|||call|
llm_calls|batch_id|||call|
llm_calls|row_hash|||publish|
call_uses|use_id|answer_summaries|call_keys|computed|
call_uses|use_id|answer_summaries|example_id|computed|
call_uses|use_id|quality_scores|call_keys|computed|
call_uses|use_id|quality_scores|score_id|computed|
call_uses|use_id|ranked_paths|call_keys|computed|
call_uses|use_id|ranked_paths|path_id|computed|
call_uses|use_id|reasoning_paths|call_keys|computed|
call_uses|use_id|reasoning_paths|path_id|computed|
call_uses|use_id|refined_paths|call_keys|computed|
call_uses|use_id|refined_paths|path_id|computed|
call_uses|use_id|verifications|call_keys|computed|
call_uses|use_id|verifications|path_id|computed|
call_uses|use_id|verifier_audit|audit_id|computed|
call_uses|use_id|verifier_audit|call_keys|computed|
call_uses|used_by|||constant|
call_uses|row_id|answer_summaries|example_id|computed|
call_uses|row_id|quality_scores|score_id|computed|
call_uses|row_id|ranked_paths|path_id|computed|
call_uses|row_id|reasoning_paths|path_id|computed|
call_uses|row_id|refined_paths|path_id|computed|
call_uses|row_id|verifications|path_id|computed|
call_uses|row_id|verifier_audit|audit_id|computed|
call_uses|source|answer_summaries|source|computed|
call_uses|source|quality_scores|source|computed|
call_uses|source|ranked_paths|source|computed|
call_uses|source|reasoning_paths|source|computed|
call_uses|source|refined_paths|source|computed|
call_uses|source|verifications|source|computed|
call_uses|source|verifier_audit|source|computed|
call_uses|question_id|answer_summaries|question_id|computed|
call_uses|question_id|quality_scores|question_id|computed|
call_uses|question_id|ranked_paths|question_id|computed|
call_uses|question_id|reasoning_paths|question_id|computed|
call_uses|question_id|refined_paths|question_id|computed|
call_uses|question_id|verifications|question_id|computed|
call_uses|question_id|verifier_audit|question_id|computed|
call_uses|example_id|answer_summaries|example_id|computed|
call_uses|example_id|quality_scores|example_id|computed|
call_uses|example_id|refined_paths|question_id|computed|
call_uses|example_id|refined_paths|slot|computed|
call_uses|role|llm_calls|role|computed|
call_uses|call_key|answer_summaries|call_keys|computed|
call_uses|call_key|quality_scores|call_keys|computed|
call_uses|call_key|ranked_paths|call_keys|computed|
call_uses|call_key|reasoning_paths|call_keys|computed|
call_uses|call_key|refined_paths|call_keys|computed|
call_uses|call_key|verifications|call_keys|computed|
call_uses|call_key|verifier_audit|call_keys|computed|
call_uses|cost_share|answer_summaries|call_keys|computed|
call_uses|cost_share|quality_scores|call_keys|computed|
call_uses|cost_share|ranked_paths|call_keys|computed|
call_uses|cost_share|reasoning_paths|call_keys|computed|
call_uses|cost_share|refined_paths|call_keys|computed|
call_uses|cost_share|verifications|call_keys|computed|
call_uses|cost_share|verifier_audit|call_keys|computed|
call_uses|row_hash|||publish|
prompts|prompt_hash|answer_summaries|prompt_hash|computed|
prompts|prompt_hash|prompts|prompt_hash|previous|
prompts|prompt_hash|quality_scores|prompt_hash|computed|
prompts|prompt_hash|ranked_paths|prompt_hash|computed|
prompts|prompt_hash|reasoning_paths|prompt_hash|computed|
prompts|prompt_hash|refined_paths|prompt_hash|computed|
prompts|prompt_hash|verifications|prompt_hash|computed|
prompts|prompt_hash|verifier_audit|prompt_hash|computed|
prompts|role|llm_calls|role|computed|
prompts|role|prompts|role|previous|
prompts|template|prompts|template|previous|
prompts|first_used|llm_calls|started_at|computed|
prompts|first_used|prompts|first_used|previous|
prompts|last_used|llm_calls|started_at|computed|
prompts|last_used|prompts|last_used|previous|
prompts|row_hash|||publish|
verifier_votes|vote_id|refined_paths|call_keys|computed|
verifier_votes|vote_id|refined_paths|path_id|computed|
verifier_votes|vote_id|verifications|call_keys|computed|
verifier_votes|vote_id|verifications|path_id|computed|
verifier_votes|vote_id|verifier_audit|audit_id|computed|
verifier_votes|vote_id|verifier_audit|call_keys|computed|
verifier_votes|used_by|||constant|
verifier_votes|row_id|refined_paths|path_id|computed|
verifier_votes|row_id|verifications|path_id|computed|
verifier_votes|row_id|verifier_audit|audit_id|computed|
verifier_votes|question_id|refined_paths|question_id|computed|
verifier_votes|question_id|verifications|question_id|computed|
verifier_votes|question_id|verifier_audit|question_id|computed|
verifier_votes|source|refined_paths|source|computed|
verifier_votes|source|verifications|source|computed|
verifier_votes|source|verifier_audit|source|computed|
verifier_votes|vote|refined_paths|call_keys|computed|
verifier_votes|vote|refined_paths|path_id|computed|
verifier_votes|vote|verifications|call_keys|computed|
verifier_votes|vote|verifications|path_id|computed|
verifier_votes|vote|verifier_audit|audit_id|computed|
verifier_votes|vote|verifier_audit|call_keys|computed|
verifier_votes|call_key|refined_paths|call_keys|computed|
verifier_votes|call_key|verifications|call_keys|computed|
verifier_votes|call_key|verifier_audit|call_keys|computed|
verifier_votes|verdict|||call|
verifier_votes|reason|||call|
verifier_votes|row_hash|||publish|
recipes|version|||file|
recipes|set_at|||file|
recipes|set_by|||file|
recipes|first_build|||file|
recipes|changes|||file|
recipes|profile|||file|
recipes|data_dir|||file|
recipes|ledger|||file|
recipes|question_limit|||file|
recipes|question_limits|||file|
recipes|set_values|||file|
recipes|profile_values|||file|
recipes|row_hash|||publish|
builds|number|||publish|
builds|build_id|||publish|
builds|started_at|||publish|
builds|ended_at|||publish|
builds|started_by|||publish|
builds|process|||publish|
builds|outcome|||publish|
builds|problems|||publish|
builds|project|||publish|
builds|revision|||publish|
builds|is_modified|||publish|
builds|profile|||publish|
builds|profile_values|||publish|
builds|recipe|||publish|
builds|models|||publish|
builds|prompts|||publish|
builds|packages|||publish|
builds|source_files|||publish|
builds|planned_calls|||publish|
builds|planned_usd|||publish|
builds|planned_usd_max|||publish|
builds|run_ids|||publish|
builds|run_outcomes|||publish|
builds|row_hash|||publish|
publishes|publish_id|||publish|
publishes|seq|||publish|
publishes|table_name|||publish|
publishes|partition|||publish|
publishes|run_id|||publish|
publishes|build|||publish|
publishes|published_at|||publish|
publishes|rows|||publish|
publishes|rows_inserted|||publish|
publishes|rows_deleted|||publish|
publishes|content_hash|||publish|
publishes|fingerprint|||publish|
publishes|parts|||publish|
publishes|profile|||publish|
publishes|recipe|||publish|
publishes|statistics|||publish|
publishes|row_hash|||publish|
failures|failure_id|||publish|
failures|table_name|||publish|
failures|partition|||publish|
failures|run_id|||publish|
failures|failed_at|||publish|
failures|reason|||publish|
failures|row_hash|||publish|
build_calls|build|builds|number|computed|
build_calls|outcome|builds|outcome|computed|
build_calls|planned_calls|builds|planned_calls|computed|
build_calls|calls|llm_calls|call_key|computed|
build_calls|attempts|llm_calls|attempt_id|computed|
build_calls|planned_usd|builds|planned_usd|computed|
build_calls|planned_usd_max|builds|planned_usd_max|computed|
build_calls|cost_usd|llm_calls|cost_usd|computed|
build_calls|unknown_cost_attempts|llm_calls|attempt_id|computed|
build_calls|unknown_cost_attempts|llm_calls|cost_usd|computed|
build_calls|unknown_usd|llm_calls|cost_usd|computed|
build_calls|unknown_usd|llm_calls|reserved_usd|computed|
build_contents|build|builds|number|computed|
build_contents|table_name|publishes|table_name|computed|
build_contents|partition|publishes|partition|computed|
build_contents|rows|publishes|rows|computed|
build_contents|content_hash|publishes|content_hash|computed|
build_contents|publish|publishes|seq|computed|
build_contents|is_own|builds|number|computed|
build_contents|is_own|publishes|build|computed|
call_costs|call_key|llm_calls|call_key|computed|
call_costs|role|llm_calls|role|computed|
call_costs|provider|llm_calls|provider|computed|
call_costs|model|llm_calls|model|computed|
call_costs|table_name|call_uses|used_by|computed|
call_costs|table_name|llm_calls|made_for|computed|
call_costs|source|call_uses|source|computed|
call_costs|source|llm_calls|made_for_source|computed|
call_costs|row_id|call_uses|row_id|computed|
call_costs|question_id|call_uses|question_id|computed|
call_costs|example_id|call_uses|example_id|computed|
call_costs|tier|difficulty_tiers|tier|computed|
call_costs|spent_on|call_uses|example_id|computed|
call_costs|spent_on|call_uses|question_id|computed|
call_costs|spent_on|call_uses|use_id|computed|
call_costs|spent_on|difficulty_tiers|tier|computed|
call_costs|calls|call_uses|cost_share|computed|
call_costs|attempts|call_uses|cost_share|computed|
call_costs|prompt_tokens|call_uses|cost_share|computed|
call_costs|prompt_tokens|llm_calls|prompt_tokens|computed|
call_costs|completion_tokens|call_uses|cost_share|computed|
call_costs|completion_tokens|llm_calls|completion_tokens|computed|
call_costs|cost_usd|call_uses|cost_share|computed|
call_costs|cost_usd|llm_calls|cost_usd|computed|
call_costs|paid_usd|call_uses|cost_share|computed|
call_costs|paid_usd|llm_calls|cost_usd|computed|
call_costs|paid_usd|llm_calls|made_for|computed|
call_costs|unknown_attempts|call_uses|cost_share|computed|
call_costs|unknown_attempts|llm_calls|cost_usd|computed|
call_costs|unknown_usd|call_uses|cost_share|computed|
call_costs|unknown_usd|llm_calls|cost_usd|computed|
call_costs|unknown_usd|llm_calls|reserved_usd|computed|
cost|role|llm_calls|role|computed|
cost|model|llm_calls|model|computed|
cost|source|call_uses|source|computed|
cost|source|llm_calls|made_for_source|computed|
cost|tier|difficulty_tiers|tier|computed|
cost|spent_on|call_uses|example_id|computed|
cost|spent_on|call_uses|question_id|computed|
cost|spent_on|call_uses|use_id|computed|
cost|spent_on|difficulty_tiers|tier|computed|
cost|calls|call_uses|cost_share|computed|
cost|attempts|call_uses|cost_share|computed|
cost|prompt_tokens|call_uses|cost_share|computed|
cost|prompt_tokens|llm_calls|prompt_tokens|computed|
cost|completion_tokens|call_uses|cost_share|computed|
cost|completion_tokens|llm_calls|completion_tokens|computed|
cost|cost_usd|call_uses|cost_share|computed|
cost|cost_usd|llm_calls|cost_usd|computed|
cost|paid_usd|call_uses|cost_share|computed|
cost|paid_usd|llm_calls|cost_usd|computed|
cost|paid_usd|llm_calls|made_for|computed|
cost|unknown_attempts|call_uses|cost_share|computed|
cost|unknown_attempts|llm_calls|cost_usd|computed|
cost|unknown_usd|call_uses|cost_share|computed|
cost|unknown_usd|llm_calls|cost_usd|computed|
cost|unknown_usd|llm_calls|reserved_usd|computed|
cost_per_example|example_id|reasonmed|example_id|computed|
cost_per_example|question_id|reasonmed|question_id|computed|
cost_per_example|source|reasonmed|source|computed|
cost_per_example|tier|reasonmed|tier|computed|
cost_per_example|calls|call_uses|cost_share|computed|
cost_per_example|calls|reasonmed|question_id|computed|
cost_per_example|prompt_tokens|call_uses|cost_share|computed|
cost_per_example|prompt_tokens|llm_calls|prompt_tokens|computed|
cost_per_example|prompt_tokens|reasonmed|question_id|computed|
cost_per_example|completion_tokens|call_uses|cost_share|computed|
cost_per_example|completion_tokens|llm_calls|completion_tokens|computed|
cost_per_example|completion_tokens|reasonmed|question_id|computed|
cost_per_example|cost_usd|call_uses|cost_share|computed|
cost_per_example|cost_usd|llm_calls|cost_usd|computed|
cost_per_example|cost_usd|reasonmed|question_id|computed|
cost_per_example|paid_usd|call_uses|cost_share|computed|
cost_per_example|paid_usd|llm_calls|cost_usd|computed|
cost_per_example|paid_usd|llm_calls|made_for|computed|
cost_per_example|paid_usd|reasonmed|question_id|computed|
cost_per_example|unknown_attempts|call_uses|cost_share|computed|
cost_per_example|unknown_attempts|llm_calls|cost_usd|computed|
cost_per_example|unknown_attempts|reasonmed|question_id|computed|
cost_per_example|unknown_usd|call_uses|cost_share|computed|
cost_per_example|unknown_usd|llm_calls|cost_usd|computed|
cost_per_example|unknown_usd|llm_calls|reserved_usd|computed|
cost_per_example|unknown_usd|reasonmed|question_id|computed|
example|example_id|reasonmed|example_id|computed|
example|source|reasonmed|source|computed|
example|tier|reasonmed|tier|computed|
example|stage|reasonmed|stage|computed|
example|model|reasonmed|model|computed|
example|subject|questions|subject|computed|
example|question|questions|question|computed|
example|context|questions|context|computed|
example|options|questions|options|computed|
example|key|questions|gold_letter|computed|
example|key|questions|gold_text|computed|
example|path|reasonmed|path_text|computed|
example|summary|answer_summaries|summary|computed|
example|is_label_doubt|reasonmed|is_label_doubt|computed|
example|override_note|reasonmed|override_note|computed|
example|provider_kind|reasonmed|provider_kind|computed|
example|question_id|reasonmed|question_id|computed|
example|path_id|reasonmed|path_id|computed|
expected_examples|example_id|difficulty_tiers|question_id|computed|
expected_examples|question_id|difficulty_tiers|question_id|computed|
expected_examples|source|difficulty_tiers|source|computed|
expected_examples|tier|difficulty_tiers|tier|computed|
expected_examples|slot|||constant|
expected_examples|path_id|difficulty_tiers|tier|computed|
expected_examples|path_id|ranked_paths|path_id|computed|
expected_examples|path_id|refined_paths|is_accepted|computed|
expected_examples|path_id|refined_paths|path_id|computed|
expected_examples|reason|difficulty_tiers|is_label_doubt|computed|
expected_examples|reason|difficulty_tiers|tier|computed|
expected_examples|reason|ranked_paths|path_id|computed|
expected_examples|reason|refined_paths|is_accepted|computed|
expected_examples|reason|refined_paths|is_missing|computed|
expected_examples|reason|refined_paths|path_id|computed|
expected_examples|reason|refined_paths|supports_key|computed|
expected_examples|reason|refined_paths|verdict|computed|
expected_examples|reason|refined_paths|verifier_outcome|computed|
expected_examples|detail|difficulty_tiers|doubt_letter|computed|
expected_examples|detail|difficulty_tiers|doubt_share|computed|
expected_examples|detail|difficulty_tiers|is_label_doubt|computed|
expected_examples|detail|difficulty_tiers|override_note|computed|
expected_examples|detail|difficulty_tiers|tier|computed|
expected_examples|detail|refined_paths|rejection|computed|
freshness|table_name|failures|table_name|computed|
freshness|table_name|publishes|table_name|computed|
freshness|partition|failures|partition|computed|
freshness|partition|publishes|partition|computed|
freshness|publish|publishes|seq|computed|
freshness|published_at|publishes|published_at|computed|
freshness|rows|publishes|rows|computed|
freshness|run_id|publishes|run_id|computed|
freshness|profile|publishes|profile|computed|
freshness|recipe|publishes|recipe|computed|
freshness|made_from|||constant|
freshness|restored_from|publishes|parts|computed|
freshness|is_behind|publishes|partition|computed|
freshness|is_behind|publishes|parts|computed|
freshness|is_behind|publishes|seq|computed|
freshness|is_behind|publishes|table_name|computed|
freshness|why|publishes|partition|computed|
freshness|why|publishes|parts|computed|
freshness|why|publishes|seq|computed|
freshness|why|publishes|table_name|computed|
freshness|is_complete|publishes|fingerprint|computed|
freshness|has_failed|failures|failed_at|computed|
freshness|failed_at|failures|failed_at|computed|
freshness|failure|failures|reason|computed|
funnel|source|raw_questions|source|computed|
funnel|published_records|||count|
funnel|rejected_records|||count|
funnel|questions|||count|
funnel|paths|||count|
funnel|usable_paths|||count|
funnel|correct_paths|||count|
funnel|easy|||count|
funnel|medium|||count|
funnel|difficult|||count|
funnel|unresolved|||count|
funnel|examples|||count|
funnel|dropped|||count|
funnel|training_records|||count|
model_agreement|generator|verifications|generator|computed|
model_agreement|source|verifications|source|computed|
model_agreement|paths|||count|
model_agreement|correct|verifications|is_correct|computed|
model_agreement|error|verifications|is_correct|computed|
model_agreement|missing|verifications|is_correct|computed|
model_agreement|correct_share|verifications|is_correct|computed|
model_agreement|answer_match_share|verifications|is_answer_match|computed|
review_answers|example_id|reviews|example_id|computed|
review_answers|content_hash|reviews|content_hash|computed|
review_answers|source|reviews|source|computed|
review_answers|tier|reviews|tier|computed|
review_answers|reviewer|reviews|reviewer|computed|
review_answers|is_stale|reviews|is_stale|computed|
review_answers|asked|||constant|
review_answers|verdict|reviews|answer_verdict|computed|
review_answers|verdict|reviews|key_verdict|computed|
review_answers|verdict|reviews|reasoning_verdict|computed|
review_results|source|reviews|source|computed|
review_results|asked|||constant|
review_results|examples|reviews|example_id|computed|
review_results|n|||count|
review_results|n_right|reviews|answer_verdict|computed|
review_results|n_right|reviews|key_verdict|computed|
review_results|n_right|reviews|reasoning_verdict|computed|
review_results|share|reviews|answer_verdict|computed|
review_results|share|reviews|key_verdict|computed|
review_results|share|reviews|reasoning_verdict|computed|
review_results|low|reviews|answer_verdict|computed|
review_results|low|reviews|key_verdict|computed|
review_results|low|reviews|reasoning_verdict|computed|
review_results|high|reviews|answer_verdict|computed|
review_results|high|reviews|key_verdict|computed|
review_results|high|reviews|reasoning_verdict|computed|
reviewer_agreement|asked|||constant|
reviewer_agreement|reviewer|reviews|reviewer|computed|
reviewer_agreement|other_reviewer|reviews|reviewer|computed|
reviewer_agreement|n|reviews|reviewer|computed|
reviewer_agreement|agreement|reviews|answer_verdict|computed|
reviewer_agreement|agreement|reviews|key_verdict|computed|
reviewer_agreement|agreement|reviews|reasoning_verdict|computed|
reviewer_agreement|agreement|reviews|reviewer|computed|
reviewer_agreement|by_chance|reviews|answer_verdict|computed|
reviewer_agreement|by_chance|reviews|key_verdict|computed|
reviewer_agreement|by_chance|reviews|reasoning_verdict|computed|
reviewer_agreement|by_chance|reviews|reviewer|computed|
reviewer_agreement|kappa|reviews|answer_verdict|computed|
reviewer_agreement|kappa|reviews|key_verdict|computed|
reviewer_agreement|kappa|reviews|reasoning_verdict|computed|
reviewer_agreement|kappa|reviews|reviewer|computed|
row_lineage|child_table|call_uses|used_by|computed|
row_lineage|child_id|answer_summaries|example_id|computed|
row_lineage|child_id|call_uses|row_id|computed|
row_lineage|child_id|call_uses|use_id|computed|
row_lineage|child_id|difficulty_tiers|question_id|computed|
row_lineage|child_id|dropped_examples|example_id|computed|
row_lineage|child_id|overrides|override_id|computed|
row_lineage|child_id|quality_scores|score_id|computed|
row_lineage|child_id|question_matches|match_id|computed|
row_lineage|child_id|questions|question_id|computed|
row_lineage|child_id|ranked_paths|path_id|computed|
row_lineage|child_id|reasoning_paths|path_id|computed|
row_lineage|child_id|reasonmed|example_id|computed|
row_lineage|child_id|refined_paths|path_id|computed|
row_lineage|child_id|rejected_questions|raw_id|computed|
row_lineage|child_id|reviews|review_id|computed|
row_lineage|child_id|sft_cot|example_id|computed|
row_lineage|child_id|sft_reasonmed|example_id|computed|
row_lineage|child_id|sft_response|example_id|computed|
row_lineage|child_id|verifications|path_id|computed|
row_lineage|child_id|verifier_audit|audit_id|computed|
row_lineage|child_id|verifier_votes|vote_id|computed|
row_lineage|parent_table|||constant|
row_lineage|parent_id|benchmark_questions|raw_id|computed|
row_lineage|parent_id|call_uses|call_key|computed|
row_lineage|parent_id|dropped_examples|example_id|computed|
row_lineage|parent_id|questions|question_id|computed|
row_lineage|parent_id|raw_questions|raw_id|computed|
row_lineage|parent_id|reasoning_paths|path_id|computed|
row_lineage|parent_id|reasonmed|example_id|computed|
row_lineage|parent_id|refined_paths|path_id|computed|
row_lineage|kind|||constant|
row_lineage|source|answer_summaries|source|computed|
row_lineage|source|call_uses|source|computed|
row_lineage|source|difficulty_tiers|source|computed|
row_lineage|source|dropped_examples|source|computed|
row_lineage|source|overrides|source|computed|
row_lineage|source|quality_scores|source|computed|
row_lineage|source|question_matches|source|computed|
row_lineage|source|questions|source|computed|
row_lineage|source|ranked_paths|source|computed|
row_lineage|source|reasoning_paths|source|computed|
row_lineage|source|reasonmed|source|computed|
row_lineage|source|refined_paths|source|computed|
row_lineage|source|rejected_questions|source|computed|
row_lineage|source|reviews|source|computed|
row_lineage|source|sft_cot|source|computed|
row_lineage|source|sft_reasonmed|source|computed|
row_lineage|source|sft_response|source|computed|
row_lineage|source|verifications|source|computed|
row_lineage|source|verifier_audit|source|computed|
row_lineage|source|verifier_votes|source|computed|
row_lineage|publish|publishes|seq|computed|
served_rows|used_by|||constant|
served_rows|row_id|answer_summaries|example_id|computed|
served_rows|row_id|quality_scores|score_id|computed|
served_rows|row_id|ranked_paths|path_id|computed|
served_rows|row_id|reasoning_paths|path_id|computed|
served_rows|row_id|refined_paths|path_id|computed|
served_rows|row_id|verifications|path_id|computed|
served_rows|row_id|verifier_audit|audit_id|computed|
served_rows|source|answer_summaries|source|computed|
served_rows|source|quality_scores|source|computed|
served_rows|source|ranked_paths|source|computed|
served_rows|source|reasoning_paths|source|computed|
served_rows|source|refined_paths|source|computed|
served_rows|source|verifications|source|computed|
served_rows|source|verifier_audit|source|computed|
served_rows|question_id|answer_summaries|question_id|computed|
served_rows|question_id|quality_scores|question_id|computed|
served_rows|question_id|ranked_paths|question_id|computed|
served_rows|question_id|reasoning_paths|question_id|computed|
served_rows|question_id|refined_paths|question_id|computed|
served_rows|question_id|verifications|question_id|computed|
served_rows|question_id|verifier_audit|question_id|computed|
served_rows|example_id|answer_summaries|example_id|computed|
served_rows|example_id|quality_scores|example_id|computed|
served_rows|example_id|refined_paths|question_id|computed|
served_rows|example_id|refined_paths|slot|computed|
served_rows|prompt_hash|answer_summaries|prompt_hash|computed|
served_rows|prompt_hash|quality_scores|prompt_hash|computed|
served_rows|prompt_hash|ranked_paths|prompt_hash|computed|
served_rows|prompt_hash|reasoning_paths|prompt_hash|computed|
served_rows|prompt_hash|refined_paths|prompt_hash|computed|
served_rows|prompt_hash|verifications|prompt_hash|computed|
served_rows|prompt_hash|verifier_audit|prompt_hash|computed|
served_rows|call_key|answer_summaries|call_keys|computed|
served_rows|call_key|quality_scores|call_keys|computed|
served_rows|call_key|ranked_paths|call_keys|computed|
served_rows|call_key|reasoning_paths|call_keys|computed|
served_rows|call_key|refined_paths|call_keys|computed|
served_rows|call_key|verifications|call_keys|computed|
served_rows|call_key|verifier_audit|call_keys|computed|
spending|role|llm_calls|role|computed|
spending|model|llm_calls|model|computed|
spending|source|llm_calls|made_for_source|computed|
spending|requests|llm_calls|is_declined|computed|
spending|declined|llm_calls|is_declined|computed|
spending|reserved_usd|llm_calls|is_declined|computed|
spending|reserved_usd|llm_calls|reserved_usd|computed|
spending|settled_usd|llm_calls|cost_usd|computed|
spending|settled_usd|llm_calls|is_declined|computed|
spending|no_usage|llm_calls|completion_tokens|computed|
spending|no_usage|llm_calls|is_declined|computed|
spending|no_usage|llm_calls|prompt_tokens|computed|
spending|no_usage_usd|llm_calls|completion_tokens|computed|
spending|no_usage_usd|llm_calls|is_declined|computed|
spending|no_usage_usd|llm_calls|prompt_tokens|computed|
spending|no_usage_usd|llm_calls|reserved_usd|computed|
spending|no_price|llm_calls|completion_tokens|computed|
spending|no_price|llm_calls|cost_usd|computed|
spending|no_price|llm_calls|is_declined|computed|
spending|no_price|llm_calls|prompt_tokens|computed|
table_references|table_name|||constant|
table_references|table_key|||constant|
table_references|column_name|||constant|
table_references|parent_table|||constant|
table_references|parent_column|||constant|
table_references|kind|||constant|
training_material|example_id|reasonmed|example_id|computed|
training_material|question_id|reasonmed|question_id|computed|
training_material|source|reasonmed|source|computed|
training_material|path_text|reasonmed|path_text|computed|
training_material|summary|answer_summaries|summary|computed|
training_material|answer_letter|reasonmed|answer_letter|computed|
training_material|instruction|questions|options|computed|
training_material|instruction|questions|question|computed|
training_material|input|questions|context|computed|
training_material|fold|reasonmed|fold|computed|
training_material|split_role|reasonmed|split_role|computed|
training_material|provider_kind|reasonmed|provider_kind|computed|
unsummarised_examples|example_id|reasonmed|example_id|computed|
unsummarised_examples|question_id|reasonmed|question_id|computed|
unsummarised_examples|source|reasonmed|source|computed|
unsummarised_examples|tier|reasonmed|tier|computed|
unsummarised_examples|outcome|answer_summaries|outcome|computed|
unsummarised_examples|rejection|answer_summaries|rejection|computed|
unsummarised_examples|raw_text|answer_summaries|raw_text|computed|
verdict_confusion|generator|verifications|generator|computed|
verdict_confusion|verdict|verifications|verdict|computed|
verdict_confusion|is_answer_match|verifications|is_answer_match|computed|
verdict_confusion|paths|||count|
verdict_confusion|share|verifications|generator|computed|
verifier_trust|source|verifier_audit|source|computed|
verifier_trust|measure|||constant|
verifier_trust|kind|verifier_audit|kind|computed|
verifier_trust|n|||count|
verifier_trust|n_hits|verifier_audit|first_verdict|computed|
verifier_trust|n_hits|verifier_audit|second_verdict|computed|
verifier_trust|share|verifier_audit|first_verdict|computed|
verifier_trust|share|verifier_audit|second_verdict|computed|
verifier_trust|low|verifier_audit|first_verdict|computed|
verifier_trust|low|verifier_audit|second_verdict|computed|
verifier_trust|high|verifier_audit|first_verdict|computed|
verifier_trust|high|verifier_audit|second_verdict|computed|
', chr(10)), chr(10))), '|') as edge
) as edges
