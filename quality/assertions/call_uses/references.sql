-- check: none
-- severity: block
-- judges: build
-- description: Every use names a row of the warehouse that lists the call.
with

used as (
    select
        'reasoning_paths' as used_by,
        path_id as row_id,
        source,
        unnest(call_keys) as call_key
    from reasoning_paths
    union
    select
        'verifications' as used_by,
        path_id as row_id,
        source,
        unnest(call_keys) as call_key
    from verifications
    union
    select
        'verifier_audit' as used_by,
        audit_id as row_id,
        source,
        unnest(call_keys) as call_key
    from verifier_audit
    union
    select
        'ranked_paths' as used_by,
        path_id as row_id,
        source,
        unnest(call_keys) as call_key
    from ranked_paths
    union
    select
        'refined_paths' as used_by,
        path_id as row_id,
        source,
        unnest(call_keys) as call_key
    from refined_paths
    union
    select
        'answer_summaries' as used_by,
        example_id as row_id,
        source,
        unnest(call_keys) as call_key
    from answer_summaries
    union
    select
        'quality_scores' as used_by,
        score_id as row_id,
        source,
        unnest(call_keys) as call_key
    from quality_scores
)

select
    staged.use_id,
    staged.used_by,
    staged.row_id,
    staged.call_key
from staged
left join used
    on
        staged.used_by = used.used_by
        and staged.row_id = used.row_id
        and staged.source = used.source
        and staged.call_key = used.call_key
where used.call_key is null
