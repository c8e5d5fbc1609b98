-- check: 8
-- severity: warn
-- judges: model
-- description: No text and no prompt was stopped by a filter of the provider; otherwise each model's share is shown.
select
    model,
    count(*) as n_rows,
    count(*) filter (where outcome = 'filtered') as n_filtered,
    round(avg((outcome = 'filtered')::integer), 4) as share_filtered,
    any_value(outcome_detail) filter (where outcome = 'filtered') as detail
from staged
where outcome is not null
group by model
having count(*) filter (where outcome = 'filtered') > 0
order by n_filtered desc, model
