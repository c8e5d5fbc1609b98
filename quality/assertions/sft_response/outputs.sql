-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: The output is the summary.
select staged.example_id
from staged
inner join answer_summaries as summaries on staged.example_id = summaries.example_id
where staged.output is distinct from training_text(summaries.summary)
