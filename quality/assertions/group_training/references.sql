-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every record is an example with an accepted summary, and agrees with its origin.
select
    staged.example_id,
    staged.source,
    staged.fold,
    staged.split_role,
    staged.provider_kind
from staged
left join reasonmed as examples
    on
        staged.example_id = examples.example_id
        and staged.source = examples.source
        and staged.fold = examples.fold
        and staged.split_role = examples.split_role
        and staged.provider_kind = examples.provider_kind
left join answer_summaries as summaries on staged.example_id = summaries.example_id and summaries.is_accepted
where examples.example_id is null or summaries.example_id is null
