-- check: none
-- severity: block
-- judges: build
-- description: The key is the text at its letter, and no option is empty.
select
    raw_id,
    gold_letter,
    gold_text,
    n_options,
    options
from staged
where
    n_options != len(options)
    or options[letter_position(gold_letter)] is distinct from gold_text
    or len(list_filter(options, lambda text: coalesce(trim(text), '') = '')) > 0
