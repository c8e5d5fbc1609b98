-- check: 8
-- severity: block
-- judges: model
-- description: At most the allowed share of the paths has no judgement.
select
    count(*) as n_paths,
    count(*) filter (where is_correct is null) as n_missing,
    list(path_id) filter (where is_correct is null)[1:5] as examples
from staged
having exceeds(count(*) filter (where is_correct is null), count(*), getvariable('threshold_missing_share_max'))
