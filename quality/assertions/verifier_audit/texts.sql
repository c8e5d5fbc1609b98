-- check: none
-- severity: block
-- judges: build
-- description: A repeated text is the path's own; a planted error changes only the stated line.
select
    staged.audit_id,
    staged.path_id,
    staged.kind,
    staged.text_before,
    staged.text_after
from staged
inner join reasoning_paths as paths on staged.path_id = paths.path_id
where
    staged.content_hash is distinct from content_hash(staged.judged_text)
    or case
        when staged.kind = 'repeat'
            then
                staged.judged_text is distinct from paths.path_text
                or staged.text_before is not null
                or staged.text_after is not null
        else
            staged.judged_text = paths.path_text
            or staged.text_before is null
            or staged.text_after is null
            or not contains(paths.path_text, staged.text_before)
            or not contains(staged.judged_text, staged.text_after)
            or length(staged.judged_text) - length(paths.path_text)
            != length(staged.text_after) - length(staged.text_before)
    end
