-- reads: answer_summaries, llm_calls, reasoning_paths, refined_paths, verifications
-- description: Every model by name and revision that answered a call or is named in a row of the warehouse.
select
    model,
    revision
from llm_calls
union
select
    model,
    revision
from reasoning_paths
union
select
    model,
    revision
from refined_paths
union
select
    model,
    revision
from verifications
union
select
    model,
    revision
from answer_summaries
order by model, revision
