-- check: none
-- severity: block
-- judges: build
-- description: Every row is of a declared source, of a split that the build uses, and of a file that was read.
select
    raw_id,
    source,
    file,
    split,
    split_role
from staged
where
    not list_contains(getvariable('sources'), source)
    or split_role not in ('train', 'stand_in')
    or (file, split, split_role) not in (select (file, split, split_role) from source_files)
