-- check: 9
-- severity: block
-- judges: build
-- scope: unit
-- description: Every question has a row whose correct, error and missing paths are those of its verdicts, N in all.
with

judged as (
    select
        question_id,
        count(*) as n_paths,
        count(*) filter (where is_correct) as n_correct,
        count(*) filter (where not is_correct) as n_error,
        count(*) filter (where is_correct is null) as n_missing
    from verifications
    where source = getvariable('source')
    group by question_id
)

select
    questions.question_id,
    staged.n_paths,
    staged.n_correct,
    staged.n_error,
    staged.n_missing,
    judged.n_paths as n_judged
from questions
left join staged on questions.question_id = staged.question_id
left join judged on questions.question_id = judged.question_id
where
    questions.source = getvariable('source')
    and (
        staged.question_id is null
        or staged.n_paths != getvariable('paths_per_question')
        or staged.n_paths != staged.n_correct + staged.n_error + staged.n_missing
        or staged.n_paths is distinct from judged.n_paths
        or staged.n_correct is distinct from judged.n_correct
        or staged.n_error is distinct from judged.n_error
        or staged.n_missing is distinct from judged.n_missing
    )
