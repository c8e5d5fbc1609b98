-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: The output holds the whole path and ends with the summary.
select staged.example_id
from staged
inner join reasonmed as examples on staged.example_id = examples.example_id
inner join answer_summaries as summaries on staged.example_id = summaries.example_id
where
    not contains(staged.output, training_text(examples.path_text))
    or not ends_with(staged.output, training_text(summaries.summary))
    or length(staged.output) < length(training_text(examples.path_text)) + length(training_text(summaries.summary))
