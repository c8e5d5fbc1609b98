-- makes: difficulty_tiers
-- reads: verifications, overrides
-- description: By the number of error paths; unresolved where missing verdicts decide. A key is doubted by the paths
--     or by people, in any tier.
with

counted as (
    select
        question_id,
        source,
        count(path_id) as n_paths,
        count(*) filter (where is_correct) as n_correct,
        count(*) filter (where not is_correct) as n_error,
        count(*) filter (where is_correct is null) as n_missing,
        4 * count(path_id) // 9 as easy_max_errors,
        7 * count(path_id) // 9 as medium_max_errors
    from verifications
    where source = getvariable('source')
    group by question_id, source
),

bounded as (
    select
        *,
        tier_of(n_error, n_correct + n_missing, n_paths) as best_tier,
        tier_of(n_error + n_missing, n_correct, n_paths) as worst_tier
    from counted
),

wrong_letters as (
    select
        verifications.question_id,
        verifications.generator,
        verifications.answer_letter,
        count(verifications.answer_letter) as n_agreeing
    from verifications
    where verifications.source = getvariable('source') and not verifications.is_answer_match
    group by all
),

generator_sizes as (
    select
        question_id,
        generator,
        count(path_id) as n_of_generator,
        count(distinct generator) over (partition by question_id) as n_generators
    from verifications
    where source = getvariable('source')
    group by question_id, generator
),

doubts as (
    select
        wrong_letters.question_id,
        wrong_letters.answer_letter as doubt_letter,
        sum(wrong_letters.n_agreeing) as n_agreeing,
        count(*) filter (where 2 * wrong_letters.n_agreeing > generator_sizes.n_of_generator) as doubt_models,
        any_value(generator_sizes.n_generators) as n_generators
    from wrong_letters
    inner join generator_sizes
        on
            wrong_letters.question_id = generator_sizes.question_id
            and wrong_letters.generator = generator_sizes.generator
    group by wrong_letters.question_id, wrong_letters.answer_letter
    qualify
        row_number() over (
            partition by wrong_letters.question_id
            order by sum(wrong_letters.n_agreeing) desc, wrong_letters.answer_letter
        ) = 1
),

marks as (select question_id, note from overrides where kind = 'mark_doubt' and is_applied),

-- A person's correction settles what the paths doubt.
settled as (select question_id from overrides where kind = 'correct_key' and is_applied)

select
    bounded.*,
    case when bounded.best_tier = bounded.worst_tier then bounded.best_tier else 'unresolved' end as tier,
    doubts.doubt_letter,
    coalesce(doubts.n_agreeing / bounded.n_paths, 0) as doubt_share,
    coalesce(doubts.doubt_models, 0) as doubt_models,
    marks.question_id is not null or coalesce(
        -- The shares are ninths: the margin keeps 7/9 of nine paths from failing by a rounding.
        doubts.n_agreeing / bounded.n_paths >= getvariable('rule_label_doubt_share') - 1e-9
        and doubts.doubt_models = doubts.n_generators
        and bounded.question_id not in (select question_id from settled),
        false
    ) as is_label_doubt,
    marks.note as override_note
from bounded
left join doubts on bounded.question_id = doubts.question_id
left join marks on bounded.question_id = marks.question_id
