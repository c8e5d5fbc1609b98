-- makes: judged
-- reads: llm_calls, refined_paths, verifications, verifier_audit
-- description: The verifier's usable replies to the rows that it judged, each with its place among its row's calls.
with

judged_rows as (
    select
        'verifications' as used_by,
        path_id as row_id,
        question_id,
        source,
        call_keys
    from verifications
    union all by name
    select
        'verifier_audit' as used_by,
        audit_id as row_id,
        question_id,
        source,
        call_keys
    from verifier_audit
    union all by name
    select
        'refined_paths' as used_by,
        path_id as row_id,
        question_id,
        source,
        call_keys
    from refined_paths
),

places as (
    select
        used_by,
        row_id,
        question_id,
        source,
        unnest(list_distinct(call_keys)) as call_key,
        call_keys
    from judged_rows
)

select
    places.used_by,
    places.row_id,
    places.question_id,
    places.source,
    places.call_key,
    calls.provider,
    calls.model,
    list_position(places.call_keys, places.call_key) as place
from places
inner join llm_calls as calls on places.call_key = calls.call_key
where calls.is_accepted and calls.role = 'verifier' and calls.outcome = 'completed'
