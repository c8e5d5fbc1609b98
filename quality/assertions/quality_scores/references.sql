-- check: none
-- severity: block
-- judges: build
-- description: Every scored text is the path of an example, or the path that it was rewritten from.
select
    staged.score_id,
    staged.example_id,
    staged.text_role,
    staged.path_id
from staged
left join reasonmed as examples
    on
        staged.example_id = examples.example_id
        and staged.question_id = examples.question_id
        and staged.source = examples.source
        and staged.tier = examples.tier
        and staged.path_id = if(staged.text_role = 'final', examples.path_id, examples.parent_path_id)
where examples.example_id is null
