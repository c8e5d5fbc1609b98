-- makes: served_rows
-- reads: answer_summaries, quality_scores, ranked_paths, reasoning_paths, refined_paths, verifications, verifier_audit
-- description: Every row that names its model calls, each with its call, its question, and the example that it is for
--     (none where it serves all of the question's examples).
select distinct
    'reasoning_paths' as used_by,
    path_id as row_id,
    source,
    question_id,
    null::varchar as example_id,
    unnest(call_keys) as call_key
from reasoning_paths
union all by name
select distinct
    'verifications' as used_by,
    path_id as row_id,
    source,
    question_id,
    null::varchar as example_id,
    unnest(call_keys) as call_key
from verifications
union all by name
select distinct
    'verifier_audit' as used_by,
    audit_id as row_id,
    source,
    question_id,
    null::varchar as example_id,
    unnest(call_keys) as call_key
from verifier_audit
union all by name
select distinct
    'ranked_paths' as used_by,
    path_id as row_id,
    source,
    question_id,
    null::varchar as example_id,
    unnest(call_keys) as call_key
from ranked_paths
union all by name
select distinct
    'refined_paths' as used_by,
    path_id as row_id,
    source,
    question_id,
    id_of([question_id, slot::varchar]) as example_id,
    unnest(call_keys) as call_key
from refined_paths
union all by name
select distinct
    'answer_summaries' as used_by,
    example_id as row_id,
    source,
    question_id,
    example_id,
    unnest(call_keys) as call_key
from answer_summaries
union all by name
select distinct
    'quality_scores' as used_by,
    score_id as row_id,
    source,
    question_id,
    example_id,
    unnest(call_keys) as call_key
from quality_scores
