-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: An example concludes with the key, unless the profile leaves that to the verifier or the rewriter.
select
    staged.example_id,
    staged.answer_letter,
    staged.gold_letter,
    staged.stage
from staged
inner join questions on staged.question_id = questions.question_id
where
    not coalesce(is_answer_match(staged.answer_letter, questions.gold_letter, questions.options), false)
    and if(
        staged.stage = 'generated',
        getvariable('rule_verdict_rule') != 'verifier',
        getvariable('rule_verify_rewrites')
    )
