-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: The votes of a row are numbered from 1, each number once.
select
    used_by,
    row_id,
    count(*) as n_votes,
    max(vote) as last_vote
from staged
group by used_by, row_id
having count(*) != max(vote) or count(*) != count(distinct vote)
