-- check: none
-- severity: block
-- judges: build
-- description: A usable row has an example, a reviewer and a verdict; an unusable one is neither current nor stale.
select
    review_id,
    problem,
    is_stale,
    is_current
from staged
where
    (problem is null) != (is_stale is not null)
    or (problem is not null and is_current)
    or (
        problem is null
        and (
            example_id is null
            or content_hash is null
            or reviewer is null
            or coalesce(key_verdict, reasoning_verdict, answer_verdict) is null
        )
    )
