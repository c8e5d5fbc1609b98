-- check: none
-- severity: block
-- judges: build
-- description: A planted error should be found, a repeated verdict be the same; a failed call gives no verdict.
select
    audit_id,
    kind,
    first_verdict,
    expected_verdict,
    second_verdict,
    outcome
from staged
where
    expected_verdict != if(kind = 'repeat', first_verdict, 'error')
    or (second_verdict is null) != (outcome is distinct from 'completed')
