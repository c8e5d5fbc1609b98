-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: A doubted key has another option with the share and generators that a doubt needs, or a person's mark.
with

generators as (
    select unnest(from_json(
        getvariable('generators'),
        '[{"slot": "varchar", "sample": "bigint", "temperature": "double", "top_p": "double", "max_tokens": "bigint",
        "model": "varchar", "model_key": "varchar", "revision": "varchar", "reasoning": "varchar"}]'
    ), max_depth := 2)
),

marks as (select question_id from overrides where kind = 'mark_doubt' and is_applied),

settled as (select question_id from overrides where kind = 'correct_key' and is_applied)

select
    staged.question_id,
    staged.doubt_letter,
    questions.gold_letter,
    staged.doubt_share,
    staged.doubt_models,
    staged.is_label_doubt
from staged
inner join questions on staged.question_id = questions.question_id
where
    is_answer_match(staged.doubt_letter, questions.gold_letter, questions.options)
    or staged.is_label_doubt != (
        staged.question_id in (select question_id from marks)
        or staged.doubt_letter is not null
        and staged.doubt_share >= getvariable('rule_label_doubt_share') - 1e-9
        and staged.question_id not in (select question_id from settled)
        and staged.doubt_models = (select count(distinct slot) from generators)
    )
