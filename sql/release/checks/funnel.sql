-- relations: declared_funnel, released_build_contents, rows
-- description: The funnel of the record has the rows that the last build left of each source, and its training records
--     are the released ones.
with

counted as (
    select
        declared_funnel.source,
        counts.table_name,
        counts.n
    from declared_funnel
    cross join lateral (
        values
        ('raw_questions', published_records),
        ('rejected_questions', rejected_records),
        ('questions', questions),
        ('reasoning_paths', paths),
        ('difficulty_tiers', easy + medium + difficult + unresolved),
        ('reasonmed', examples),
        ('dropped_examples', dropped)
    ) as counts (table_name, n)
),

released as (
    select
        source,
        count(*) as n
    from rows
    group by source
)

select
    counted.source,
    counted.table_name,
    counted.n,
    contents.rows as n_left
from counted
inner join released_build_contents as contents
    on counted.source = contents.partition and counted.table_name = contents.table_name
where counted.n is distinct from contents.rows
union all by name
select
    coalesce(declared_funnel.source, released.source) as source,
    'rows' as table_name,
    declared_funnel.training_records as n,
    released.n as n_left
from declared_funnel
full join released on declared_funnel.source = released.source
where
    coalesce(declared_funnel.training_records, -1) < coalesce(released.n, 0)
    or (not getvariable('is_selection') and declared_funnel.training_records != coalesce(released.n, 0))
