-- reads: quality_scores
-- relations: facts
-- description: The rows from which the lineage of the released examples is followed: their records in the training
--     sets, and the judgements on them.
select
    unnest(['sft_cot', 'sft_reasonmed', 'sft_response', 'answer_summaries']) as table_name,
    example_id as id
from facts
union
select
    unnest(['verifications', 'ranked_paths']) as table_name,
    base_path_id as id
from facts
where base_path_id is not null
union
select
    'difficulty_tiers' as table_name,
    question_id as id
from facts
union
select
    'quality_scores' as table_name,
    score_id as id
from quality_scores
where example_id in (select example_id from facts)
