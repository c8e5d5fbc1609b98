-- relations: released_builds, rows
-- description: A generator is a model of the builds' profiles, and of one source one model.
with

known as (select unnest(json_keys(profile_values, '$.models')) as generator from released_builds)

select
    example_id,
    generator,
    base_model,
    base_revision
from rows
qualify
    min(concat_ws(' ', base_model, base_revision)) over (partition by source, generator)
    != max(concat_ws(' ', base_model, base_revision)) over (partition by source, generator)
    or ((select count(*) from known) > 0 and generator not in (from known))
