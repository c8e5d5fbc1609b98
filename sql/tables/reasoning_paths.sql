-- makes: reasoning_paths
-- step: calls/generate
-- description: Asked of every generator slot, one sample per temperature; a failed path has its outcome and no text.
select
    replies.* exclude (row_id, value),
    calls.row_id as path_id,
    calls.question_id,
    calls.source,
    calls.generator,
    calls.sample,
    'generated' as stage,
    calls.seed,
    replies.value ->> 'reasoning_text' as reasoning_text,
    replies.value ->> 'answer_text' as answer_text,
    replies.value ->> 'path_text' as path_text,
    replies.value ->> 'answer_letter' as answer_letter,
    replies.value ->> 'extraction_rule' as extraction_rule,
    content_hash(replies.value ->> 'path_text') as content_hash
from calls
inner join replies on calls.row_id = replies.row_id
