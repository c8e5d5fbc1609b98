-- relations: rows
-- description: Every path is correct by the rule of the build, scores lie on their scales, and no cost is negative.
select
    example_id,
    verdict,
    is_answer_match,
    rank_score,
    quality_score,
    quality_score_before,
    cost_usd
from rows
where
    verdict not in ('correct', 'error')
    or (
        (stage = 'generated' or getvariable('rule_verify_rewrites'))
        and not coalesce(path_is_correct(false, false, verdict, is_answer_match), false)
    )
    or rank_score not between 0 and 5
    or quality_score not between 1 and 10
    or quality_score_before not between 1 and 10
    or calls <= 0
    or cost_usd < 0
    or unknown_cost_calls < 0
