-- makes: ranked_paths
-- relations: ranking, near_copies
-- description: Scores from the ranker; ties by a seeded hash; a near copy of a better path is never selected.
select
    ranking.* exclude (path_text),
    near_copies.near_copy_of,
    case
        when near_copies.near_copy_of is null
            then row_number() over (
                partition by ranking.question_id, near_copies.near_copy_of is null
                order by ranking.path_rank
            )
    end as selection_rank
from ranking
left join near_copies on ranking.path_id = near_copies.path_id
