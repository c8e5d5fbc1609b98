-- relations: rows
-- description: The examples of each fold, their questions, calls and dollars.
select
    fold,
    count(*) as examples,
    count(distinct question_id) as questions,
    round(sum(calls), 2) as calls,
    round(sum(cost_usd), 6) as cost_usd,
    round(sum(unknown_cost_calls), 2) as unknown_cost_calls
from rows
group by fold
order by fold
