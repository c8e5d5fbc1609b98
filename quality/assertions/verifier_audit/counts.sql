-- check: none
-- severity: block
-- judges: build
-- description: The profile's share of paths is repeated, and no more errors of a kind are planted.
with

sizes as (
    select
        audited_rows(count(*)) as n_repeats,
        planted_rows(count(*)) as n_planted
    from verifications
    where source = getvariable('source') and verdict is not null
),

found as (
    select
        kinds.kind,
        count(staged.audit_id) as n_rows
    from (select unnest(getvariable('audit_kinds')) as kind) as kinds
    left join staged on kinds.kind = staged.kind
    group by kinds.kind
)

select
    found.kind,
    found.n_rows,
    if(found.kind = 'repeat', sizes.n_repeats, sizes.n_planted) as n_wanted
from found
cross join sizes
where if(found.kind = 'repeat', found.n_rows != sizes.n_repeats, found.n_rows > sizes.n_planted)
