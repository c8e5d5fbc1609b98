-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: A text is accepted or rejected with a reason; a missing or unusable reply has no text.
select
    path_id,
    is_accepted,
    rejection,
    is_missing,
    error_kind,
    path_text is not null as has_path_text
from staged
where
    is_accepted != (rejection is null)
    or ((is_missing or error_kind is not null) and path_text is not null)
    or (path_text is null) != (content_hash is null)
    or (path_text is null and verdict is not null)
