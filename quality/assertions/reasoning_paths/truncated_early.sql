-- check: 5
-- severity: warn
-- judges: model
-- description: So few of a model's paths are cut off that its bound on tokens is out of reach.
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
