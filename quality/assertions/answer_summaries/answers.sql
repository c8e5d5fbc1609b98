-- check: 13
-- severity: block
-- judges: build
-- scope: unit
-- description: An accepted summary concludes with the key, or with its path where a path need not reach the key.
select
    staged.example_id,
    staged.answer_letter,
    questions.gold_letter,
    examples.answer_letter as path_letter
from staged
inner join questions on staged.question_id = questions.question_id
inner join reasonmed as examples on staged.example_id = examples.example_id
where
    staged.is_accepted
    and not coalesce(
        is_answer_match(
            staged.answer_letter,
            if(
                getvariable('rule_verdict_rule') = 'verifier' or not getvariable('rule_verify_rewrites'),
                examples.answer_letter,
                questions.gold_letter
            ),
            questions.options
        ),
        false
    )
