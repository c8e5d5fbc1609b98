-- check: 15
-- severity: block
-- judges: build
-- scope: unit
-- description: Every example with an accepted summary is here, so that the three sets hold the same ids.
select
    example_id,
    question_id
from reasonmed
where
    example_id in (select example_id from answer_summaries where is_accepted)
    and example_id not in (select example_id from staged)
