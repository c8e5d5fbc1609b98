-- rewrite: one call per slot that still lacks an accepted text (`rewrites` holds the rounds so far), for one stage and
-- one turn (`rewrite_stage`, `rewrite_turn`). A rewritten text is a path with an id of its own.
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
    where targets.stage = getvariable('rewrite_stage') and targets.turn = getvariable('rewrite_turn')
),

pending as (
    select
        wanted.*,
        1 + coalesce(
            max(rewrites.round) filter (
                where rewrites.stage = wanted.stage and rewrites.parent_path_id is not distinct from wanted.parent_path_id
            ),
            0
        ) as round
    from wanted
    left join rewrites on wanted.question_id = rewrites.question_id and wanted.slot = rewrites.slot
    group by all
    -- A missing reply is asked for by the next build, and a key that is not supported stays so.
    having
        not bool_or(coalesce(rewrites.is_accepted or rewrites.is_missing or rewrites.supports_key is false, false))
),

-- Reasons of error paths, without repeats, at most six, each with the option that the path reached.
feedback as (
    select
        question_id,
        list(line order by tie_hash)[1:6] as feedback
    from (
        select
            question_id,
            format('(concludes {}) {}', coalesce(answer_letter, 'nothing'), reason) as line,
            min(id_of([getvariable('seed')::varchar, path_id])) as tie_hash
        from verifications
        where not is_correct and reason is not null and path_error_kind is null
        group by all
    )
    group by question_id
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
    coalesce(bases.verdict, if(verifications.is_correct, 'correct', 'error')) as verdict,
    coalesce(bases.verdict_reason, verifications.reason) as verdict_reason,
    coalesce(feedback.feedback, []) as feedback
from pending
inner join questions on pending.question_id = questions.question_id
left join reasoning_paths as paths on pending.parent_path_id = paths.path_id
left join verifications on pending.parent_path_id = verifications.path_id
left join bases on pending.parent_path_id = bases.path_id
left join feedback on pending.question_id = feedback.question_id
order by pending.question_id, pending.slot
