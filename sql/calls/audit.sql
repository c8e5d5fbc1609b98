-- makes: calls
-- reads: reasoning_paths, questions
-- relations: audited
-- role: verifier
-- description: One call per text of the verifier's audit, with a sample number that no vote has, so that the reply is
--     a new judgement.
select
    audited.audit_id as row_id,
    paths.question_id,
    paths.source,
    (getvariable('votes') + 1)::bigint as sample,
    getvariable('seed') + getvariable('votes') + 1 as seed,
    questions.question,
    questions.context,
    questions.options,
    questions.gold_letter,
    questions.gold_text,
    audited.judged_text as path_text
from audited
inner join reasoning_paths as paths on audited.path_id = paths.path_id
inner join questions on paths.question_id = questions.question_id
order by paths.question_id, audited.audit_id
