-- check: 8
-- severity: block
-- judges: build
-- scope: unit
-- description: A verdict is the majority of its usable votes; paths without a text have none.
select
    path_id,
    path_error_kind,
    is_path_missing,
    verdict,
    n_votes,
    n_votes_correct
from staged
where
    n_votes_correct > n_votes
    or n_votes > getvariable('votes')
    or (path_error_kind is not null or is_path_missing) and n_votes > 0
    or verdict is distinct from case
        when n_votes = 0 then null
        when 2 * n_votes_correct > n_votes then 'correct'
        else 'error'
    end
