-- check: none
-- severity: block
-- judges: build
-- description: The options are the published ones in the stated order, and the key is at its letter.
select
    staged.question_id,
    staged.option_order,
    staged.options,
    published.options as published_options,
    staged.gold_letter
from staged
inner join raw_questions as published on staged.raw_id = published.raw_id
where
    staged.n_options != len(staged.options)
    or list_sort(staged.option_order) is distinct from range(1, published.n_options + 1)
    or list_transform(staged.option_order, lambda place: published.options[place]) is distinct from staged.options
    or staged.option_order[letter_position(staged.gold_letter)]
    is distinct from letter_position(published.gold_letter)
    or staged.options[letter_position(staged.gold_letter)] is distinct from staged.gold_text
