-- check: 5
-- severity: warn
-- judges: model
-- description: At most a lower share of a model's paths is cut off, before the bound is reached.
select
    model,
    count(*) as n_paths,
    count(*) filter (where error_kind = 'truncated') as n_truncated,
    list(path_id) filter (where error_kind = 'truncated')[1:5] as examples
from staged
where not is_missing
group by model
having
    exceeds(
        count(*) filter (where error_kind = 'truncated'),
        count(*),
        getvariable('threshold_truncated_share_warn')
    )
