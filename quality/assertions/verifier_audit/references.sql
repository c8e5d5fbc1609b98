-- check: none
-- severity: block
-- judges: build
-- description: Every row is a verified path with its first verdict; errors are planted into correct paths only.
select
    staged.audit_id,
    staged.path_id,
    staged.kind,
    staged.first_verdict
from staged
left join verifications
    on
        staged.path_id = verifications.path_id
        and staged.question_id = verifications.question_id
        and staged.source = verifications.source
        and staged.generator = verifications.generator
        and staged.first_verdict = verifications.verdict
        and staged.is_answer_match is not distinct from verifications.is_answer_match
where
    verifications.path_id is null
    or (staged.kind != 'repeat' and not (staged.first_verdict = 'correct' and coalesce(staged.is_answer_match, false)))
