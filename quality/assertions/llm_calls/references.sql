-- check: none
-- severity: block
-- judges: build
-- description: Every attempt is of a call that a row of the warehouse used, by the warehouse's kind of provider.
with

used as (
    select unnest(call_keys) as call_key from reasoning_paths
    union
    select unnest(call_keys) as call_key from verifications
    union
    select unnest(call_keys) as call_key from verifier_audit
    union
    select unnest(call_keys) as call_key from ranked_paths
    union
    select unnest(call_keys) as call_key from refined_paths
    union
    select unnest(call_keys) as call_key from answer_summaries
    union
    select unnest(call_keys) as call_key from quality_scores
)

select
    staged.attempt_id,
    staged.call_key,
    staged.role,
    staged.provider_kind
from staged
left join used on staged.call_key = used.call_key
where used.call_key is null or staged.provider_kind != getvariable('provider_kind')
