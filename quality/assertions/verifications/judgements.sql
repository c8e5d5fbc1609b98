-- check: 8
-- severity: block
-- judges: build
-- scope: unit
-- description: A path is correct by the profile's rule, an error path never is, and a missing judgement is null.
select
    path_id,
    path_error_kind,
    is_path_missing,
    verdict,
    is_answer_match,
    is_correct
from staged
where
    is_correct is distinct from case
        when is_path_missing then null
        when path_error_kind is not null then false
        when getvariable('rule_verdict_rule') = 'answer' then coalesce(is_answer_match, false)
        when getvariable('rule_verdict_rule') = 'verifier' then verdict = 'correct'
        else verdict = 'correct' and (verdict is null or coalesce(is_answer_match, false))
    end
    or (not is_correct and reason is null)
