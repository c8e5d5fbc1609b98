-- relations: staged
-- description: What people say of the key, the reasoning and the short answer.
select
    asked as label,
    verdict as series,
    count(*) as value
from (
    select
        unnest(['key', 'reasoning', 'answer']) as asked,
        unnest([key_verdict, reasoning_verdict, answer_verdict]) as verdict
    from staged
    where is_current and not is_stale
) as answers
where verdict is not null
group by all
order by min(list_position(['key', 'reasoning', 'answer'], asked)), series
