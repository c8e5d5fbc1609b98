-- check: 1
-- severity: block
-- judges: build
-- description: No record of a file appears twice, and where the reader's counts are known none is lost.
with

found as (select file, split, count(*) as n_rows, count(distinct row) as n_records from staged group by all)

select
    coalesce(files.file, found.file) as file,
    coalesce(files.split, found.split) as split,
    files.records,
    files.n_unreadable,
    coalesce(found.n_rows, 0) as n_rows,
    found.n_records
from found
full join (select * from source_files where split_role = 'benchmark') as files
    on found.file = files.file and found.split = files.split
where found.n_rows != found.n_records or files.records != coalesce(found.n_rows, 0) + files.n_unreadable
