-- relations: rows
-- description: What stands behind the texts, and the roles of the splits that the questions come from.
select
    provider_kind,
    split_role,
    count(*) as examples
from rows
group by all
order by all
