-- makes: question_matches
-- relations: matches
-- description: Found over the files of every declared source, so that the result does not depend on which one was
--     built first; rows that this warehouse kept earlier win, then source priority, then file order.
select *
from matches
