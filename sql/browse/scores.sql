-- reads: quality_scores
-- description: One row per scored text of a drawn question's examples: the final one, and the one before.
select
    question_id,
    example_id,
    text_role,
    path_id,
    score,
    clinical_accuracy,
    logic,
    factual_correctness,
    completeness,
    justification
from quality_scores
where score is not null and question_id in (select unnest(getvariable('drawn')))
order by question_id, example_id, text_role
