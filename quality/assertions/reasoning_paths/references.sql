-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every path belongs to a question of its source, and its letter is one of the options.
select
    staged.path_id,
    staged.question_id,
    staged.answer_letter
from staged
left join questions on staged.question_id = questions.question_id and staged.source = questions.source
where questions.question_id is null or letter_position(staged.answer_letter) > questions.n_options
