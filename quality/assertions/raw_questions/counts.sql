-- check: 1
-- severity: block
-- judges: build
-- description: Rows read and unreadable records add up to the records of every file.
with

files as (select * from source_files where split_role in ('train', 'stand_in')),

found as (select file, split, count(*) as n_rows from staged group by all)

select
    coalesce(files.file, found.file) as file,
    coalesce(files.split, found.split) as split,
    files.records,
    coalesce(found.n_rows, 0) as n_rows,
    files.n_unreadable
from files
full join found on files.file = found.file and files.split = found.split
where coalesce(files.records, 0) != coalesce(found.n_rows, 0) + coalesce(files.n_unreadable, 0)
