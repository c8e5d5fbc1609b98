-- makes: overrides
-- relations: matched
-- description: What people decided about single questions, in the file that the profile or `--overrides` names,
--     matched with the records of every declared source.
select *
from matched
