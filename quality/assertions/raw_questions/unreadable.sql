-- check: 1
-- severity: block
-- judges: build
-- description: Unreadable records are at most the allowed share of the records; too long a text does not count.
select
    sum(n_unreadable - n_too_long) as n_unreadable,
    sum(records) as records,
    list(file) filter (where n_unreadable > n_too_long) as files
from source_files
where split_role in ('train', 'stand_in')
having exceeds(sum(n_unreadable - n_too_long), sum(records), getvariable('threshold_unreadable_share_max'))
