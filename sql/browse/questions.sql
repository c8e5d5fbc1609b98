-- reads: difficulty_tiers, questions, raw_questions
-- description: One row per drawn question: its text, options and key, where it was read, and what its tier rests on.
select
    questions.question_id,
    questions.question_id as id,
    questions.source,
    raw.file,
    raw.row,
    questions.native_id,
    questions.licence,
    questions.subject,
    questions.language,
    questions.fold,
    questions.split_role,
    questions.needs_figure,
    questions.context,
    questions.question,
    questions.options,
    questions.gold_letter as key,
    nullif(questions.published_gold_letter, questions.gold_letter) as published_key,
    questions.explanation,
    tiers.tier,
    tiers.n_paths,
    tiers.n_correct,
    tiers.n_error,
    tiers.n_missing,
    tiers.easy_max_errors,
    tiers.medium_max_errors,
    tiers.is_label_doubt,
    tiers.doubt_letter,
    tiers.doubt_share
from questions
left join difficulty_tiers as tiers on questions.question_id = tiers.question_id
left join raw_questions as raw on questions.raw_id = raw.raw_id
where questions.question_id in (select unnest(getvariable('drawn')))
