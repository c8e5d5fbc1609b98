-- check: 6
-- severity: warn
-- judges: model
-- scope: unit
-- description: No path holds a token of a chat template; the training sets would hold it broken up.
select
    path_id,
    model,
    control_token_in(path_text) as found
from staged
where control_token_in(path_text) != ''
