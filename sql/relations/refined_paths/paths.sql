-- makes: paths
-- step: calls/rewrite
-- description: One row per rewritten text of one round, as a path, before it is judged.
select
    calls.row_id as path_id,
    calls.question_id,
    calls.source,
    calls.tier,
    calls.stage,
    calls.slot,
    calls.round,
    calls.parent_path_id,
    replies.* exclude (row_id, value),
    replies.value ->> 'reasoning_text' as reasoning_text,
    replies.value ->> 'path_text' as path_text,
    (replies.value ->> 'supports_key')::boolean as supports_key,
    replies.value ->> 'answer_letter' as answer_letter,
    replies.value ->> 'extraction_rule' as extraction_rule,
    content_hash(replies.value ->> 'path_text') as content_hash,
    coalesce(from_json(replies.value -> 'leak_phrases', '["varchar"]'), []) as leak_phrases
from calls
inner join replies on calls.row_id = replies.row_id
