-- check: none
-- severity: block
-- judges: build
-- description: A rejected row is a published record with that match or override; an unreadable one is not.
select
    staged.raw_id,
    staged.reason,
    staged.other_raw_id
from staged
left join raw_questions as published on staged.raw_id = published.raw_id
left join question_matches as matches
    on
        staged.raw_id = matches.raw_id
        and staged.reason = matches.decision
        and staged.other_raw_id = matches.other_raw_id
where
    case
        when staged.reason in ('malformed', 'too_long') then published.raw_id is not null
        when staged.reason = 'override'
            then
                published.raw_id is null
                or published.question_id not in (
                    select question_id from overrides where kind = 'drop' and is_applied
                )
        else published.raw_id is null or matches.raw_id is null
    end
