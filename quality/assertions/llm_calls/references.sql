-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every attempt is of a call that the warehouse made or used, by its kind of provider.
select
    attempt_id,
    call_key,
    role,
    provider_kind
from staged
qualify
    provider_kind != getvariable('provider_kind')
    or (not bool_or(made_for is not null) over (partition by call_key)
        and call_key not in (select call_key from served_rows))
