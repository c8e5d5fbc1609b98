-- check: 2
-- severity: warn
-- judges: build
-- description: Every file whose labels are numbers shows whether they count from 0 or from 1: by a label, or explained.
select
    file,
    split,
    records
from source_files
where split_role in ('train', 'stand_in') and is_base_assumed
