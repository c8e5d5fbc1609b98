-- check: none
-- severity: block
-- judges: build
-- description: Every record that a match or a person rejected, or that could not be read, is here.
with

turned_away as (
    select count(*) as n
    from raw_questions
    where
        source = getvariable('source')
        and (
            raw_id in (select raw_id from question_matches where decision != 'grouped')
            or question_id in (select question_id from overrides where kind = 'drop' and is_applied)
        )
),

-- What the reader counted when the published records were read.
reads as (
    select sum((file ->> 'n_unreadable')::bigint) as n
    from (
        select unnest(from_json(statistics -> 'files', '["json"]')) as file
        from publishes
        where table_name = 'raw_questions' and partition = getvariable('source')
        qualify row_number() over (order by seq desc) = 1
    ) as files
),

expected as (
    select 'turned away' as kind, n from turned_away
    union all by name
    select 'unreadable' as kind, coalesce(n, 0) as n from reads
),

found as (
    select
        if(reason in ('malformed', 'too_long'), 'unreadable', 'turned away') as kind,
        count(*) as n
    from staged
    where split_role in ('train', 'stand_in')
    group by all
)

select
    expected.kind,
    expected.n as n_expected,
    coalesce(found.n, 0) as n_rows
from expected
left join found on expected.kind = found.kind
where expected.n != coalesce(found.n, 0)
