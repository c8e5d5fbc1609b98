-- check: 5
-- severity: block
-- judges: build
-- scope: unit
-- description: Model, revision and sampling parameters are those of the profile.
with

generators as (
    select unnest(from_json(
        getvariable('generators'),
        '[{"slot": "varchar", "sample": "bigint", "temperature": "double", "top_p": "double", "max_tokens": "bigint",
        "model": "varchar", "model_key": "varchar", "revision": "varchar", "reasoning": "varchar"}]'
    ), max_depth := 2)
)

select
    staged.path_id,
    staged.generator,
    staged.sample,
    staged.model,
    staged.revision,
    staged.provider_kind,
    staged.temperature,
    staged.top_p,
    staged.max_tokens
from staged
inner join generators on staged.generator = generators.slot and staged.sample = generators.sample
where
    staged.stage != 'generated'
    or staged.temperature != generators.temperature
    or staged.top_p is distinct from generators.top_p
    or staged.max_tokens != generators.max_tokens
    or staged.model not in (generators.model, generators.model_key)
    or staged.revision != generators.revision
    or staged.provider_kind != getvariable('provider_kind')
