-- relations: rows
-- description: Ids and hashes are those of what they name: question, raw record, example, path, summary.
with

told as (
    select
        example_id,
        question_id,
        raw_id,
        path_hash,
        summary_hash,
        id_of(list_concat(
            [source, context, question],
            list_transform(range(1, len(options) + 1), lambda i: options[list_position(option_order, i)])
        )) as question_of_texts,
        id_of([source, file, row::varchar]) as raw_of_place,
        id_of([question_id, slot::varchar]) as example_of_slot,
        content_hash(path_text) as hash_of_path,
        content_hash(summary) as hash_of_summary
    from rows
)

select *
from told
where
    question_id is distinct from question_of_texts
    or raw_id is distinct from raw_of_place
    or example_id is distinct from example_of_slot
    or path_hash is distinct from hash_of_path
    or hash_of_summary is null
    or summary_hash is distinct from hash_of_summary
