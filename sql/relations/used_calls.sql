-- makes: used_calls
-- reads: served_rows
-- description: The calls that the rows of this warehouse name.
select distinct call_key
from served_rows
