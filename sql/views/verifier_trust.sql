-- makes: verifier_trust
-- reads: verifier_audit
-- description: How far the verifier can be trusted, by source and over all ('all'), with 95% intervals (Wilson):
--     `agreement` of its second verdict with the first; `false_accept`, planted errors that it calls correct, by kind;
--     `false_reject`, paths with the right letter that it calls an error (some of them for errors on the way).
with

judged as (
    select * from verifier_audit
    where second_verdict is not null
    union all by name
    select * replace ('all' as source) from verifier_audit
    where second_verdict is not null
),

measured as (
    select
        source,
        'agreement' as measure,
        kind,
        second_verdict = first_verdict as is_hit
    from judged
    where kind = 'repeat'
    union all by name
    select
        source,
        'false_accept' as measure,
        kind,
        second_verdict = 'correct' as is_hit
    from judged
    where kind != 'repeat'
    union all by name
    select
        source,
        'false_accept' as measure,
        'any planted error' as kind,
        second_verdict = 'correct' as is_hit
    from judged
    where kind != 'repeat'
    union all by name
    select
        source,
        'false_reject' as measure,
        kind,
        second_verdict = 'error' as is_hit
    from judged
    where kind = 'repeat' and is_answer_match
)

select
    source,
    measure,
    kind,
    count(*) as n,
    count(*) filter (where is_hit) as n_hits,
    round(count(*) filter (where is_hit) / count(*), 4) as share,
    round(wilson_low(count(*) filter (where is_hit), count(*)), 4) as low,
    round(wilson_high(count(*) filter (where is_hit), count(*)), 4) as high
from measured
group by source, measure, kind
order by source = 'all' desc, source, measure, kind
