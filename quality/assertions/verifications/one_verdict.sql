-- check: 8
-- severity: block
-- judges: model
-- description: The verifier does not give the same verdict to nearly every path.
with

given as (select verdict, count(*) as n from staged where verdict is not null group by verdict)

select
    arg_max(verdict, n) as verdict,
    max(n) as n_same,
    sum(n) as n_verdicts
from given
having exceeds(max(n), sum(n), getvariable('threshold_one_verdict_share_max'))
