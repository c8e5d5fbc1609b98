-- check: 2
-- severity: block
-- judges: build
-- description: Where an explanation states the letter of the key, it is the letter of the row.
with

stated as (
    select
        raw_id,
        gold_letter,
        stated_letter(explanation) as stated_letter
    from staged
    where explanation is not null
)

select
    count(*) as n_stated,
    count(*) filter (where stated_letter != gold_letter) as n_other,
    list(raw_id) filter (where stated_letter != gold_letter)[1:5] as examples
from stated
where stated_letter != ''
having
    exceeds(
        count(*) filter (where stated_letter != gold_letter),
        count(*),
        1 - getvariable('threshold_explanation_agreement_min')
    )
    or (count(*) >= 2 and count(*) filter (where stated_letter = gold_letter) = 0)
