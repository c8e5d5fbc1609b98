-- check: none
-- severity: block
-- judges: build
-- description: The score is the mean of the four, and null when one of them is missing: never zero.
select
    score_id,
    clinical_accuracy,
    logic,
    factual_correctness,
    completeness,
    score
from staged
where
    (score is null) != ((clinical_accuracy + logic + factual_correctness + completeness) is null)
    or abs(score - (clinical_accuracy + logic + factual_correctness + completeness) / 4) > 1e-6
    or (score is not null and outcome is distinct from 'completed')
