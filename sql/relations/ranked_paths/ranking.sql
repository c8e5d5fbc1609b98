-- makes: ranking
-- step: calls/rank
-- description: One row per scored path, best first; ties by a seeded hash that favours no model.
select
    calls.row_id as path_id,
    calls.question_id,
    calls.source,
    calls.generator,
    calls.tier,
    calls.path_text,
    (replies.value ->> 'score')::double as score,
    replies.value ->> 'justification' as justification,
    id_of([getvariable('seed')::varchar, calls.row_id]) as tie_hash,
    row_number() over (
        partition by calls.question_id
        order by
            (replies.value ->> 'score')::double desc nulls last,
            id_of([getvariable('seed')::varchar, calls.row_id])
    ) as path_rank,
    replies.* exclude (row_id, value, raw_text, error_kind, is_missing)
from calls
inner join replies on calls.row_id = replies.row_id
order by calls.question_id, path_rank
