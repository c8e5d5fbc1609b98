-- makes: review_sample
-- reads: reasonmed, example
-- description: One row per final example that people are asked about: the same number of each source and tier, as far
--     as there are enough, in a seeded order.
with

drawn as (
    select
        *,
        row_number() over (
            partition by source, tier
            order by id_of([getvariable('seed')::varchar, 'review', example_id])
        ) as draw
    from reasonmed
)

select
    drawn.example_id,
    drawn.content_hash,
    drawn.provider_kind,
    example.* exclude (example_id, provider_kind)
from drawn
inner join example on drawn.example_id = example.example_id
qualify row_number() over (order by drawn.draw, drawn.source, drawn.tier) <= getvariable('rule_review_sample')
order by drawn.draw, drawn.source, drawn.tier
