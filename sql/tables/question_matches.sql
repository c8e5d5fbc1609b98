-- makes: question_matches
-- relations: matches
-- description: The pairs of records that are duplicates, contaminated or alike, with what follows.
select *
from matches
