-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every vote is of a call that its row names.
select
    staged.vote_id,
    staged.used_by,
    staged.row_id,
    staged.call_key
from staged
anti join served_rows as served
    on staged.used_by = served.used_by
    and staged.row_id = served.row_id
    and staged.source = served.source
    and staged.call_key = served.call_key
