-- check: none
-- severity: block
-- judges: build
-- description: Both rows are of declared sources, they differ, and only a benchmark contaminates.
select
    staged.match_id,
    staged.raw_id,
    staged.source,
    staged.other_raw_id,
    staged.other_source,
    staged.other_split_role,
    staged.decision
from staged
left join benchmark_questions as benchmarks on staged.other_raw_id = benchmarks.raw_id
where
    not list_contains(getvariable('sources'), staged.source)
    or not list_contains(getvariable('sources'), staged.other_source)
    or staged.raw_id = staged.other_raw_id
    or (staged.other_split_role = 'benchmark') != (benchmarks.raw_id is not null)
    or (staged.other_split_role = 'benchmark' and staged.decision not in ('contaminated', 'grouped'))
    or (staged.other_split_role != 'benchmark' and staged.decision = 'contaminated')
