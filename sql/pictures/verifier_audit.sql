-- relations: staged
-- description: Second verdicts of the verifier, on repeated paths and on planted errors.
select
    kind as label,
    coalesce(second_verdict, 'missing') as series,
    count(*) as value
from staged
group by all
order by min(list_position(getvariable('audit_kinds'), kind)), series
