-- check: 9
-- severity: block
-- judges: build
-- scope: unit
-- description: Bounds and tiers follow from the counts, and a Medium question has enough correct paths.
with

-- Filling in the missing verdicts one way and the other, by the bounds 4/9 and 7/9 of N.
filled as (
    select
        *,
        floor(4 * n_paths / 9 + 1e-9) as easy_bound,
        floor(7 * n_paths / 9 + 1e-9) as medium_bound,
        n_error + n_missing as most_errors,
        n_correct + n_missing as most_correct
    from staged
),

recomputed as (
    select
        *,
        case
            when n_error <= easy_bound then 'easy'
            when n_error > medium_bound then 'difficult'
            else if(most_correct >= getvariable('rule_medium_min_correct'), 'medium', 'difficult')
        end as best,
        case
            when most_errors <= easy_bound then 'easy'
            when most_errors > medium_bound then 'difficult'
            else if(n_correct >= getvariable('rule_medium_min_correct'), 'medium', 'difficult')
        end as worst
    from filled
)

select
    question_id,
    n_paths,
    n_correct,
    n_error,
    n_missing,
    easy_max_errors,
    medium_max_errors,
    best_tier,
    worst_tier,
    tier,
    best as recomputed_best,
    worst as recomputed_worst
from recomputed
where
    easy_max_errors != easy_bound
    or medium_max_errors != medium_bound
    or best_tier != best
    or worst_tier != worst
    or tier != if(best = worst, best, 'unresolved')
    or (tier = 'medium' and n_correct < getvariable('rule_medium_min_correct'))
