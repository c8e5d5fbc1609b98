-- makes: calls
-- reads: verifications, questions, reasoning_paths
-- relations: targets, rewrites
-- role: refiner, regenerator
-- description: One call per slot of this turn (`targets`) that still lacks an accepted text (`rewrites` holds the
--     rounds so far), for one stage (`rewrite_stage`). A rewritten text is a path with an id of its own.
with

bases as (
    select
        parent_path_id,
        path_id,
        path_text,
        verdict,
        verdict_reason
    from rewrites
    where tier = 'difficult' and stage = 'refined' and path_text is not null
),

wanted as (
    select
        targets.* exclude (parent_path_id),
        coalesce(bases.path_id, targets.parent_path_id) as parent_path_id
    from targets
    left join bases on targets.stage = 'regenerated' and targets.parent_path_id = bases.parent_path_id
    where targets.stage = getvariable('rewrite_stage')
),

pending as (
    select
        wanted.*,
        1 + coalesce(
            max(rewrites.round) filter (
                where
                    rewrites.stage = wanted.stage
                    and rewrites.parent_path_id is not distinct from wanted.parent_path_id
            ),
            0
        ) as round
    from wanted
    left join rewrites on wanted.question_id = rewrites.question_id and wanted.slot = rewrites.slot
    group by all
    having
        not coalesce(
            bool_or(
                is_settled(
                    rewrites.is_accepted, rewrites.outcome, rewrites.supports_key, rewrites.verdict,
                    rewrites.verifier_outcome
                )
            ),
            false
        )
),

-- Reasons of the other error paths, without repeats, at most six, each with the option that the path reached.
feedback as (
    select
        question_id,
        slot,
        list(line order by tie_hash)[1:6] as feedback
    from (
        select
            pending.question_id,
            pending.slot,
            format('(concludes {}) {}', verifications.answer_letter, verifications.reason) as line,
            min(id_of([getvariable('seed')::varchar, verifications.path_id])) as tie_hash
        from pending
        inner join verifications on pending.question_id = verifications.question_id
        where
            not verifications.is_correct
            and verifications.reason is not null
            and verifications.path_error_kind is null
            and verifications.path_id is distinct from pending.parent_path_id
        group by all
    ) as lines
    group by question_id, slot
)

select
    id_of([
        pending.question_id, pending.stage, coalesce(pending.parent_path_id, ''), pending.slot::varchar,
        pending.round::varchar
    ]) as row_id,
    pending.question_id,
    pending.source,
    pending.tier,
    pending.stage,
    pending.slot,
    pending.round,
    pending.parent_path_id,
    pending.round::bigint as sample,
    getvariable('seed') + pending.round as seed,
    questions.question,
    questions.context,
    questions.options,
    questions.gold_letter,
    questions.gold_text,
    coalesce(bases.path_text, paths.path_text) as path_text,
    -- A base without a judgement goes without one.
    case
        when bases.path_id is not null then bases.verdict
        when verifications.is_correct then 'correct'
        when not verifications.is_correct then 'error'
    end as verdict,
    if(bases.path_id is null, verifications.reason, bases.verdict_reason) as verdict_reason,
    coalesce(feedback.feedback, []) as feedback
from pending
inner join questions on pending.question_id = questions.question_id
left join reasoning_paths as paths on pending.parent_path_id = paths.path_id
left join verifications on pending.parent_path_id = verifications.path_id
left join bases on pending.parent_path_id = bases.path_id
left join feedback on pending.question_id = feedback.question_id and pending.slot = feedback.slot
order by pending.question_id, pending.slot
