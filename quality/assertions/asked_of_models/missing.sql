-- check: 8
-- severity: block
-- judges: model
-- description: At most the allowed share of the rows lacks its reply; otherwise the most frequent reasons are shown.
with

total as (
    select
        count(*) as n_rows,
        (select count(*) from unanswered) as n_missing
    from staged
)

select
    unanswered.reason,
    count(*) as n_rows,
    any_value(total.n_missing) as of_missing,
    any_value(total.n_rows) as of_rows,
    any_value(unanswered.detail) as detail,
    list(unanswered.row_id order by unanswered.row_id)[1:5] as examples
from unanswered
inner join total on exceeds(total.n_missing, total.n_rows, getvariable('threshold_missing_share_max'))
group by unanswered.reason
order by count(*) desc, unanswered.reason
limit 5
