-- reads: rejected_questions
-- description: Records that were turned away, by source and reason.
select
    source,
    reason,
    count(*) as records
from rejected_questions
group by all
order by all
