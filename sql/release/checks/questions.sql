-- relations: rows
-- description: The examples of a question agree on everything that belongs to the question.
select
    example_id,
    question_id,
    md5(to_json([
        [raw_id, source, split, split_role, file, row::varchar, native_id, group_id, subject, language, licence],
        [gold_letter, published_gold_letter, is_label_doubt::varchar, tier, option_order::varchar],
        [n_paths::varchar, n_correct::varchar, n_error::varchar, n_missing::varchar]
    ])::varchar) as told
from rows
qualify
    min(told) over (partition by question_id) != max(told) over (partition by question_id)
