-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: An accepted row has a summary; any other row has a reason and no summary.
select
    example_id,
    is_accepted,
    rejection,
    summary is not null as has_summary
from staged
where
    is_accepted != (rejection is null)
    or is_accepted != (summary is not null)
    or is_accepted != (content_hash is not null)
    or (is_accepted and outcome is distinct from 'completed')
