-- check: none
-- severity: block
-- judges: build
-- description: Every call that a row lists has its use once, and the shares of a call add up to 1.
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
),

uses as (
    select
        used_by,
        row_id,
        call_key,
        count(*) as n_uses
    from staged
    group by all
)

select
    used.used_by,
    used.row_id,
    used.call_key,
    coalesce(uses.n_uses, 0) as n_uses,
    null as cost_share
from used
left join uses on used.used_by = uses.used_by and used.row_id = uses.row_id and used.call_key = uses.call_key
where uses.n_uses is distinct from 1
union all
select
    null as used_by,
    null as row_id,
    call_key,
    count(*) as n_uses,
    sum(cost_share) as cost_share
from staged
group by call_key
having abs(sum(cost_share) - 1) > 1e-6
