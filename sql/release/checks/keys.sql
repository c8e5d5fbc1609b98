-- relations: released_build_contents, rows
-- description: The key is one of the options, with its text, and the one that was published but for corrections; the
--     path's answer is compared with it as said.
with

corrections as (select sum(rows) as n from released_build_contents where table_name = 'overrides')

select
    example_id,
    options,
    gold_letter,
    published_gold_letter,
    gold_text,
    answer_letter,
    is_answer_match
from rows
where
    options[letter_position(gold_letter)] is distinct from gold_text
    or letter_position(published_gold_letter) not between 1 and len(options)
    or letter_position(answer_letter) not between 1 and len(options)
    or list_sort(option_order) is distinct from range(1, len(options) + 1)
    or (gold_letter != published_gold_letter and (select n from corrections) = 0)
    or is_answer_match is distinct from is_answer_match(answer_letter, gold_letter, options)
