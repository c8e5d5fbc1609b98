-- reads: verifier_trust
-- description: How far the verifier can be trusted, over all sources, with 95% intervals.
select
    measure,
    kind,
    n,
    n_hits,
    share,
    low,
    high
from verifier_trust
where source = 'all' and n > 0
order by measure, kind
