-- check: 12
-- severity: block
-- judges: build
-- scope: unit
-- description: No accepted text, where it is judged, reveals that its writer was given a key or feedback.
select
    path_id,
    leak_phrases
from staged
where is_accepted and len(leak_phrases) > 0 and getvariable('rule_verify_rewrites')
