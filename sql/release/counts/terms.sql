-- relations: rows
-- description: Which terms the examples are under: the licence of the question, and the terms of the models that wrote
--     their texts.
select
    licence,
    model_terms,
    list_sort(list(distinct source)) as sources,
    count(*) as examples
from rows
group by licence, model_terms
order by licence, model_terms
