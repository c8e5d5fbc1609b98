-- check: none
-- severity: block
-- judges: build
-- description: The options are the published ones in the stated order; the key is the published or a corrected one.
select
    staged.question_id,
    staged.option_order,
    staged.options,
    published.options as published_options,
    staged.gold_letter,
    staged.published_gold_letter
from staged
inner join raw_questions as published on staged.raw_id = published.raw_id
left join overrides as corrections
    on
        staged.question_id = corrections.question_id
        and corrections.kind = 'correct_key'
        and corrections.is_applied
where
    staged.n_options != len(staged.options)
    or list_sort(staged.option_order) is distinct from range(1, published.n_options + 1)
    or list_transform(staged.option_order, lambda place: published.options[place]) is distinct from staged.options
    or staged.option_order[letter_position(staged.gold_letter)]
    is distinct from letter_position(coalesce(corrections.gold_letter, published.gold_letter))
    or staged.option_order[letter_position(staged.published_gold_letter)]
    is distinct from letter_position(published.gold_letter)
    or staged.options[letter_position(staged.gold_letter)] is distinct from staged.gold_text
