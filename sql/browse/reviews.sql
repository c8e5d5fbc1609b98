-- reads: reviews
-- description: One row per reviewer's last word on the text of a drawn question's example, as that is now.
select
    question_id,
    example_id,
    key_verdict,
    reasoning_verdict,
    answer_verdict,
    comment,
    reviewer
from reviews
where is_current and not is_stale and problem is null and question_id in (select unnest(getvariable('drawn')))
order by question_id, example_id, file, row
