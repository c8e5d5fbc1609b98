-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: A path is usable, unusable or missing: only a usable one has a text, and it has a letter.
select
    path_id,
    outcome,
    is_missing,
    error_kind,
    answer_letter,
    path_text is not null as has_path_text
from staged
where
    case
        when is_missing then error_kind is not null or path_text is not null or answer_letter is not null
        when error_kind is not null then path_text is not null
        else path_text is null or answer_letter is null or outcome is distinct from 'completed'
    end
    or (path_text is null) != (content_hash is null)
