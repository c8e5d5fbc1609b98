-- makes: call_costs
-- reads: call_uses, difficulty_tiers, dropped_examples, llm_calls, reasonmed
-- description: What each call cost, one row per row that it served (its cost is split among them) or, where no row
--     uses it, one row for the table that it was made for. `spent_on` says what came of that row: `examples` (final
--     ones), `dropped` (its example, or all of its question's, fell away), `pending` (its question is not decided
--     yet), `other` (it serves no question), `unused` (there is no such row). `paid_usd` is what this warehouse paid
--     itself; others that share the ledger paid the rest. Tokens and dollars are of the attempts for which they are
--     known, and null where they are known of none; `unknown_attempts` have no known cost, and `unknown_usd` is what
--     stays reserved for them.
with

-- Attempts are numbered from 1, and few calls have a second one.
later as (
    select
        call_key,
        count(*) as attempts,
        sum(prompt_tokens) as prompt_tokens,
        sum(completion_tokens) as completion_tokens,
        sum(cost_usd) as cost_usd,
        sum(if(made_for is null, 0, cost_usd)) as paid_usd,
        count(*) filter (cost_usd is null) as unknown_attempts,
        sum(reserved_usd) filter (cost_usd is null) as unknown_usd
    from llm_calls
    where attempt > 1
    group by call_key
),

calls as (
    select
        first.call_key,
        first.role,
        first.provider,
        first.model,
        first.made_for,
        first.made_for_source,
        1 + coalesce(later.attempts, 0) as attempts,
        list_sum([first.prompt_tokens, later.prompt_tokens]) as prompt_tokens,
        list_sum([first.completion_tokens, later.completion_tokens]) as completion_tokens,
        list_sum([first.cost_usd, later.cost_usd]) as cost_usd,
        list_sum([if(first.made_for is null, 0, first.cost_usd), later.paid_usd]) as paid_usd,
        (first.cost_usd is null)::bigint + coalesce(later.unknown_attempts, 0) as unknown_attempts,
        coalesce(list_sum([if(first.cost_usd is null, first.reserved_usd, 0), later.unknown_usd]), 0) as unknown_usd
    from llm_calls as first
    left join later on first.call_key = later.call_key
    where first.attempt = 1
),

fates as (
    select
        example_id,
        question_id,
        'examples' as spent_on
    from reasonmed
    union all by name
    select
        example_id,
        question_id,
        'dropped' as spent_on
    from dropped_examples
),

decided as (
    select
        question_id,
        null as tier,
        spent_on
    from fates
    union all by name
    select
        question_id,
        tier,
        if(tier = 'unresolved', 'dropped', null) as spent_on
    from difficulty_tiers
),

-- A question with one example left stands; one without any, or whose tier promises none, has fallen away.
question_fates as (
    select
        question_id,
        any_value(tier) as tier,
        case
            when bool_or(spent_on = 'examples') then 'examples'
            when bool_or(spent_on = 'dropped') then 'dropped'
        end as spent_on
    from decided
    group by question_id
)

select
    calls.call_key,
    calls.role,
    calls.provider,
    calls.model,
    coalesce(uses.used_by, calls.made_for) as table_name,
    coalesce(uses.source, calls.made_for_source) as source,
    uses.row_id,
    uses.question_id,
    uses.example_id,
    question_fates.tier,
    case
        when uses.use_id is null then 'unused'
        when uses.question_id is null then 'other'
        when uses.example_id is null then coalesce(question_fates.spent_on, 'pending')
        else coalesce(fates.spent_on, 'pending')
    end as spent_on,
    coalesce(uses.cost_share, 1) as calls,
    calls.attempts * coalesce(uses.cost_share, 1) as attempts,
    calls.prompt_tokens * coalesce(uses.cost_share, 1) as prompt_tokens,
    calls.completion_tokens * coalesce(uses.cost_share, 1) as completion_tokens,
    calls.cost_usd * coalesce(uses.cost_share, 1) as cost_usd,
    calls.paid_usd * coalesce(uses.cost_share, 1) as paid_usd,
    calls.unknown_attempts * coalesce(uses.cost_share, 1) as unknown_attempts,
    calls.unknown_usd * coalesce(uses.cost_share, 1) as unknown_usd
from calls
left join call_uses as uses on calls.call_key = uses.call_key
left join fates on uses.example_id = fates.example_id
left join question_fates on uses.question_id = question_fates.question_id
