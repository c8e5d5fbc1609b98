-- reads: call_uses, llm_calls
-- description: The models that answered for the rows of the warehouse, with their roles; calls that served no row are
--     left out.
select
    calls.model,
    calls.revision,
    any_value(calls.provider_kind) as provider_kind,
    list_sort(list(distinct calls.role)) as roles,
    count(distinct calls.call_key) as calls
from llm_calls as calls
where calls.is_accepted and calls.call_key in (select call_key from call_uses)
group by calls.model, calls.revision
order by calls.model, calls.revision
