-- check: none
-- severity: block
-- judges: build
-- description: Every row that a reviewer filled in is here, unusable ones included.
with

files as (select * from source_files where split_role = 'reviews'),

found as (
    select
        file,
        count(*) as n_rows,
        count(problem) as n_bad
    from staged
    group by file
)

select
    coalesce(files.file, found.file) as file,
    files.records,
    found.n_rows,
    files.n_unreadable,
    found.n_bad
from files
full join found on files.file = found.file
where
    coalesce(files.records, 0) != coalesce(found.n_rows, 0)
    or coalesce(files.n_unreadable, 0) != coalesce(found.n_bad, 0)
