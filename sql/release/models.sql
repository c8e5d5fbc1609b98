-- reads: call_uses, llm_calls
-- relations: named_models
-- description: The models that answered for the rows of the warehouse, with their roles; calls that served no row are
--     left out.
select
    named.name as model,
    named.revision,
    any_value(calls.provider_kind) as provider_kind,
    list_sort(list(distinct calls.role)) as roles,
    count(distinct calls.call_key) as calls,
    any_value(named.terms) as terms
from llm_calls as calls
inner join named_models as named on calls.model = named.model and calls.revision = named.revision
where calls.is_accepted and calls.call_key in (select call_key from call_uses)
group by named.name, named.revision
order by named.name, named.revision
