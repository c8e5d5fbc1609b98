-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every row agrees with its path, and matches the path's letter with the key.
select
    staged.path_id,
    staged.question_id,
    staged.generator,
    staged.answer_letter,
    staged.is_answer_match
from staged
left join reasoning_paths as paths
    on
        staged.path_id = paths.path_id
        and staged.question_id = paths.question_id
        and staged.source = paths.source
        and staged.generator = paths.generator
        and staged.is_path_missing = paths.is_missing
        and staged.path_error_kind is not distinct from paths.error_kind
        and staged.answer_letter is not distinct from paths.answer_letter
left join questions on staged.question_id = questions.question_id
where
    paths.path_id is null
    or questions.question_id is null
    or staged.is_answer_match
    is distinct from is_answer_match(staged.answer_letter, questions.gold_letter, questions.options)
