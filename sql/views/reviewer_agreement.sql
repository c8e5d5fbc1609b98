-- makes: reviewer_agreement
-- reads: review_answers
-- description: How far two reviewers agree on the texts that both have judged: the share of equal verdicts, and what
--     of it is not chance (kappa: Cohen, Educ. Psychol. Meas. 20, 1960, p. 37; null where chance makes them agree).
with

pairs as (
    select
        firsts.asked,
        firsts.reviewer,
        seconds.reviewer as other_reviewer,
        firsts.verdict,
        seconds.verdict as other_verdict,
        count(*) over (partition by firsts.asked, firsts.reviewer, seconds.reviewer) as n
    from review_answers as firsts
    inner join review_answers as seconds
        on
            firsts.asked = seconds.asked
            and firsts.example_id = seconds.example_id
            and firsts.content_hash = seconds.content_hash
            and firsts.reviewer < seconds.reviewer
),

chances as (
    select
        asked,
        reviewer,
        other_reviewer,
        any_value(n) as n,
        given.verdict,
        count(*) filter (where pairs.verdict = given.verdict and other_verdict = given.verdict) as n_both,
        count(*) filter (where pairs.verdict = given.verdict) / any_value(n)
        * count(*) filter (where other_verdict = given.verdict) / any_value(n) as by_chance
    from pairs
    cross join (select unnest(['right', 'wrong', 'unsure']) as verdict) as given
    group by asked, reviewer, other_reviewer, given.verdict
)

select
    asked,
    reviewer,
    other_reviewer,
    any_value(n) as n,
    round(sum(n_both) / any_value(n), 4) as agreement,
    round(sum(by_chance), 4) as by_chance,
    round((sum(n_both) / any_value(n) - sum(by_chance)) / nullif(1 - sum(by_chance), 0), 4) as kappa
from chances
group by asked, reviewer, other_reviewer
order by list_position(['key', 'reasoning', 'answer'], asked), reviewer, other_reviewer
