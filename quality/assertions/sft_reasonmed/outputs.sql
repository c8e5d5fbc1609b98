-- check: none
-- severity: block
-- judges: build
-- description: The output holds the whole path and ends with the summary.
select staged.example_id
from staged
inner join reasonmed as examples on staged.example_id = examples.example_id
inner join answer_summaries as summaries on staged.example_id = summaries.example_id
where
    not contains(staged.output, examples.path_text)
    or not ends_with(staged.output, summaries.summary)
    or length(staged.output) < length(examples.path_text) + length(summaries.summary)
