-- makes: audit_sample
-- reads: verifications, reasoning_paths, questions
-- description: One row per kind of error and path to try it on, in a seeded order: the verified paths that are judged
--     a second time as they are, and correct paths to plant an error into; not every text can be altered, so there are
--     more than are needed.
with

verified as (
    select
        *,
        audited_rows(count(*) over ()) as n_repeats,
        planted_rows(count(*) over ()) as n_planted
    from verifications
    where source = getvariable('source') and verdict is not null
),

drawn as (
    select
        kinds.kind,
        verified.*,
        row_number() over (
            partition by kinds.kind
            order by id_of([getvariable('seed')::varchar, 'audit', kinds.kind, verified.path_id])
        ) as draw
    from verified
    cross join (select unnest(getvariable('audit_kinds')) as kind) as kinds
    -- An error is planted where there was none before: by the verifier's word and by the letter.
    where kinds.kind = 'repeat' or (verified.verdict = 'correct' and verified.is_answer_match)
    qualify
        draw <= case
            when kinds.kind = 'repeat' then verified.n_repeats
            when verified.n_planted > 0 then 2 * verified.n_planted + 60
            else 0
        end
)

select
    id_of([drawn.path_id, drawn.kind]) as audit_id,
    drawn.kind,
    drawn.draw,
    if(drawn.kind = 'repeat', drawn.n_repeats, drawn.n_planted) as wanted,
    drawn.path_id,
    drawn.answer_letter,
    questions.options,
    paths.path_text
from drawn
inner join reasoning_paths as paths on drawn.path_id = paths.path_id
inner join questions on drawn.question_id = questions.question_id
order by drawn.kind, drawn.draw
