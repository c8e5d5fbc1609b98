-- check: none
-- severity: block
-- judges: build
-- description: Every record reaches the published record that it was made from: example, question, published record.
select
    staged.example_id,
    examples.question_id,
    questions.raw_id
from staged
left join reasonmed as examples on staged.example_id = examples.example_id
left join questions on examples.question_id = questions.question_id
left join raw_questions as published
    on questions.raw_id = published.raw_id and questions.question_id = published.question_id
where published.raw_id is null
