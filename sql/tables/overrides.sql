-- makes: overrides
-- relations: matched
-- description: People's decisions about single questions, matched with the records that they name.
select *
from matched
