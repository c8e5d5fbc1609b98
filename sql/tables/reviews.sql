-- makes: reviews
-- reads: reasonmed
-- relations: filled_in
-- description: Read from the files that `reasonmed review import` keeps in the warehouse, and compared with the
--     examples.
select
    filled_in.*,
    examples.question_id,
    examples.source,
    examples.tier,
    case
        when filled_in.problem is null then (filled_in.content_hash is distinct from examples.content_hash)
    end as is_stale,
    -- Of what a reviewer said of one text, the last word counts.
    filled_in.problem is null
    and row_number() over (
        partition by filled_in.problem is null, filled_in.example_id, filled_in.content_hash, filled_in.reviewer
        order by filled_in.file desc, filled_in.row desc
    ) = 1 as is_current
from filled_in
left join reasonmed as examples on filled_in.example_id = examples.example_id and filled_in.problem is null
