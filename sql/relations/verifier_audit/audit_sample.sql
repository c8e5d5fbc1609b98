-- makes: audit_sample
-- reads: verifications, reasoning_paths, questions
-- description: One row per kind of error and path to try it on, in a seeded order: the verified paths that are judged
--     a second time as they are, and correct paths to plant an error into; not every text can be altered, so there are
--     more than are needed.
with

verified as (
    select
        path_id,
        question_id,
        answer_letter,
        verdict = 'correct' and is_answer_match as is_correct
    from verifications
    where source = getvariable('source') and verdict is not null
),

counted as (
    select
        audited_rows(count(*)) as n_repeats,
        planted_rows(count(*)) as n_planted,
        count(*) as n,
        count(*) filter (is_correct) as n_correct
    from verified
),

wanted as (
    select
        kinds.kind,
        if(kinds.kind = 'repeat', counted.n_repeats, counted.n_planted) as wanted,
        case
            when kinds.kind = 'repeat' then counted.n_repeats
            when counted.n_planted > 0 then 2 * counted.n_planted + 60
            else 0
        end as most,
        -- Ids are spread evenly: the chance that fewer than `most` lie below this share of their range is under 1e-50.
        (2 * most + 1000) / if(kinds.kind = 'repeat', counted.n, counted.n_correct) as share
    from counted
    cross join (select unnest(getvariable('audit_kinds')) as kind) as kinds
),

placed as (
    select
        wanted.*,
        verified.path_id,
        verified.question_id,
        verified.answer_letter,
        id_of([getvariable('seed')::varchar, 'audit', wanted.kind, verified.path_id]) as place
    from verified
    -- An error is planted where there was none before: by the verifier's word and by the letter.
    inner join wanted on wanted.kind = 'repeat' or verified.is_correct
),

drawn as (
    select
        *,
        row_number() over (partition by kind order by place) as draw
    from placed
    where hash_share(place) < share
    qualify draw <= most
)

select
    id_of([drawn.path_id, drawn.kind]) as audit_id,
    drawn.kind,
    drawn.draw,
    drawn.wanted,
    drawn.path_id,
    drawn.answer_letter,
    questions.options,
    paths.path_text
from drawn
inner join reasoning_paths as paths on drawn.path_id = paths.path_id
inner join questions on drawn.question_id = questions.question_id
order by drawn.kind, drawn.draw
