-- check: 8
-- severity: warn
-- judges: model
-- description: The verifier calls at most the allowed share of each kind of planted error correct, by the interval.
select
    kind,
    count(*) as n_judged,
    count(*) filter (where second_verdict = 'correct') as n_accepted,
    round(wilson_low(count(*) filter (where second_verdict = 'correct'), count(*)), 4) as share_at_least,
    list(audit_id) filter (where second_verdict = 'correct')[1:5] as examples
from staged
where kind != 'repeat' and second_verdict is not null
group by kind
-- A share of few rows says little: the lower bound of its 95% interval has to be above the threshold.
having
    wilson_low(count(*) filter (where second_verdict = 'correct'), count(*))
    > getvariable('threshold_false_accept_share_max')
