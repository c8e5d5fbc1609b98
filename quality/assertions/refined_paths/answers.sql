-- check: 11
-- severity: block
-- judges: build
-- scope: unit
-- description: An accepted text, where it is judged, concludes with the key and was found correct by the verifier.
select
    staged.path_id,
    staged.answer_letter,
    questions.gold_letter,
    staged.verdict,
    staged.is_answer_match
from staged
inner join questions on staged.question_id = questions.question_id
where
    staged.is_accepted
    and (
        staged.path_text is null
        or staged.supports_key is false
        or (
            getvariable('rule_verify_rewrites')
            and (
                staged.verdict is distinct from 'correct'
                or not coalesce(is_answer_match(staged.answer_letter, questions.gold_letter, questions.options), false)
            )
        )
    )
