-- makes: review_results
-- reads: review_answers
-- description: How many of the reviewed examples people find right, by source and over all ('all'), with 95% intervals
--     (Wilson); reviews of texts that have changed since are left out, so is what a reviewer is not sure of.
with

judged as (
    select * from review_answers
    where not is_stale and verdict != 'unsure'
    union all by name
    select * replace ('all' as source) from review_answers
    where not is_stale and verdict != 'unsure'
)

select
    source,
    asked,
    count(distinct example_id) as examples,
    count(*) as n,
    count(*) filter (where verdict = 'right') as n_right,
    round(avg((verdict = 'right')::integer), 4) as share,
    round(wilson_low(count(*) filter (where verdict = 'right'), count(*)), 4) as low,
    round(wilson_high(count(*) filter (where verdict = 'right'), count(*)), 4) as high
from judged
group by source, asked
order by source = 'all' desc, source, list_position(['key', 'reasoning', 'answer'], asked)
