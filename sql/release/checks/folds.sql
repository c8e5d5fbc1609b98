-- relations: rows
-- description: No question and no group of questions that are alike is in two folds.
select
    example_id,
    question_id,
    group_id,
    fold
from rows
qualify
    min(fold) over (partition by question_id) != max(fold) over (partition by question_id)
    or min(fold) over (partition by group_id) != max(fold) over (partition by group_id)
