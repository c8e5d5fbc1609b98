-- makes: kept
-- previous: questions
-- description: The questions that this warehouse kept in its last build; they win over their duplicates.
select question_id
from questions
