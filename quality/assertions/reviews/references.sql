-- check: none
-- severity: block
-- judges: build
-- description: A review that is not stale is of an example with the text that the reviewer saw; a stale one is not.
select
    staged.review_id,
    staged.example_id,
    staged.is_stale
from staged
left join reasonmed as examples
    on
        staged.example_id = examples.example_id
        and staged.question_id = examples.question_id
        and staged.source = examples.source
        and staged.tier = examples.tier
where
    staged.problem is null
    and staged.is_stale is distinct from (
        examples.example_id is null or examples.content_hash != staged.content_hash
    )
